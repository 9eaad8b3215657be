"""Tensors of known elements, so that what a format writes can be compared with what others write."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from service.formats.registry import FORMATS
from service.streams.philox.stream import PhiloxStream
from service.tensors.dtypes import DTYPES
from service.tensors.pattern import Pattern
from service.tensors.slicing import select
from service.tensors.source import ArraySource, ComplexSource, NormalSource
from service.tensors.spec import Scalar, TensorSpec
from service.tensors.tensor import Tensor

OF_ELEMENTS = [name for name, kind in FORMATS.items() if not kind.is_picture]
"""The formats that a tensor can be read from."""

NORMAL = NormalSource(PhiloxStream(seed=3, name="formats"), 0.0, 1.0)

FACTS: dict[str, Scalar] = {"std": 0.1, "fan_in": 3, "bounds": "sigma", "a_flag": True, "tiny": 1e-300}


def values_of(shape, dtype):
    """Return elements of many magnitudes and both signs, each of which the dtype holds exactly."""
    generator = np.random.default_rng(7)
    storage = DTYPES[dtype].storage
    if DTYPES[dtype].is_integer:
        ends = int(DTYPES[dtype].least), int(DTYPES[dtype].largest)
        return generator.integers(*ends, shape, np.int64, endpoint=True).astype(storage)
    made = generator.normal(size=shape) * 2.0 ** generator.integers(-6, 6, size=shape)
    if storage.kind == "c":
        made = made + 1j * generator.normal(size=shape)
    return np.asarray(made).astype(storage)


def tensor(shape, dtype="float32", values=None, name="", seed=42, facts=None):
    values = values_of(shape, dtype) if values is None else values
    source = ArraySource(values.reshape(-1).astype(DTYPES[dtype].working))
    return described(shape, dtype, source, name, seed, facts)


def described(shape, dtype="float32", source=None, name="", seed=42, facts=None):
    """Return a tensor of which only the specification is needed, however large."""
    spec = TensorSpec("held", tuple(shape), DTYPES[dtype], seed, name, "1", ())
    return Tensor(spec, source or ArraySource(np.zeros(0)), FACTS if facts is None else facts)


def sliced(whole, text):
    """Return the part of a tensor that a slice takes."""
    return replace(whole, selection=select(text, whole.spec.shape))


def of_normals(dtype):
    """Return a source of normals, of a complex dtype's parts too; of whole numbers for a dtype of these."""
    if DTYPES[dtype].is_integer:
        return Pattern((2**40,), lambda place: place % 251)
    return ComplexSource(NORMAL, NORMAL) if DTYPES[dtype].is_complex else NORMAL


def make(piece, body):
    """Return the bytes of a piece, made in a buffer that held something else before."""
    return bytes(piece(np.full(body.buffer_bytes, 0xA5, np.uint8)) if callable(piece) else piece)


def make_pieces(body):
    return [make(piece, body) for piece in body.pieces()]


def some_shapes(longest=5):
    return st.lists(st.integers(0, longest), max_size=5).map(tuple)


SHAPES = [
    (), (0,), (1,), (5,), (0, 3), (3, 0), (2, 0, 4), (2, 3), (1, 1, 1), (3, 1, 2), (2, 3, 4, 5),
    (2,) * 5, (1, 2, 3, 1, 2, 3),
    (2,) * 7, (2,) * 8, (1000,),
]  # fmt: skip
