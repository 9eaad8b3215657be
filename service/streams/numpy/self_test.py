"""A check that this process makes NumPy's recorded bits, quick enough for every start.

NumPy's normals depend on the C library's logarithm, and `default_rng`'s on NumPy's version.
"""

from __future__ import annotations

import hashlib

import numpy as np

from service.streams.numpy.default_generator import GeneratorPosition
from service.streams.numpy.random_state import RandomStatePosition

_SEED = 42
_COUNT = 50_000
"""Of 30,000 logarithms of two C libraries some dozens differ."""

_LEGACY_DIGEST = "496da04f59dea6356378cd351c7c246ef248f6e11576461bd6cfe3db488e4d1d"
_GENERATOR_DIGEST = "9cf5e7990c5e5794d4a1670a6e1cfceaabc0c6746f998865d78baea004688ad4"
"""Of what NumPy itself made when `vectors.json` was recorded, by `np.random` alone."""


def legacy_digest() -> str:
    """Return a SHA-256 over `rand` and then `randn`, and of both after those."""
    position = RandomStatePosition(_SEED)
    uniforms = np.empty(_COUNT)
    position.uniform(uniforms, 0, None)
    normals = RandomStatePosition(_SEED, 2 * _COUNT).normals(uniforms.dtype)(_COUNT)
    return hashlib.sha256(uniforms.tobytes() + normals.tobytes()).hexdigest()


def generator_digest() -> str:
    """Return a SHA-256 over `random` and then `standard_normal`, in double and then in single precision."""
    result = hashlib.sha256()
    for dtype, words in ((np.dtype(np.float64), _COUNT), (np.dtype(np.float32), _COUNT // 2)):
        uniforms = np.empty(_COUNT, dtype)
        GeneratorPosition(_SEED).uniform(uniforms, 0, None)
        result.update(uniforms.tobytes() + GeneratorPosition(_SEED, words).normals(dtype)(_COUNT).tobytes())
    return result.hexdigest()


def reproduces_legacy_digest() -> bool:
    """Return whether the bits are those of NumPy's `RandomState`."""
    return legacy_digest() == _LEGACY_DIGEST


def reproduces_generator_digest() -> bool:
    """Return whether the bits are those of NumPy's `default_rng`."""
    return generator_digest() == _GENERATOR_DIGEST
