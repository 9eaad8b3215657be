"""Every URL, and what answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.api.advise import get_advice, post_advice, post_network_advice
from service.api.docs import ASSETS, ASSETS_PATH, show_docs
from service.api.endpoint import Endpoint
from service.api.health import livez, readyz
from service.api.initializers import get_initializer, list_initializers
from service.api.problems import get_problem
from service.api.weights import get_weights, post_weights


def add_routes(app: FastAPI) -> None:
    """Give `app` all resources."""
    _add(app, "/weights/{initializer}", get_weights, "GET", "HEAD")
    _add(app, "/weights", post_weights, "POST")
    _add(app, "/advise", get_advice, "GET", "HEAD")
    _add(app, "/advise", post_advice, "POST")
    _add(app, "/advise/network", post_network_advice, "POST")
    _add_described(app, "/initializers", list_initializers, "initializers", "List the initializers")
    _add_described(app, "/initializers/{initializer}", get_initializer, "initializers", "Describe an initializer")
    _add_described(app, "/livez", livez, "health", "Is the process alive?")
    _add_described(app, "/readyz", readyz, "health", "Is the service ready?")
    _add_described(app, "/problems/{slug}", get_problem, "problems", "Describe a type of problem")
    app.add_api_route("/docs", show_docs, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount(ASSETS_PATH, ASSETS)


def _add(app: FastAPI, path: str, handler: Callable[[Request], Awaitable[Response]], *methods: str) -> None:
    """Add an endpoint that reads its query or body itself, and that `service.openapi` describes."""
    app.router.routes.append(Route(path, Endpoint(handler), methods=list(methods)))


def _add_described(app: FastAPI, path: str, handler: Callable[..., Awaitable[object]], tag: str, summary: str) -> None:
    """Add an endpoint that FastAPI describes in the OpenAPI document by its signature and its docstring."""
    app.add_api_route(path, handler, tags=[tag], summary=summary, operation_id=handler.__name__)
    app.add_api_route(path, handler, methods=["HEAD"], include_in_schema=False)
