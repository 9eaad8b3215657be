"""The application."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import TypedDict

from fastapi import FastAPI
from starlette.types import ASGIApp, Scope

from service import __version__
from service.access.credentials import decoded_target, has_credential
from service.access.guard import METRICS, Guard
from service.access.keyring import Keyring
from service.access.reply_fields import ReplyFields
from service.access.security_headers import security_fields
from service.activations import table
from service.api import advice_questions
from service.api.checkpoint_replies import CHECKPOINT
from service.api.explorer import OPEN_PATHS
from service.api.health import PROBES
from service.api.routes import add_routes, resources, short_routes
from service.api.shortcut import Shortcut
from service.api.trailing_slashes import TrailingSlashes
from service.catalogue.catalogue import CATALOGUE
from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.recent import RecentCheckpoints
from service.cross_origin import CrossOrigin, Preflight
from service.delivery.admission import Admission
from service.delivery.assistant import Assistant
from service.delivery.executors import QUEUES, Executors
from service.delivery.recent_answers import RecentAnswers
from service.formats.registry import FORMATS
from service.hub.repository import Repositories
from service.hub.snapshot import Snapshot
from service.observability.access_log import AccessLog
from service.observability.build import build
from service.observability.collector import Exposition
from service.observability.families import Vocabulary
from service.observability.lines import LineWriter
from service.observability.measurements import Measurements
from service.observability.observation import Observation
from service.observability.request_ids import RequestIds, request_id_fields
from service.observability.tracing import telemetry
from service.openapi.document import add_document
from service.pictures import draw
from service.problems.handlers import add_exception_handlers
from service.problems.hub_form import in_form_of
from service.problems.translations import TRANSLATIONS
from service.problems.types import PROBLEM_TYPES
from service.requests import advice_request, tensor_request
from service.requests.checkpoints.folder import ManifestFolder
from service.settings import Settings, split_list
from service.streams import self_test

logger = logging.getLogger(__name__)

STANDARD_OUTPUT = 1

Middleware = Callable[[ASGIApp], ASGIApp]


class Application(FastAPI):
    """FastAPI's, with middleware around all that answers, its reply to an unexpected error too."""

    settings: Settings
    measurements: Measurements
    keyring: Keyring | None = None
    """The keys that are asked for; None where none are."""
    lines: LineWriter | None = None
    """Those of the access log; None without one."""
    log: AccessLog | None = None
    """What writes them."""
    outermost: Sequence[Middleware] = ()
    """Each around those after it."""

    def is_secret(self, text: bytes) -> bool:
        """Return whether a key stands in a text."""
        return self.keyring is not None and self.keyring.is_in(text)

    def mask(self, text: bytes) -> bytes:
        """Return a text with asterisks in the place of keys."""
        return text if self.keyring is None else self.keyring.mask(text)

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        for middleware in reversed(self.outermost):
            stack = middleware(stack)
        return stack


def create_app(settings: Settings | None = None) -> Application:
    """Return the application with `settings`, by default those of the environment."""
    settings = settings or Settings()
    keyring = None if settings.api_keys_file is None else Keyring(settings.api_keys_file)
    traced = telemetry(os.environ, lambda scope: _is_untraced(scope, keyring))
    app = Application(
        title="Fanin",
        version=__version__,
        summary="Neural-network weights over HTTP, each tensor a pure function of its URL.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        telemetry=traced,
        redirect_slashes=False,
    )
    add_routes(app, with_metrics=settings.metrics != "off")
    add_exception_handlers(app)
    add_document(app)
    app.keyring = keyring
    if settings.access_log == "json":
        app.lines = LineWriter(STANDARD_OUTPUT)
        app.log = AccessLog(app.lines.put, app.mask)
    app.settings, app.measurements = settings, _measurements(app, settings)
    app.outermost = _middleware(app, bool(traced["tracing"]))
    return app


def _is_untraced(scope: Scope, keyring: Keyring | None) -> bool:
    """Return whether nobody wants a trace of a request, or its URL has a key: spans tell URLs."""
    if scope["path"] in (*PROBES, METRICS) or has_credential(scope["query_string"]):
        return True
    return keyring is not None and keyring.is_in(decoded_target(scope))


def _measurements(app: FastAPI, settings: Settings) -> Measurements:
    routes: dict[str, frozenset[str]] = {}
    for resource in resources(app).values():
        routes[resource.template] = routes.get(resource.template, frozenset()) | resource.methods
    words = Vocabulary(
        routes,
        FORMATS,
        [*(kind.name for kind in CATALOGUE), CHECKPOINT],
        PROBLEM_TYPES,
        QUEUES,
    )
    try:
        return Measurements(words, settings.metrics_directory)
    except OSError as error:
        logger.warning("this process counts for itself alone: %s", error)
        return Measurements(words)


def _middleware(app: Application, is_traced: bool) -> Sequence[Middleware]:
    """Return what each request goes through, in that order, and each reply the other way."""
    settings = app.settings
    cross_origin = CrossOrigin(split_list(settings.cors_origins))
    templates = {endpoint: resource.template for endpoint, resource in resources(app).items()}
    return (
        TrailingSlashes,
        lambda inner: RequestIds(inner, app.is_secret),
        lambda inner: Observation(inner, app.measurements, templates, app.log),
        lambda inner: ReplyFields(inner, (request_id_fields, security_fields, cross_origin.fields)),
        lambda inner: Preflight(inner, cross_origin.preflight),
        *([] if app.keyring is None else [_guard(app, app.keyring)]),
        # Spans are named by what FastAPI finds.
        *([] if is_traced else [lambda inner: Shortcut(inner, short_routes(app), app.exception_handlers)]),
    )


def _guard(app: Application, keyring: Keyring) -> Middleware:
    """Return the guard, which refuses as the handlers of exceptions do."""

    def refusal(error: Exception, path: str) -> ASGIApp:
        problem = in_form_of(path, TRANSLATIONS[type(error)](error))
        app.measurements.refused(problem.type.slug)
        return problem.response()

    open_paths = [*PROBES, *OPEN_PATHS, *([METRICS] if app.settings.metrics == "open" else [])]
    return lambda inner: Guard(inner, keyring, open_paths, refusal)


class State(TypedDict):
    """What every request finds in `request.state`."""

    settings: Settings
    executors: Executors
    recent_answers: RecentAnswers
    recent_checkpoints: RecentCheckpoints[Checkpoint]
    recent_snapshots: RecentCheckpoints[Snapshot]
    repositories: Repositories
    manifests: ManifestFolder
    measurements: Measurements
    log: AccessLog | None
    exposition: Exposition
    self_test_passed: bool
    is_secret: Callable[[bytes], bool]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[State]:
    assert isinstance(app, Application)
    settings, measurements = app.settings, app.measurements
    admission = Admission(
        settings.max_streams, settings.max_bytes_in_flight, measurements, settings.yielding_bytes_per_second
    )
    executors = Executors(settings.threads, admission, measurements, Assistant(advice_questions.prepare))
    watch = None if app.keyring is None else asyncio.create_task(app.keyring.watch())
    executors.begin(advice_request.prepare)
    executors.begin(tensor_request.prepare)
    executors.begin(table.prepare)
    executors.begin(draw.drawn_by)
    with nullcontext() if app.lines is None else app.lines.running():
        yield {
            "settings": settings,
            "executors": executors,
            "recent_answers": RecentAnswers(settings.recent_answer_bytes),
            "recent_checkpoints": RecentCheckpoints(lambda checkpoint: checkpoint),
            "recent_snapshots": RecentCheckpoints(lambda snapshot: snapshot.checkpoint),
            "repositories": Repositories(),
            "manifests": ManifestFolder(settings.models),
            "measurements": measurements,
            "log": app.log,
            "exposition": Exposition(measurements, build()),
            "self_test_passed": self_test.passes(),
            "is_secret": app.is_secret,
        }
    executors.close()
    if watch is not None:
        watch.cancel()
