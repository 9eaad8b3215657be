"""Measure how long elements take a processor, for the figures by which requests are estimated.

    python -m scripts.measure_paces

Prints nanoseconds of one thread, the least of several runs: of an element that is drawn, in binary32 and binary64; of a
run of neighbours of a slice besides; of a look-up, a rounding and a number's text. The figures of
`service/streams/philox/pace.py`, `service/streams/torch/draws.py`, `service/tensors/pace.py` and
`service/formats/json.py` are half as much again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from service.arithmetic.truncation import truncate
from service.decimals import lists
from service.streams.mersenne_twister.generator import Generator
from service.streams.mersenne_twister.twister import STATE_WORDS
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Cut, Disk, Lines
from service.streams.torch.draws import NormalDraws, UniformDraws, interval_of
from service.streams.view import View
from service.tensors.dtypes import DTYPES

ELEMENTS = 2**18
ROUNDS = 9
FAR_APART = 1_000_003
"""Elements from one run of a slice to the next."""

TAIL = Cut(truncate(9, 30), 9.0, 30.0)


def nanoseconds(task: Callable[[], object], count: int = ELEMENTS) -> float:
    """Return the processor time of a task that is done to so many elements, for one."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.thread_time()
        task()
        least = min(least, time.thread_time() - start)
    return 1e9 * least / count


def draws(stream: PhiloxStream, precision: str) -> dict[str, float]:
    """Return what an element of each kind of draw takes."""
    out: Any = np.empty(ELEMENTS, {"single": np.float32, "double": np.float64}[precision])
    pair: Any = np.empty(ELEMENTS, {"single": np.complex64, "double": np.complex128}[precision])
    return {
        "uniform": nanoseconds(lambda: stream.uniform(out, 0, -1.0, 1.0)),
        "normal": nanoseconds(lambda: stream.normal(out, 0, 0.0, 1.0)),
        "tail_normal": nanoseconds(lambda: stream.normal(out, 0, 0.0, 1.0, TAIL)),
        "disk": nanoseconds(lambda: stream.disk(pair, 0, Disk(1.0, 1.0, 0.5))),
        "zeros": nanoseconds(lambda: stream.put_zeros(out, 0, Lines(1, 3, 1))),
    }


def torch_draws() -> dict[str, float]:
    """Return what an element takes that is drawn from torch's stream, and a word that is skipped."""
    found: dict[str, float] = {}
    for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        out: Any = np.empty(ELEMENTS, dtype)
        uniform = UniformDraws(1, 0, ELEMENTS, dtype, None, interval_of(-1.0, 1.0, dtype))
        normal = NormalDraws(1, 0, ELEMENTS, dtype)
        found[f"torch uniform, {dtype.name}"] = nanoseconds(partial(uniform.fill, out, 0))
        found[f"torch normal, {dtype.name}"] = nanoseconds(partial(normal.fill, out, 0))
        runs = View(0, (ELEMENTS // 64, 64), (80, 1))
        apart = nanoseconds(partial(normal.part(runs).fill, out, 0))
        found[f"torch normal, {dtype.name}, a run"] = 64 * (apart - found[f"torch normal, {dtype.name}"])
    found["word skipped"] = nanoseconds(lambda: Generator(1).state_of(2**28 // STATE_WORDS), 2**28)
    return found


def paces() -> Iterator[tuple[str, float]]:
    """Yield the name of each figure and the figure."""
    stream = PhiloxStream(1, "")
    apart = stream.part(View(0, (ELEMENTS, 1), (FAR_APART, 1)))
    for precision in ("single", "double"):
        for name, element in draws(stream, precision).items():
            yield f"{name}, {precision}", element
        for name, run in draws(apart, precision).items():
            yield f"{name}, {precision}, a run", run
    deep = View(0, (2,) * 18, tuple(3 ** (17 - axis) for axis in range(18)))
    out = np.empty(ELEMENTS, np.float32)
    yield "a stretch of a deep view", nanoseconds(lambda: stream.part(deep).uniform(out, 0, 0.0, 1.0), ELEMENTS // 16)
    numbers = np.arange(ELEMENTS)
    yield "permuted", nanoseconds(lambda: stream.permuted(numbers, numbers, ELEMENTS + 1))
    yield "look-up of a level", nanoseconds(lambda: deep.indices(0, 2**14), 2**14) / len(deep.levels)
    yield "look-up of an axis", nanoseconds(lambda: np.unravel_index(numbers, (2,) * 18)) / 18
    places = np.random.default_rng(0).integers(0, ELEMENTS, ELEMENTS)
    elements = np.empty(ELEMENTS, np.float32)
    yield "take", nanoseconds(lambda: np.take(elements, places, out=out))
    yield "copy", nanoseconds(lambda: np.copyto(out, elements))


def texts() -> Iterator[tuple[str, float]]:
    """Yield each dtype whose numbers are written, and what a number takes, rounding included."""
    for name, dtype in DTYPES.items():
        if dtype.is_complex:
            continue
        working = np.random.default_rng(0).normal(size=ELEMENTS).astype(dtype.working)
        bits = np.empty(ELEMENTS, f"u{dtype.itemsize}")
        if dtype.rounding is not None:
            yield f"rounding to {name}", nanoseconds(partial(dtype.rounding, working, bits))
        values, spans = working.astype(dtype.storage), lists.spans((ELEMENTS,))
        text = np.empty(lists.room(ELEMENTS, dtype.storage, spans), np.uint8)
        lists.prepare(dtype.storage)
        yield f"text of {name}", nanoseconds(partial(lists.write, text, values, 0, spans))


def main() -> None:
    for name, figure in (*paces(), *torch_draws().items(), *texts()):
        print(f"{name:32} {figure:8.2f}")


if __name__ == "__main__":
    main()
