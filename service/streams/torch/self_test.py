"""A check that this process makes torch's bits, quick enough for every start."""

from __future__ import annotations

import hashlib

import numpy as np

from service.streams.torch.draws import NormalDraws, UniformDraws, interval_of

_COUNT = 2003
_DIGEST = "25aa0767c4e700c2c3eefe4100c1a14a25ae023e55ea943b3837863a70db4a04"
"""Of what torch 2.13.0 itself makes."""


def digest() -> str:
    """Return a SHA-256 over `uniform_(-0.1, 0.3)` and `normal_(0.1, 0.02)` of 2,003 float32 numbers after seed 42."""
    single = np.dtype(np.float32)
    draws = (
        UniformDraws(42, 0, _COUNT, single, None, interval_of(-0.1, 0.3, single)),
        NormalDraws(42, 0, _COUNT, single, None, 0.1, 0.02),
    )
    result = hashlib.sha256()
    for drawn in draws:
        out = np.empty(_COUNT, np.float32)
        drawn.fill(out, 0)
        result.update(out.tobytes())
    return result.hexdigest()


def reproduces_digest() -> bool:
    """Return whether the bits are torch's."""
    return digest() == _DIGEST
