"""Digests of what this process makes, to compare with those of a process that compiled otherwise.

`python -m tests.streams.digests` prints them as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np

from service.arithmetic.truncation import truncate
from service.linear_algebra import haar
from service.linear_algebra.spectral_radius import spectral_radius
from tests.streams.distributions import DISTRIBUTIONS, DTYPES, STANDARD_NORMAL

COUNT = 100_003
BOUNDS = [(-2.0, 2.0), (-1.0, 3.0), (0.0, np.inf), (5.0, 6.0), (29.0, 31.0), (31.0, 32.0), (-np.inf, -1000.0)]


def digests():
    made = {}
    for dtype in DTYPES:
        for name, distribution in DISTRIBUTIONS.items():
            made[f"{name}, {dtype.__name__}"] = distribution.draw(COUNT, dtype, start=1)
        gaussians = STANDARD_NORMAL.draw(2 * 201 * 133, dtype).reshape(2, 201, 133)
        made[f"orthogonal, {dtype.__name__}"] = out = np.empty_like(gaussians)
        haar.orthogonalise(gaussians, 1.1, out, threads=1)
    square = STANDARD_NORMAL.draw(90 * 90, np.float64).reshape(90, 90)
    made["spectral radius"] = np.array([spectral_radius(square, threads=1)])
    cuts = [truncate(low, high) for low, high in BOUNDS]
    made["truncation"] = np.array([(*cut.numbers, cut.mean, cut.std) for cut in cuts])
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in made.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(digests()))
