"""A picture over HTTP beside the same plot drawn directly, and a probe beside ten pictures under way.

`python -m benchmarks.pictures` prints the rows; `make bench` has them too.
"""

from __future__ import annotations

import functools
import http.client
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import numpy as np

from benchmarks.pairs import HEAD, Comparison, timed
from benchmarks.processes import Server, curl, fanin, tool
from service.pictures.drawing.figure import draw, prepare
from service.pictures.picture import FileType, HeatMap, Histogram, Picture, Rendering, SingularValues
from service.pictures.tensors.densities import density_of
from service.pictures.tensors.marchenko_pastur import marchenko_pastur
from service.tensors.laws import Normal

SHAPE = (256, 784)
_STD = float(np.sqrt(2 / SHAPE[1]))

_CLIENTS, _PICTURES_EACH = 10, 4

_PROBES_ALONE = 400

_PAUSE = 0.005
"""Seconds between two probes."""


def _directly(file_type: FileType) -> bytes:
    """Draw what the server draws, of NumPy's normal numbers and LAPACK's singular values."""
    weights = np.random.default_rng(42).normal(0.0, _STD, SHAPE).astype(np.float32)
    panels = (
        Histogram(weights, density_of(Normal(0.0, _STD)), f"{weights.size:,} elements"),
        HeatMap(weights[:128, :128], "axis 0", "axis 1"),
        SingularValues(weights, "a matrix of 256 × 784", marchenko_pastur(SHAPE, _STD), "Marchenko–Pastur"),
    )
    picture = Picture("he_normal, 256 × 784, float32", "seed 42", panels, "Rows 0 to 127, columns 0 to 127.")
    return draw(picture, Rendering(file_type))


def _target(file_type: str, seed: int = 42) -> str:
    return f"/weights/he_normal.{file_type}?shape={SHAPE[0]},{SHAPE[1]}&seed={seed}"


def against_direct_drawing(server: Server) -> Iterator[Comparison]:
    prepare()
    file_types: tuple[FileType, ...] = ("svg", "png")
    for file_type in file_types:
        ours, peer = curl(server, _target(file_type)), timed(functools.partial(_directly, file_type))
        yield Comparison(f"{file_type} of he_normal, 256 × 784", ours, "the same drawn directly", peer, 1.3)


def rows(server: Server) -> Iterator[str]:
    """Yield all rows."""
    without = server.resident()
    for comparison in against_direct_drawing(server):
        yield comparison.measure().row
    yield _beside_pictures(server)
    yield f"| memory that drawing takes, in a process of its own | {(server.resident() - without) / 1e6:.0f} MB | | | |"


def _beside_pictures(server: Server) -> str:
    """Return the row of what `/livez` takes while ten clients wait for pictures."""
    alone = _probed(server, lambda count: count < _PROBES_ALONE)
    clients = [_client(server, number) for number in range(_CLIENTS)]
    beside = _probed(server, lambda _: any(client.poll() is None for client in clients))
    ratio = _percentile(beside) / _percentile(alone)
    return (
        f"| `/livez` beside ten pictures under way, 99th percentile of {len(beside)} ÷ alone | "
        f"{_percentile(beside):.3g} ms | {_percentile(alone):.3g} ms | {ratio:.3g} | 50 ms |"
    )


def _client(server: Server, number: int) -> subprocess.Popen[bytes]:
    """Start a client that asks for one picture after another."""
    seeds = range(number * _PICTURES_EACH, (number + 1) * _PICTURES_EACH)
    targets = [part for seed in seeds for part in ("-o", "/dev/null", server.url + _target("svg", seed))]
    return subprocess.Popen([tool("curl"), "-sf", *targets])


def _probed(server: Server, goes_on: Callable[[int], bool]) -> list[float]:
    """Return the milliseconds of probes, one after another, on connections of their own."""
    found: list[float] = []
    address = urlsplit(server.url).netloc
    while goes_on(len(found)):
        start = time.perf_counter()
        connection = http.client.HTTPConnection(address)
        connection.request("GET", "/livez")
        connection.getresponse().read()
        connection.close()
        found.append(1e3 * (time.perf_counter() - start))
        time.sleep(_PAUSE)
    return found


def _percentile(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=100)[98]


def main() -> None:
    with fanin() as server:
        print(HEAD)
        for row in rows(server):
            print(row, flush=True)


if __name__ == "__main__":
    main()
