"""The application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from starlette.types import ASGIApp

from service import __version__
from service.access.security_headers import SecurityHeaders
from service.activations import table
from service.api.routes import add_routes
from service.api.trailing_slashes import TrailingSlashes
from service.cross_origin import CrossOrigin
from service.delivery.admission import Admission
from service.delivery.executors import Executors
from service.openapi.document import add_document
from service.problems.handlers import add_exception_handlers
from service.requests import advice_request, tensor_request
from service.settings import Settings, split_list
from service.streams import self_test

Middleware = Callable[[ASGIApp], ASGIApp]


class Application(FastAPI):
    """FastAPI's, with middleware around all that answers, its reply to an unexpected error too."""

    outermost: Sequence[Middleware] = ()
    """Each around those after it."""

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        for middleware in reversed(self.outermost):
            stack = middleware(stack)
        return stack


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application with `settings`, by default those of the environment."""
    settings = settings or Settings()
    app = Application(
        title="Fanin",
        version=__version__,
        summary="Neural-network weights over HTTP, each tensor a pure function of its URL.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(settings),
        # FastAPI would look for OpenTelemetry's providers at each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,
    )
    add_routes(app)
    add_exception_handlers(app)
    add_document(app)
    app.outermost = _middleware(settings)
    return app


def _middleware(settings: Settings) -> Sequence[Middleware]:
    """Return what each request goes through, in that order, and each reply the other way."""
    return (
        TrailingSlashes,
        SecurityHeaders,
        lambda app: CrossOrigin(app, split_list(settings.cors_origins)),
    )


class State(TypedDict):
    """What every request finds in `request.state`."""

    settings: Settings
    executors: Executors
    self_test_passed: bool


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[State]:
        admission = Admission(settings.max_streams, settings.max_bytes_in_flight, settings.yielding_bytes_per_second)
        executors = Executors(settings.threads, admission)
        executors.begin(advice_request.prepare)
        executors.begin(tensor_request.prepare)
        executors.begin(table.prepare)
        yield {"settings": settings, "executors": executors, "self_test_passed": self_test.passes()}
        executors.close()

    return lifespan
