"""The application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from starlette.types import ASGIApp

from service import __version__
from service.access.security_headers import SecurityHeaders
from service.activations import table
from service.api.routes import add_routes, resources
from service.api.trailing_slashes import TrailingSlashes
from service.catalogue.catalogue import CATALOGUE
from service.cross_origin import CrossOrigin
from service.delivery.admission import Admission
from service.delivery.executors import QUEUES, Executors
from service.formats.registry import FORMATS
from service.observability.build import build
from service.observability.collector import Exposition
from service.observability.families import Vocabulary
from service.observability.measurements import Measurements
from service.observability.observation import Observation
from service.openapi.document import add_document
from service.problems.handlers import add_exception_handlers
from service.problems.types import PROBLEM_TYPES
from service.requests import advice_request, tensor_request
from service.settings import Settings, split_list
from service.streams import self_test

logger = logging.getLogger(__name__)

Middleware = Callable[[ASGIApp], ASGIApp]


class Application(FastAPI):
    """FastAPI's, with middleware around all that answers, its reply to an unexpected error too."""

    settings: Settings
    measurements: Measurements
    outermost: Sequence[Middleware] = ()
    """Each around those after it."""

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        for middleware in reversed(self.outermost):
            stack = middleware(stack)
        return stack


def create_app(settings: Settings | None = None) -> Application:
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
        lifespan=_lifespan,
        # FastAPI would look for OpenTelemetry's providers at each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redirect_slashes=False,
    )
    add_routes(app)
    add_exception_handlers(app)
    add_document(app)
    app.settings, app.measurements = settings, _measurements(app, settings)
    app.outermost = _middleware(app)
    return app


def _measurements(app: FastAPI, settings: Settings) -> Measurements:
    routes: dict[str, frozenset[str]] = {}
    for resource in resources(app).values():
        routes[resource.template] = routes.get(resource.template, frozenset()) | resource.methods
    words = Vocabulary(
        routes,
        FORMATS,
        [kind.name for kind in CATALOGUE],
        PROBLEM_TYPES,
        QUEUES,
    )
    try:
        return Measurements(words, settings.metrics_directory)
    except OSError as error:
        logger.warning("this process counts for itself alone: %s", error)
        return Measurements(words)


def _middleware(app: Application) -> Sequence[Middleware]:
    """Return what each request goes through, in that order, and each reply the other way."""
    settings = app.settings
    templates = {endpoint: resource.template for endpoint, resource in resources(app).items()}
    return (
        TrailingSlashes,
        lambda inner: Observation(inner, app.measurements, templates),
        SecurityHeaders,
        lambda inner: CrossOrigin(inner, split_list(settings.cors_origins)),
    )


class State(TypedDict):
    """What every request finds in `request.state`."""

    settings: Settings
    executors: Executors
    measurements: Measurements
    exposition: Exposition
    self_test_passed: bool


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[State]:
    assert isinstance(app, Application)
    settings, measurements = app.settings, app.measurements
    admission = Admission(
        settings.max_streams, settings.max_bytes_in_flight, measurements, settings.yielding_bytes_per_second
    )
    executors = Executors(settings.threads, admission, measurements)
    executors.begin(advice_request.prepare)
    executors.begin(tensor_request.prepare)
    executors.begin(table.prepare)
    yield {
        "settings": settings,
        "executors": executors,
        "measurements": measurements,
        "exposition": Exposition(measurements, build()),
        "self_test_passed": self_test.passes(),
    }
    executors.close()
