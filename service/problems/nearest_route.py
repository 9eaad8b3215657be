"""The route that a request without one was probably meant for."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from service.hub.repository import is_known
from service.hub.revision import MAIN
from service.likeness import fold, nearest

_PREFIXES = frozenset(("api", "v1", "v2", "rest", "fanin", "public"))
"""Steps of a path that other services begin with."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "weights": ("weights", "weight", "tensor", "tensors", "generate", "make", "matrix", "init", "initialize", "sample"),
    "advise": ("advise", "advice", "advisor", "recommend", "recommendation", "suggest"),
    "models": ("models", "model", "architectures", "architecture"),
    "checkpoints": ("checkpoints", "checkpoint", "statedict", "safetensors", "manifest", "manifests"),
    "initializers": ("initializers", "initializer", "initialisers", "initialiser", "catalogue", "catalog", "schemes"),
    "livez": ("livez", "health", "healthz", "healthcheck", "live", "liveness", "alive", "ping", "status", "up"),
    "readyz": ("readyz", "ready", "readiness"),
    "metrics": ("metrics", "prometheus", "stats"),
    "docs": ("docs", "doc", "documentation", "swagger", "swaggerui", "redoc", "help", "apidocs", "ui"),
    "openapi.json": ("openapi.json", "openapi", "openapi.yaml", "swagger.json", "schema", "spec"),
    "problems": ("problems", "problem", "errors"),
}
"""The first step of each route, and what people write for it, folded."""

_BEFORE_IDS = frozenset(("api", "models"))
_FILE_VERBS = frozenset(("blob", "tree", "resolve", "raw", "revision"))
"""What stands before an id of the Hub, and between it and a revision."""

_ROUTE_OF = {word: route for route, words in _WORDS.items() for word in words}
_EXAMPLE = "shape=256,784"
_LONGEST = 200
_MEMBERS = 16


@dataclass(frozen=True)
class Wanted:
    """A request that no route answers."""

    method: str
    path: str
    """Below the root path."""
    query: str


@dataclass(frozen=True)
class Route:
    """A request that works as it stands, or nearly."""

    url: str
    """Below the root path."""
    body: str = ""
    """That of a POST; empty of a GET."""

    def under(self, root: str) -> tuple[str, str]:
        """Return the URL for a service that is reached under `root`, and the request in words."""
        url = f"{root}{self.url}"
        return url, f"POST {url} with the body {self.body}" if self.body else f"GET {url}"


def nearest_route(wanted: Wanted) -> Route | None:
    """Return the request that was probably meant; None where nothing is near."""
    steps = [step for step in wanted.path[:_LONGEST].split("/") if step]
    of_hub = _of_hub(steps)
    if of_hub is not None:
        return of_hub
    while steps and fold(steps[0]) in _PREFIXES:
        steps = steps[1:]
    if not steps:
        return Route("/")
    first, rest = fold(steps[0]), _whole(steps[1:])
    query = wanted.query if len(wanted.query) <= _LONGEST else ""
    route = _ROUTE_OF.get(first) or _route_like(first)
    if route is None and "shape=" in query:
        # An initializer where its route is left out.
        return _weights(wanted.method, steps, query)
    builders: Mapping[str, Callable[[], Route]] = {
        "weights": lambda: _weights(wanted.method, rest, query),
        "advise": lambda: _advise(wanted.method, rest, query),
        "initializers": lambda: _initializers(wanted.method, rest, query),
        "problems": lambda: Route(f"/problems/{quote(rest[0] if rest else 'invalid-request')}"),
    }
    return None if route is None else builders.get(route, lambda: Route(f"/{route}"))()


def _of_hub(steps: list[str]) -> Route | None:
    """Return the route of a repository or of its file, by an address as the Hub's pages have, or a part of one."""
    while steps and steps[0] in _BEFORE_IDS:
        steps = steps[1:]
    if len(steps) < 2 or not is_known("/".join(steps[:2])):
        return None
    repository, (verb, *rest) = "/".join(steps[:2]), steps[2:] or [""]
    if verb in _FILE_VERBS and len(rest) > 1:
        return Route(f"/{repository}/resolve/{'/'.join(map(quote, rest))}")
    if verb in _FILE_VERBS and rest:
        return Route(f"/api/models/{repository}/tree/{quote(rest[0])}")
    if verb and not rest and "." in verb:
        return Route(f"/{repository}/resolve/{MAIN}/{quote(verb)}")
    return Route(f"/api/models/{repository}")


def _whole(steps: list[str]) -> list[str]:
    """Return the steps after the first, as one where they are a call with slashes in it."""
    return ["/".join(steps)] if any("(" in step for step in steps) else steps


@functools.lru_cache(maxsize=256)
def _route_like(first: str) -> str | None:
    """Return the first step of the route that a slip was meant for: clients repeat theirs."""
    return next((_ROUTE_OF[word] for word in nearest(first, _ROUTE_OF, 1)), None)


def _initializers(method: str, rest: list[str], query: str) -> Route:
    if query and rest:
        return _weights(method, rest, query)
    return Route(f"/initializers/{quote(rest[0])}" if rest else "/initializers")


def _weights(method: str, rest: list[str], query: str) -> Route:
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    name = rest[0] if rest else next((pairs.pop(key) for key in ("initializer", "init", "name") if key in pairs), "")
    name = name or "he_normal"
    if method == "POST":
        members = {"initializer": name, **dict(list((pairs or {"shape": "256,784"}).items())[:_MEMBERS])}
        return Route("/weights", json.dumps(members, ensure_ascii=False))
    return Route(f"/weights/{quote(name)}?{urlencode(pairs, safe=',:/') if pairs else _EXAMPLE}")


def _advise(method: str, rest: list[str], query: str) -> Route:
    layer = f"layer={quote(rest[0])}" if rest else ""
    if method not in {"GET", "HEAD"}:
        return Route("/advise", '{"layer": "Linear", "shape": [256, 784]}')
    return Route(f"/advise?{'&'.join(filter(None, [layer, query])) or 'layer=Linear&shape=256,784'}")
