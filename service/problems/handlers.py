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

from service.hub.errors import RepositoryNotFound
from service.hub.repository import is_known, unknown_repository
from service.observability.exchange import CLIENT_CLOSED
from service.problems.document import Problem
from service.problems.hub_form import in_form_of, repository_of
from service.problems.nearest_route import Wanted, nearest_route
from service.problems.translations import TRANSLATIONS
from service.problems.types import INTERNAL_ERROR, METHOD_NOT_ALLOWED, NOT_FOUND
from service.requests.query import repeatable_query

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
        return _refusal(request, translation(error))

    return handle


def _refusal(request: Request, problem: Problem) -> Response:
    """Return the reply that tells of a problem, and count it."""
    told = in_form_of(_path(request), problem)
    request.state.measurements.refused(told.type.slug)
    return told.response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Answer errors of the framework itself: no such path, a method that the path does not have."""
    assert isinstance(error, HTTPException)
    repository = repository_of(_path(request))
    if repository is not None and not is_known(repository):
        return _refusal(request, TRANSLATIONS[RepositoryNotFound](unknown_repository(repository)))
    is_path_known = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    problem_type = METHOD_NOT_ALLOWED if is_path_known else NOT_FOUND
    allow = {"Allow": ", ".join(_allowed_methods(request))} if is_path_known else {}
    headers = {**(error.headers or {}), **allow}
    if error.detail != HTTPStatus(error.status_code).phrase:
        return _refusal(request, Problem(problem_type, error.detail, headers=headers))
    detail = f"{request.method} {request.url.path[:_LONGEST_PATH]}: {problem_type.status.phrase.lower()}"
    near = nearest_route(Wanted(request.method, _path(request), repeatable_query(request)))
    if near is None:
        detail += "; GET / lists what there is, /docs shows it"
        return _refusal(request, Problem(problem_type, detail, headers=headers))
    url, in_words = near.under(request.scope.get("root_path", ""))
    return _refusal(request, Problem(problem_type, f"{detail}; did you mean {in_words}?", {"nearest": [url]}, headers))


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
    detail = "an unexpected error, logged by the server; the request was not at fault"
    return _refusal(request, Problem(INTERNAL_ERROR, detail, {"instance": instance}))


def is_logged(error: BaseException) -> bool:
    """Whether the log has the error already."""
    return _LOGGED in getattr(error, "__notes__", ())
