"""Problem details (RFC 9457): what is wrong, where, and what to do, for every error that leaves."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from service.api.health import NotReady
from service.api.requests import BodyTooLarge, Fault, InvalidRequest, MalformedBody, UnsupportedMediaType
from service.catalogue.catalogue import NotOfShape, UnknownInitializer
from service.cross_origin import OPEN
from service.delivery.admission import Overloaded
from service.delivery.conditional import PreconditionFailed
from service.delivery.limits import OverLimit
from service.delivery.negotiation import NotAcceptable
from service.delivery.ranges import RangeNotSatisfiable

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A type of problem: its URI is `/problems/{slug}`, which describes it."""

    slug: str
    status: HTTPStatus
    title: str
    description: str


UNKNOWN_INITIALIZER = Kind(
    "unknown-initializer",
    HTTPStatus.NOT_FOUND,
    "No such initializer",
    "The path names no initializer of the catalogue; `nearest` lists those that resemble it, and "
    "GET /initializers lists all.",
)
NOT_OF_SHAPE = Kind(
    "not-of-shape",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Not a function of a shape",
    "The method needs data, or the weights of a trained model, which no URL has; `nearest` is the initializer that "
    "comes nearest to it.",
)
INVALID_REQUEST = Kind(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request cannot be answered",
    "A parameter is unknown, missing, repeated, of the wrong form or out of range. Each of `errors` says which, "
    "by `parameter` (of a query) or `pointer` (into a body, RFC 6901), and what to do.",
)
OVER_LIMIT = Kind(
    "over-limit",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The tensor is over a limit of this server",
    "`limit` is the limit, `requested` what was asked for, and `detail` tells the way round it.",
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable",
    HTTPStatus.NOT_ACCEPTABLE,
    "No such representation",
    "The dtype cannot stand in the format asked for, or no format suits the Accept header; `supported` lists "
    "those that do.",
)
UNSUPPORTED_MEDIA_TYPE = Kind(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "The body is not JSON",
    "A POST needs a body in JSON and the header Content-Type: application/json (curl --json sends both).",
)
MALFORMED_BODY = Kind(
    "malformed-body",
    HTTPStatus.BAD_REQUEST,
    "The body is not a JSON object",
    "The body could not be read as a JSON object in UTF-8 whose members are each given once.",
)
BODY_TOO_LARGE = Kind(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body is too large",
    "`limit` is the number of bytes that a request's body may have.",
)
PRECONDITION_FAILED = Kind(
    "precondition-failed",
    HTTPStatus.PRECONDITION_FAILED,
    "The representation is another",
    "If-Match names no entity tag that this URL's representation has.",
)
RANGE_NOT_SATISFIABLE = Kind(
    "range-not-satisfiable",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "No such bytes",
    "The range begins after the end of the representation; `length` is its number of bytes.",
)
OVERLOADED = Kind(
    "overloaded",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too much is under way",
    "Large replies under way hold as much as this server allows; try again after the time in Retry-After. "
    "Small tensors, and everything else, are still served.",
)
NOT_READY = Kind(
    "not-ready",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The service is not ready",
    "The self-test has not passed; try again after the time in Retry-After.",
)
INTERNAL_ERROR = Kind(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "An error of the server",
    "The fault is the server's, and is in its log.",
)

KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        UNKNOWN_INITIALIZER,
        NOT_OF_SHAPE,
        INVALID_REQUEST,
        OVER_LIMIT,
        NOT_ACCEPTABLE,
        UNSUPPORTED_MEDIA_TYPE,
        MALFORMED_BODY,
        BODY_TOO_LARGE,
        PRECONDITION_FAILED,
        RANGE_NOT_SATISFIABLE,
        OVERLOADED,
        NOT_READY,
        INTERNAL_ERROR,
    )
}


@dataclass(frozen=True)
class Problem:
    """A problem document. `members` are its extension members."""

    kind: Kind
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def _unknown_initializer(error: UnknownInitializer) -> Problem:
    nearest = f"; did you mean {' or '.join(error.nearest)}?" if error.nearest else "."
    detail = f"no initializer is called {error.name!r}{nearest} GET /initializers lists all"
    return Problem(UNKNOWN_INITIALIZER, detail, {"nearest": list(error.nearest)})


def _invalid_request(error: InvalidRequest) -> Problem:
    """Say what is wrong by the place where the client wrote it."""

    def entry(fault: Fault) -> dict[str, str]:
        path = [*map(str, fault.within), *([] if fault.parameter is None else [fault.parameter])]
        if not path:
            return {"detail": fault.detail}
        if not error.in_body:
            return {"detail": fault.detail, "parameter": path[-1]}
        return {"detail": fault.detail, "pointer": "".join(f"/{_escaped(step)}" for step in path)}

    def place(fault: Fault) -> str:
        """Return `layers[3].shape: ` and the like."""
        steps = "".join(f"[{step}]" if isinstance(step, int) else step for step in fault.within)
        return f"{'.'.join(part for part in (steps, fault.parameter) if part)}: " if steps or fault.parameter else ""

    summary = "; ".join(f"{place(fault)}{fault.detail}" for fault in error.faults)
    return Problem(INVALID_REQUEST, summary, {"errors": [entry(fault) for fault in error.faults]})


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _over_limit(error: OverLimit) -> Problem:
    return Problem(OVER_LIMIT, str(error), {"limit": error.limit, "requested": error.requested})


def _not_acceptable(error: NotAcceptable) -> Problem:
    supported = [{"format": f.name, "media_type": f.media_type} for f in error.supported]
    return Problem(NOT_ACCEPTABLE, str(error), {"supported": supported})


_TRANSLATIONS: dict[type[Exception], Callable[[Any], Problem]] = {
    UnknownInitializer: _unknown_initializer,
    NotOfShape: lambda error: Problem(NOT_OF_SHAPE, str(error), {"nearest": [error.nearest]}),
    InvalidRequest: _invalid_request,
    OverLimit: _over_limit,
    NotAcceptable: _not_acceptable,
    UnsupportedMediaType: lambda error: Problem(UNSUPPORTED_MEDIA_TYPE, str(error)),
    MalformedBody: lambda error: Problem(MALFORMED_BODY, str(error)),
    BodyTooLarge: lambda error: Problem(BODY_TOO_LARGE, str(error), {"limit": error.limit}),
    PreconditionFailed: lambda error: Problem(PRECONDITION_FAILED, str(error)),
    RangeNotSatisfiable: lambda error: Problem(
        RANGE_NOT_SATISFIABLE, str(error), {"length": error.length}, {"Content-Range": f"bytes */{error.length}"}
    ),
    Overloaded: lambda error: Problem(OVERLOADED, str(error), headers={"Retry-After": "1"}),
    NotReady: lambda error: Problem(NOT_READY, str(error), headers={"Retry-After": "1"}),
}


class KindReply(BaseModel):
    """A type of problem."""

    type: str
    title: str
    status: int
    description: str


router = APIRouter(tags=["problems"])


@router.head("/problems/{slug}", include_in_schema=False)
@router.get("/problems/{slug}", summary="Describe a type of problem", operation_id="get_problem")
async def get_problem(slug: str) -> KindReply:
    """Describe what the `type` of a problem document stands for."""
    kind = KINDS.get(slug)
    if kind is None:
        raise HTTPException(404, f"no type of problem is called {slug!r}; there are {', '.join(KINDS)}")
    return KindReply(type=f"/problems/{slug}", title=kind.title, status=kind.status, description=kind.description)


def render(problem: Problem) -> Response:
    kind = problem.kind
    return _document(
        {"type": f"/problems/{kind.slug}", "title": kind.title, "status": kind.status, "detail": problem.detail}
        | dict(problem.members),
        kind.status,
        problem.headers,
    )


def _document(members: Mapping[str, Any], status: int, headers: Mapping[str, str] | None) -> Response:
    return Response(
        orjson.dumps(members),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        MEDIA_TYPE,
    )


def _translate(translation: Callable[[Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        return render(translation(error))

    return handle


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Errors of the framework itself: no such path, a method that the path does not have."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = (
        error.detail if error.detail != title else f"{request.method} {request.url.path}: {title.lower()}; see /docs"
    )
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    members = {"type": "about:blank", "title": title, "status": error.status_code, "detail": detail}
    return _document(members, error.status_code, headers)


def _allowed(request: Request) -> list[str]:
    """Return the methods of all routes that have the path; the framework tells those of the first alone."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = [r for r in iter_route_contexts(request.app.routes) if r.methods and r.path_regex.match(path)]
    return sorted({method for route in routes for method in route.methods or ()})


async def _on_disconnect(request: Request, error: Exception) -> Response:
    """The client went away before its body was whole: nobody reads this answer."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _on_error(request: Request, error: Exception) -> Response:
    logger.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    problem = Problem(INTERNAL_ERROR, "an unexpected error, logged by the server; the request was not at fault")
    response = render(problem)
    # Made outside of all middleware.
    response.raw_headers.extend(OPEN)
    return response


def add_exception_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""
    for error, translation in _TRANSLATIONS.items():
        app.add_exception_handler(error, _translate(translation))
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_error)
