"""Every URL, and what answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import get_type_hints

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from service.access.guard import METRICS
from service.api.advise import get_advice, post_advice, post_network_advice
from service.api.checkpoints import get_checkpoint, get_file, list_checkpoints, post_checkpoint, post_plan
from service.api.docs import ASSETS, ASSETS_PATH, show_docs, show_document
from service.api.endpoint import Endpoint
from service.api.explorer import EXPLORER_PATH, show_file
from service.api.health import livez, readyz
from service.api.hub import get_hub_file, get_refs, get_repository, get_tree, post_paths
from service.api.initializers import CatalogueReply, get_initializer, list_initializers
from service.api.metrics import get_metrics
from service.api.models import ModelsReply, get_model, list_models, post_model
from service.api.problems import get_problem
from service.api.propagation import get_propagation, post_propagation
from service.api.root import RootReply, get_root
from service.api.weights import get_weights, post_weights
from service.hub.repository import OWNER
from service.requests.query import refuse_content, refuse_query, repeatable_query

_TENSOR, _ADVICE = "/weights/{initializer:path}", "/advise"

_LONGEST_QUERY = 200
"""Characters of a query that a refusal repeats."""


def add_routes(app: FastAPI, with_metrics: bool = True) -> None:
    """Give `app` all resources."""
    # A call may have a slash in it: randn(2, 3) / 10.
    _add(app, _TENSOR, get_weights, "GET", "HEAD")
    _add(app, "/weights", post_weights, "POST")
    _add(app, _ADVICE, get_advice, "GET", "HEAD")
    _add(app, _ADVICE, post_advice, "POST")
    _add(app, "/advise/network", post_network_advice, "POST")
    _add(app, "/propagation", get_propagation, "GET", "HEAD")
    _add(app, "/propagation", post_propagation, "POST")
    _add(app, "/checkpoints", post_checkpoint, "POST")
    _add(app, "/checkpoints", list_checkpoints, "GET", "HEAD")
    _add(app, "/checkpoints/plan", post_plan, "POST")
    _add(app, "/checkpoints/{source}", get_checkpoint, "GET", "HEAD")
    _add(app, "/checkpoints/{source}/{file}", get_file, "GET", "HEAD")
    _add_described(app, "/models", list_models, "models", "List the published models", reply=ModelsReply)
    _add(app, "/models", post_model, "POST")
    _add_described(app, "/models/{model}", get_model, "models", "Describe a model")
    _add_described(
        app, "/initializers", list_initializers, "initializers", "List the initializers", reply=CatalogueReply
    )
    _add_described(app, "/initializers/{initializer}", get_initializer, "initializers", "Describe an initializer")
    _add_described(app, "/livez", livez, "health", "Is the process alive?")
    _add_described(app, "/readyz", readyz, "health", "Is the service ready?")
    _add_described(app, "/problems/{slug}", get_problem, "problems", "Describe a type of problem")
    _add_described(app, "/", get_root, "service", "What is here?", reply=RootReply)
    _add_page(app, "/openapi.json", show_document)
    _add_page(app, "/docs", show_docs)
    _add_page(app, f"{EXPLORER_PATH}/{{file:path}}", show_file)
    if with_metrics:
        _add_page(app, METRICS, get_metrics)
    app.mount(ASSETS_PATH, ASSETS)
    _add_hub(app)


def _add_hub(app: FastAPI) -> None:
    """Give `app` the Hub's routes for reading."""
    api, files = f"/api/models/{OWNER}/{{model}}", f"/{OWNER}/{{model}}"
    _add(app, api, get_repository, "GET", "HEAD")
    _add(app, f"{api}/revision/{{revision:path}}", get_repository, "GET", "HEAD")
    _add(app, f"{api}/tree/{{revision}}", get_tree, "GET", "HEAD")
    _add(app, f"{api}/tree/{{revision}}/{{folder:path}}", get_tree, "GET", "HEAD")
    _add(app, f"{api}/paths-info/{{revision}}", post_paths, "POST")
    _add(app, f"{api}/refs", get_refs, "GET", "HEAD")
    _add(app, f"{files}/resolve/{{revision}}/{{path:path}}", get_hub_file, "GET", "HEAD")
    _add(app, f"{files}/raw/{{revision}}/{{path:path}}", get_hub_file, "GET", "HEAD")


@dataclass(frozen=True)
class Resource:
    """What answers the requests for a route."""

    template: str
    methods: frozenset[str]


def resources(app: FastAPI) -> dict[object, Resource]:
    """Return the resources of `app` by their endpoints, as these stand in a request's scope."""
    found: dict[object, Resource] = {}
    for route in app.router.routes:
        endpoint = route.app if isinstance(route, Mount) else getattr(route, "endpoint", None)
        methods = {"GET", "HEAD"} if isinstance(route, Mount) else getattr(route, "methods", None) or ()
        if endpoint is not None:
            known = found[endpoint].methods if endpoint in found else frozenset()
            found[endpoint] = Resource(str(getattr(route, "path_format", "")), known | frozenset(methods))
    return found


def short_routes(app: FastAPI) -> Sequence[Route]:
    """Return the routes of what is asked for most, and takes least."""
    routes = (route for route in app.router.routes if isinstance(route, Route) and "GET" in (route.methods or ()))
    return [route for route in routes if route.path in (_TENSOR, _ADVICE)]


def _add(app: FastAPI, path: str, handler: Callable[[Request], Awaitable[Response]], *methods: str) -> None:
    """Add an endpoint that reads its query or body itself, and that `service.openapi` describes."""
    app.router.routes.append(Route(path, Endpoint(handler), methods=list(methods)))


def _add_described(
    app: FastAPI,
    path: str,
    handler: Callable[..., Awaitable[object]],
    tag: str,
    summary: str,
    *,
    reply: type[BaseModel] | None = None,
) -> None:
    """Add an endpoint that FastAPI describes in the OpenAPI document by its signature and its docstring.

    `reply` is what stands in a response that the handler has written itself.
    """
    checks = [Depends(_refuse_parameters)]
    app.add_api_route(
        path,
        handler,
        response_model=reply or get_type_hints(handler)["return"],
        tags=[tag],
        summary=summary,
        operation_id=handler.__name__,
        dependencies=checks,
    )
    app.add_api_route(path, handler, methods=["HEAD"], include_in_schema=False, dependencies=checks)


def _add_page(app: FastAPI, path: str, handler: Callable[[Request], Awaitable[Response]]) -> None:
    """Add a page for readers of the API, which is not a part of it."""
    checks = [Depends(_refuse_parameters)]
    app.add_api_route(path, handler, methods=["GET", "HEAD"], include_in_schema=False, dependencies=checks)


async def _refuse_parameters(request: Request) -> None:
    """Refuse a query, and a body, where none is read."""
    refuse_content(request)
    if request.scope["query_string"]:
        initializer = request.path_params.get("initializer")
        query = repeatable_query(request, _LONGEST_QUERY)
        advice = f"for a tensor, GET /weights/{initializer}?{query}" if initializer else "leave it out"
        refuse_query(request, advice)
