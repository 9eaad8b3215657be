"""Tensors for tests, straight from the catalogue."""

from __future__ import annotations

import math

import numpy as np

from service.initializers.catalogue import CATALOGUE
from service.initializers.entry import Target
from service.streams.stream import PhiloxStream
from service.tensors.dtypes import DTYPES
from service.tensors.source import Held, Whole


def build(initializer, shape, *, dtype="float32", seed=1, name="", **parameters):
    target = Target(tuple(shape), DTYPES[dtype], PhiloxStream(seed, name))
    return CATALOGUE.get(initializer)(**parameters).build(target)


def make(initializer, shape, *, dtype="float32", **options):
    """Return the whole tensor, in the working dtype."""
    source = build(initializer, shape, dtype=dtype, **options).source
    if isinstance(source, Whole):
        source = Held(source.make(DTYPES[dtype].working))
    return stretch(source, dtype, 0, math.prod(shape)).reshape(shape)


def stretch(source, dtype, start, count):
    out = np.full(count, 99, DTYPES[dtype].working)
    source.fill(out, start)
    return out
