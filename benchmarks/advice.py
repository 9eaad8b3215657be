"""What a list of layers costs that have nothing in common: the most that one request for advice can ask for."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Iterator

import orjson

from benchmarks.processes import Server

LAYERS = 2000
MOST_SECONDS, MOST_MEGABYTES = 3.0, 5.0
_ACTIVATIONS = ("relu", "gelu", "tanh", "silu", "elu")
_ROUNDS = 5

Description = dict[str, object]


def unlike_layers() -> list[Description]:
    """Return layers of a multilayer perceptron, no two of which have one shape and one activation."""
    layers: list[Description] = []
    inputs = 400
    for index in range(LAYERS):
        units = 400 + index * 7 % 797
        layers.append({"layer": "Linear", "activation": _ACTIVATIONS[index % 5], "shape": [units, inputs]})
        inputs = units
    return layers


def lists_of_layers(server: Server) -> Iterator[str]:
    """Yield the rows for a list of unlike layers, with a framework's defaults and without."""
    for what, common in (("", {}), (", with PyTorch's defaults", {"framework": "pytorch"})):
        body = orjson.dumps({**common, "layers": unlike_layers()})
        request = urllib.request.Request(
            f"{server.url}/advise/network", body, {"Content-Type": "application/json"}, method="POST"
        )
        costs = [_cost(server, request) for _ in range(_ROUNDS)]
        wall, processor, nbytes = (statistics.median(column) for column in zip(*costs, strict=True))
        yield (
            f"| advice on {LAYERS} unlike layers{what} | {wall:.2f} s ({processor:.2f}), {nbytes / 1e6:.2f} MB | | | "
            f"{MOST_SECONDS:g} s, {MOST_MEGABYTES:g} MB |"
        )


def _cost(server: Server, request: urllib.request.Request) -> tuple[float, float, int]:
    """Return the seconds by the clock and of the server's processor time, and the bytes of the answer."""
    start, busy = time.perf_counter(), server.processor()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as reply:
        nbytes = len(reply.read())
    return time.perf_counter() - start, server.processor() - busy, nbytes
