"""What makes every error of an application a problem document, those of the framework among them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from service.cross_origin import OPEN
from service.problems.document import Problem, blank_response
from service.problems.translations import TRANSLATIONS
from service.problems.types import INTERNAL_ERROR

logger = logging.getLogger(__name__)


def add_exception_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""
    for error, translation in TRANSLATIONS.items():
        app.add_exception_handler(error, _handler(translation))
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_error)


def _handler(translation: Callable[[Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        return translation(error).response()

    return handle


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Answer errors of the framework itself: no such path, a method that the path does not have."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = (
        error.detail if error.detail != title else f"{request.method} {request.url.path}: {title.lower()}; see /docs"
    )
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed_methods(request))
    return blank_response(error.status_code, detail, headers)


def _allowed_methods(request: Request) -> list[str]:
    """Return the methods of all routes that have the path; the framework tells those of the first alone."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    routes = [r for r in iter_route_contexts(request.app.routes) if r.methods and r.path_regex.match(path)]
    return sorted({method for route in routes for method in route.methods or ()})


async def _on_disconnect(request: Request, error: Exception) -> Response:
    """The client went away before all of its body had come: nobody reads this answer."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _on_error(request: Request, error: Exception) -> Response:
    logger.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    detail = "an unexpected error, logged by the server; the request was not at fault"
    response = Problem(INTERNAL_ERROR, detail).response()
    # The framework makes it outside of all middleware.
    response.raw_headers.extend(OPEN)
    return response
