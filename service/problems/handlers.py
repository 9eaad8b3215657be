"""What makes every error of an application a problem document, those of the framework among them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from service.access.credentials import has_credential
from service.observability.exchange import CLIENT_CLOSED
from service.problems.document import Problem, blank_response
from service.problems.nearest_route import Wanted, nearest_route
from service.problems.translations import TRANSLATIONS
from service.problems.types import INTERNAL_ERROR

logger = logging.getLogger(__name__)

_LOGGED = "The log has this error already."

_LONGEST_PATH = 200
"""Characters of a path that an answer repeats."""


def add_exception_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""
    for error, translation in TRANSLATIONS.items():
        app.add_exception_handler(error, _handler(translation))
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_error)


def _handler(translation: Callable[[Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        problem = translation(error)
        request.state.measurements.refused(problem.type.slug)
        return problem.response()

    return handle


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Answer errors of the framework itself: no such path, a method that the path does not have."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed_methods(request))
    if error.detail != title:
        return blank_response(error.status_code, error.detail, headers)
    detail = f"{request.method} {request.url.path[:_LONGEST_PATH]}: {title.lower()}"
    query = request.scope["query_string"]
    wanted = Wanted(request.method, _path(request), "" if has_credential(query) else query.decode("latin-1"))
    near = nearest_route(wanted)
    if near is None:
        return blank_response(error.status_code, f"{detail}; GET / lists what there is, /docs shows it", headers)
    url, in_words = near.under(request.scope.get("root_path", ""))
    return blank_response(error.status_code, f"{detail}; did you mean {in_words}?", headers, {"nearest": [url]})


def _path(request: Request) -> str:
    """Return the path below the one that the service is reached under."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))


def _allowed_methods(request: Request) -> list[str]:
    """Return the methods of all routes that have the path; the framework tells those of the first alone."""
    path = _path(request)
    routes = [r for r in iter_route_contexts(request.app.routes) if r.methods and r.path_regex.match(path)]
    return sorted({method for route in routes for method in route.methods or ()})


async def _on_disconnect(request: Request, error: Exception) -> Response:
    """The client went away before all of its body had come: nobody reads this answer."""
    return Response(status_code=CLIENT_CLOSED)


async def _on_error(request: Request, error: Exception) -> Response:
    """Answer what is the server's fault; the log has the same `instance`, and the traceback."""
    instance = uuid.uuid4().urn
    target = request.scope.get("raw_path", b"").decode("ascii", "replace")[:_LONGEST_PATH]
    logger.error("%s: unexpected error in %s %s", instance, request.method, target, exc_info=error)
    error.add_note(_LOGGED)
    request.state.measurements.refused(INTERNAL_ERROR.slug)
    detail = "an unexpected error, logged by the server; the request was not at fault"
    return Problem(INTERNAL_ERROR, detail, {"instance": instance}).response()


def is_logged(error: BaseException) -> bool:
    """Whether the log has the error already."""
    return _LOGGED in getattr(error, "__notes__", ())
