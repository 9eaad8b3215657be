"""Digests of what this process makes, to compare with those of a process that compiled otherwise.

`python -m tests.streams.digests` prints them as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import numpy as np

from service.arithmetic.truncation import truncate
from service.linear_algebra import haar
from service.linear_algebra.spectral_radius import spectral_radius
from service.streams.numpy.default_generator import GeneratorPosition
from service.streams.numpy.random_state import RandomStatePosition
from service.streams.torch.draws import NormalDraws, UniformDraws, interval_of
from service.streams.torch.position import Position
from service.streams.torch.small_normals import SmallNormals
from tests.streams.distributions import DISTRIBUTIONS, DTYPES, STANDARD_NORMAL
from tests.streams.jax import drawing as jax

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
        made[f"default_rng, {dtype.__name__}"] = out = np.empty(COUNT, dtype)
        GeneratorPosition(42, 7).uniform(out, 1, None)
    for name, kind_of_number in jax.DTYPES.items():
        for kind, draws in jax.KINDS.items():
            made[f"JAX's {kind}, {name}"] = jax.draw(draws(kind_of_number), COUNT, start=1)
    square = STANDARD_NORMAL.draw(90 * 90, np.float64).reshape(90, 90)
    made["spectral radius"] = np.array([spectral_radius(square, threads=1)])
    made["RandomState"] = out = np.empty(COUNT)
    RandomStatePosition(42, 7).uniform(out, 1, None)
    cuts = [truncate(low, high) for low, high in BOUNDS]
    made["truncation"] = np.array([(*cut.numbers, cut.mean, cut.std) for cut in cuts])
    made |= _of_torch()
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in made.items()}


def _of_torch():
    """Return what is drawn from torch's stream, whose fused multiply-adds an older processor has no instruction for."""
    made: dict[str, Any] = {"torch, small normals": SmallNormals(42, Position(3), 15, 0.1, 0.2).values()}
    for dtype in (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)):
        out: Any = np.empty(COUNT, np.float64 if dtype == np.float64 else np.float32)
        UniformDraws(42, 5, COUNT, dtype, None, interval_of(-0.1, 0.3, dtype)).fill(out, 0)
        made[f"torch uniform, {dtype.name}"] = out.copy()
        NormalDraws(42, 5, COUNT, dtype, None, 0.1, 0.02).fill(out, 0)
        made[f"torch normal, {dtype.name}"] = out.copy()
    return made


if __name__ == "__main__":
    sys.stdout.write(json.dumps(digests()))
