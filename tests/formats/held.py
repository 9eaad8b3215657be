"""Tensors of known elements, so that what a format writes can be compared with what others write."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.tensors.dtypes import DTYPES
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor

FACTS = {"std": 0.1, "fan_in": 3, "bounds": "sigma", "a_flag": True, "tiny": 1e-300}


@dataclass
class Held:
    """A source that copies."""

    values: Any

    def fill(self, out, start):
        out[:] = self.values[start : start + out.size]


def values_of(shape, dtype):
    """Return elements of many magnitudes and both signs, each of which the dtype holds exactly."""
    generator = np.random.default_rng(7)
    storage = DTYPES[dtype].storage
    made = generator.normal(size=shape) * 2.0 ** generator.integers(-6, 6, size=shape)
    if storage.kind == "c":
        made = made + 1j * generator.normal(size=shape)
    return np.asarray(made).astype(storage)


def tensor(shape, dtype="float32", values=None, name="", seed=42, facts=None):
    values = values_of(shape, dtype) if values is None else values
    source = Held(values.reshape(-1).astype(DTYPES[dtype].working))
    return described(shape, dtype, source, name, seed, facts)


def described(shape, dtype="float32", source=None, name="", seed=42, facts=None):
    """Return a tensor of which only the specification is needed, however large."""
    spec = TensorSpec("held", tuple(shape), DTYPES[dtype], seed, name, "1", ())
    return Tensor(spec, source or Held(np.zeros(0)), FACTS if facts is None else facts)


SHAPES = [
    (), (0,), (1,), (5,), (0, 3), (3, 0), (2, 0, 4), (2, 3), (1, 1, 1), (3, 1, 2), (2, 3, 4, 5),
    (2,) * 5, (1, 2, 3, 1, 2, 3),
    (2,) * 7, (2,) * 8, (1000,),
]  # fmt: skip


def size(shape):
    return math.prod(shape)
