from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.streams.philox.stream import PhiloxStream
from service.tensors.lattice import Lattice
from service.tensors.source import ArraySource, ComplexSource, ConstantSource, NormalSource, UniformSource
from service.tensors.sparse import SparseSource

STREAM = PhiloxStream(seed=5, name="source")

SOURCES = {
    "constant": (ConstantSource(0.25), np.float32),
    "uniform": (UniformSource(STREAM, -1.0, 2.0), np.float32),
    "uniform in binary64": (UniformSource(STREAM, -1.0, 2.0), np.float64),
    "normal": (NormalSource(STREAM, 1.0, 2.0), np.float32),
    "normal in binary64": (NormalSource(STREAM, 1.0, 2.0), np.float64),
    "complex": (
        ComplexSource(NormalSource(STREAM, 0.0, 1.0), NormalSource(STREAM.imaginary(), 0.0, 1.0)),
        np.complex64,
    ),
    "complex in binary64": (
        ComplexSource(NormalSource(STREAM, 0.0, 1.0), NormalSource(STREAM.imaginary(), 0.0, 1.0)),
        np.complex128,
    ),
    "held": (ArraySource(np.arange(1200, dtype=np.float32)), np.float32),
    "sparse": (SparseSource(3.0, (Lattice(2, ((7, 6), (60, 20))),)), np.float32),
}


def _filled(source, dtype, start, count):
    out = np.full(count, 99, dtype)
    source.fill(out, start)
    return out


@pytest.mark.parametrize("name", SOURCES)
@settings(derandomize=True, max_examples=40, deadline=None)
@given(start=st.integers(0, 1000), count=st.integers(0, 200))
def test_any_stretch_equals_that_of_the_whole(name, start, count):
    source, dtype = SOURCES[name]
    whole = _filled(source, dtype, 0, 1200)

    np.testing.assert_array_equal(_filled(source, dtype, start, count), whole[start : start + count])


def test_a_complex_source_has_its_two_sources_as_parts():
    made = _filled(ComplexSource(ConstantSource(1.5), ConstantSource(-2.0)), np.complex64, 0, 3)

    assert made.tolist() == [1.5 - 2j] * 3
