"""The kernels against NumPy in the same process.

One thread, float32, arrays of 2**24 elements, written into the same array again and again; orthogonal
matrices with two threads on both sides.
"""

from __future__ import annotations

import numpy as np

from benchmarks.pairs import Comparison, timed
from service.arithmetic.truncation import truncate
from service.linear_algebra.haar import orthogonalise
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Cut

ELEMENTS = 2**24
SIDE = 2048


def comparisons() -> list[Comparison]:
    stream = PhiloxStream(42, "")
    generator = np.random.default_rng(42)
    single, double = np.empty(ELEMENTS, np.float32), np.empty(ELEMENTS, np.float64)
    cut = Cut(truncate(-2.0, 2.0), -2.0, 2.0)
    gaussian = generator.standard_normal((1, SIDE, SIDE), dtype=np.float32)
    matrix = np.empty_like(gaussian)

    def orthogonal() -> None:
        orthogonalise(gaussian.copy(), 1.0, matrix, threads=2)

    def rows(name: str, ours, peers, at_most: float) -> list[Comparison]:
        return [Comparison(name, timed(ours), peer_name, timed(peer), at_most, ELEMENTS) for peer_name, peer in peers]

    uniforms = [
        ("random(float32)", lambda: generator.random(dtype=np.float32, out=single)),
        ("random()", lambda: generator.random(out=double)),
    ]
    normals = [
        ("standard_normal(float32)", lambda: generator.standard_normal(dtype=np.float32, out=single)),
        ("standard_normal()", lambda: generator.standard_normal(out=double)),
    ]
    return [
        *rows("kernel: uniform", lambda: stream.uniform(single, 0, -1.0, 1.0), uniforms, 0.5),
        *rows("kernel: normal", lambda: stream.normal(single, 0, 0.0, 1.0), normals, 0.3),
        *rows("kernel: truncated normal", lambda: stream.normal(single, 0, 0.0, 1.0, cut), normals, 0.5),
        Comparison(
            f"kernel: orthogonal, {SIDE}²",
            timed(orthogonal),
            "linalg.qr",
            timed(lambda: np.linalg.qr(gaussian[0])),
            0.6,
        ),
    ]
