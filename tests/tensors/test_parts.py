"""A part of a source, of a tensor, has the bits that NumPy's slice of the whole has."""

from __future__ import annotations

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.arithmetic.truncation import truncate
from service.initializers.initializer import Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Cut
from service.tensors.dtypes import DTYPES
from service.tensors.lattice import Lattice
from service.tensors.pattern import Pattern
from service.tensors.slicing import select
from service.tensors.source import ArraySource, ComplexSource, ConstantSource, NormalSource, UniformSource
from service.tensors.sparse import SparseSource
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor
from tests.tensors.slices import index, slices

STREAM = PhiloxStream(seed=5, name="parts")
SIZE = 4200

SHAPES = [(4200,), (1, 4200), (60, 70), (4200, 1), (7, 6, 10, 10), (3, 2, 5, 7, 2, 10), (2, 1, 3, 2, 5, 1, 7, 2, 5)]


def _cut(low, high, mean=0.0, std=1.0):
    return Cut(truncate(low, high), mean + low * std, mean + high * std)


SOURCES: dict[str, tuple[Any, Any]] = {
    "constant": (ConstantSource(0.1), "float32"),
    "constant in binary64": (ConstantSource(0.1), "float64"),
    "uniform": (UniformSource(STREAM, -1.0, 2.0), "float32"),
    "uniform in binary64": (UniformSource(STREAM, -1.0, 2.0), "float64"),
    "normal": (NormalSource(STREAM, 1.0, 2.0), "float32"),
    "normal in binary64": (NormalSource(STREAM, 1.0, 2.0), "float64"),
    "cut normal": (NormalSource(STREAM, 0.0, 0.5, _cut(-2, 2, std=0.5)), "float32"),
    "normal cut deep in a tail": (NormalSource(STREAM, 1.0, 1.0, _cut(9, 30, mean=1.0)), "float32"),
    "cut normal in binary64": (NormalSource(STREAM, 1.0, 3.0, _cut(-0.5, 4, 1.0, 3.0)), "float64"),
    "complex": (ComplexSource(NormalSource(STREAM, 0.0, 1.0), NormalSource(STREAM.imaginary(), 0.0, 1.0)), "complex64"),
    "complex in binary64": (
        ComplexSource(NormalSource(STREAM, 0.0, 1.0), NormalSource(STREAM.imaginary(), 0.0, 1.0)),
        "complex128",
    ),
    "complex of two kinds": (ComplexSource(UniformSource(STREAM, 0.0, 1.0), ConstantSource(-2.5)), "complex64"),
    "sparse": (SparseSource(3.0, (Lattice(2, ((7, 6), (60, 60))),)), "float32"),
    "sparse, nested the other way": (SparseSource(0.1, (Lattice(5, ((60, 50), (7, 8))),)), "float32"),
    "sparse and negative": (SparseSource(-2.0, (Lattice(0, ((71, 10), (700, 6))),)), "float32"),
    "sparse in binary64": (SparseSource(0.1, (Lattice(0, ((71, 59), (4200, 1))),)), "float64"),
    "sparse and complex": (SparseSource(1.5, (Lattice(35, ((70, 60), (1, 3))),)), "complex64"),
    "sparse on three levels": (SparseSource(1.5, (Lattice(3, ((100, 40), (3, 5), (20, 4))),)), "float32"),
    "sparse on two lattices": (SparseSource(1.5, (Lattice(35, ((70, 60),)), Lattice(1, ((2, 10),)))), "float32"),
    "held": (ArraySource(np.random.default_rng(1).normal(size=SIZE).astype(np.float32)), "float32"),
    "held in binary64": (ArraySource(np.random.default_rng(2).normal(size=SIZE)), "float64"),
    "held and complex": (ArraySource((np.arange(SIZE) - 1j).astype(np.complex64)), "complex64"),
}

ORTHOGONAL = {
    "tall": {"layout": "in_out"},
    "wide, in blocks": {"gates": 5},
    "with out as the last axis": {"layout": "in_out", "gates": 5},
    "with gates of sizes of their own": {"layout": "io", "gates": (40, 20, 10)},
}


def _filled(source, dtype, start, count):
    out = np.full(count, 99, DTYPES[dtype].working)
    source.fill(out, start)
    return out


@functools.cache
def _whole(name):
    source, dtype = SOURCES[name]
    return _filled(source, dtype, 0, SIZE)


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
@settings(derandomize=True, max_examples=120, deadline=None)
@given(data=st.data(), shape=st.sampled_from(SHAPES))
def test_a_part_of_a_source_is_numpys_slice_of_the_whole(name, data, shape):
    source, dtype = SOURCES[name]
    text = data.draw(slices(shape))
    selection = select(text, shape)
    if selection is not None:
        expected = _whole(name).reshape(shape)[index(text)]
        made = _filled(source.part(selection.view), dtype, 0, math.prod(selection.shape))

        assert made.tobytes() == expected.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
@settings(derandomize=True, max_examples=60, deadline=None)
@given(data=st.data(), shape=st.sampled_from(SHAPES))
def test_any_stretch_of_a_part_is_that_of_numpys_slice(name, data, shape):
    source, dtype = SOURCES[name]
    text = data.draw(slices(shape))
    selection = select(text, shape)
    if selection is not None:
        expected = _whole(name).reshape(shape)[index(text)].reshape(-1)
        start = data.draw(st.integers(0, expected.size))
        count = data.draw(st.integers(0, expected.size - start))
        made = _filled(source.part(selection.view), dtype, start, count)

        assert made.tobytes() == expected[start : start + count].tobytes()


@pytest.mark.parametrize("name", SOURCES)
def test_a_part_leaves_the_source_whole(name):
    source, dtype = SOURCES[name]
    source.part(select("1:3,2", (60, 70)).view)

    assert _filled(source, dtype, 0, SIZE).tobytes() == _whole(name).tobytes()


def _tensor(source, dtype, shape, text=None):
    spec = TensorSpec("some", shape, DTYPES[dtype], 5, "parts", "1", ())
    return Tensor(spec, source, {}, None if text is None else select(text, shape))


def _of_normals(dtype, shape=()):
    if DTYPES[dtype].is_integer:
        return Pattern(shape, lambda *place: sum(place))
    normal = NormalSource(STREAM, 0.0, 1.0)
    return ComplexSource(normal, NormalSource(STREAM.imaginary(), 0.0, 1.0)) if DTYPES[dtype].is_complex else normal


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@settings(derandomize=True, max_examples=40, deadline=None)
@given(data=st.data(), shape=st.sampled_from(SHAPES))
def test_a_part_of_a_tensor_of_any_dtype_is_numpys_slice(dtype, data, shape):
    text = data.draw(slices(shape))
    part = _tensor(_of_normals(dtype, shape), dtype, shape, text)
    expected = _tensor(_of_normals(dtype, shape), dtype, shape).read().reshape(shape)[index(text)]

    assert (part.shape, part.read().tobytes()) == (np.shape(expected), expected.tobytes())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("text", ["1:,:", ":,1:", ":,130:391", "150,:", "...,-1", "7:190,3:"])
def test_a_part_with_many_elements_is_numpys_slice(dtype, text):
    """More than are drawn, or rounded, at a time."""
    shape = (200, 400)
    expected = _tensor(_of_normals(dtype, shape), dtype, shape).read().reshape(shape)[index(text)]

    assert _tensor(_of_normals(dtype, shape), dtype, shape, text).read().tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_shards_put_together_are_the_tensor(dtype, axis):
    shape = (12, 20, 70)
    bounds = np.linspace(0, shape[axis], 6, dtype=int)
    texts = [":," * axis + f"{begin}:{end}" for begin, end in pairwise(bounds)]
    shards = [_tensor(_of_normals(dtype, shape), dtype, shape, text) for text in texts]
    whole = _tensor(_of_normals(dtype, shape), dtype, shape).read()

    assert np.concatenate([s.read().reshape(s.shape) for s in shards], axis).tobytes() == whole.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("parameters", ORTHOGONAL.values(), ids=ORTHOGONAL)
@pytest.mark.parametrize("text", ["3", ":,5", "-7:", ":,13:51", "10:20,-1", "59,59"])
def test_a_part_of_an_orthogonal_tensor_is_numpys_slice(parameters, dtype, text):
    shape = (60, 70)
    source = OrthogonalInitializer(gain=1.5, **parameters).initialize(Target(shape, DTYPES[dtype], STREAM)).source
    expected = _tensor(source, dtype, shape).read().reshape(shape)[index(text)]

    assert _tensor(source, dtype, shape, text).materialize().read().tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("shape", "text", "first"),
    [
        ((2**20, 2**33), "-1,-100:", 2**53 - 100),
        ((2**53,), "4503599627370497:4503599627370597", 2**52 + 1),
        ((2**53,), "17179869185:17179869285", 2**34 + 1),
        ((2**33, 2**20), "8589934591,5:105", 2**53 - 2**20 + 5),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_a_part_of_a_tensor_that_no_memory_holds_is_the_stretch_at_its_place(dtype, shape, text, first):
    assert _tensor(_of_normals(dtype, shape), dtype, shape, text).read().tobytes() == (
        _filled(_of_normals(dtype), dtype, first, 100).tobytes()
    )


@pytest.mark.parametrize("name", SOURCES)
def test_threads_may_fill_from_one_part_at_the_same_time(name):
    source, dtype = SOURCES[name]
    part = source.part(select("1:59,3:67", (60, 70)).view)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda start: _filled(part, dtype, start, 64), range(0, 58 * 64, 64)))

    assert np.concatenate(made).tobytes() == _whole(name).reshape(60, 70)[1:59, 3:67].tobytes()
