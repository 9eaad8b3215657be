"""Tensors for tests, straight from the catalogue."""

from __future__ import annotations

import math

import numpy as np
import pytest

from service.catalogue.catalogue import CATALOGUE
from service.initializers.initializer import Target
from service.streams.philox.stream import PhiloxStream
from service.tensors.dtypes import DTYPES
from service.tensors.slicing import select
from service.tensors.source import ArraySource, WholeSource
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor


def initialize(initializer, shape, *, dtype="float32", seed=1, name="", **parameters):
    target = Target(tuple(shape), DTYPES[dtype], PhiloxStream(seed, name))
    return CATALOGUE.get(initializer)(**parameters).initialize(target)


def ready(initializer, shape, *, dtype="float32", **options):
    """Return a source of which any stretch can be had."""
    source = initialize(initializer, shape, dtype=dtype, **options).source
    return ArraySource(source.materialize(DTYPES[dtype].working)) if isinstance(source, WholeSource) else source


def tensor(initializer, shape, *, dtype="float32", text=None, **options):
    """Return the tensor, or the part of it that a slice takes, ready to be read."""
    spec = TensorSpec(initializer, tuple(shape), DTYPES[dtype], 1, "", "1", ())
    source = initialize(initializer, shape, dtype=dtype, **options).source
    return Tensor(spec, source, {}, None if text is None else select(text, spec.shape)).materialize()


def make(initializer, shape, *, dtype="float32", **options):
    """Return the whole tensor, in the working dtype."""
    return stretch(ready(initializer, shape, dtype=dtype, **options), dtype, 0, math.prod(shape)).reshape(shape)


def stated_std(initializer, shape, **parameters):
    """Return the standard deviation that is stated, after holding it against that of the values."""
    stated = initialize(initializer, shape, **parameters).facts["std"]
    values = make(initializer, shape, **parameters)
    assert values.std() == pytest.approx(stated, rel=6 / math.sqrt(2 * values.size))
    return stated


def stretch(source, dtype, start, count):
    out = np.full(count, 99, DTYPES[dtype].working)
    source.fill(out, start)
    return out
