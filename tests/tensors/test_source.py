from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.streams.stream import PhiloxStream
from service.tensors.source import Complex, Constant, Held, Lattice, Normal, Progression, Sparse, Uniform

STREAM = PhiloxStream(seed=5, name="source")

SOURCES = {
    "constant": (Constant(0.25), np.float32),
    "uniform": (Uniform(STREAM, -1.0, 2.0), np.float32),
    "uniform in binary64": (Uniform(STREAM, -1.0, 2.0), np.float64),
    "normal": (Normal(STREAM, 1.0, 2.0), np.float32),
    "normal in binary64": (Normal(STREAM, 1.0, 2.0), np.float64),
    "complex": (Complex(Normal(STREAM, 0.0, 1.0), Normal(STREAM.imaginary(), 0.0, 1.0)), np.complex64),
    "held": (Held(np.arange(1200, dtype=np.float32)), np.float32),
    "sparse": (Sparse(3.0, Lattice(first=2, step=7, count=6, pitch=60, repeats=20)), np.float32),
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
    made = _filled(Complex(Constant(1.5), Constant(-2.0)), np.complex64, 0, 3)

    assert made.tolist() == [1.5 - 2j] * 3


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    first=st.integers(0, 60),
    step=st.integers(1, 20),
    count=st.integers(1, 12),
    start=st.integers(0, 120),
    size=st.integers(0, 60),
)
def test_a_progression_within_a_stretch_is_its_members_there(first, step, count, start, size):
    members = {first + step * i for i in range(count)}
    places = range(size)[Progression(first, step, count).within(start, size)]

    assert {start + place for place in places} == members & set(range(start, start + size))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    first=st.integers(0, 60),
    step=st.integers(1, 20),
    count=st.integers(0, 12),
    pitch=st.integers(1, 60),
    repeats=st.integers(0, 12),
)
def test_a_lattice_is_the_sums_of_its_steps_and_pitches(first, step, count, pitch, repeats):
    expected = {first + i * step + j * pitch for i in range(count) for j in range(repeats)}
    progressions = list(Lattice(first, step, count, pitch, repeats).progressions())

    assert {p.first + p.step * i for p in progressions for i in range(p.count)} == expected
    assert len(progressions) <= min(count, repeats)


@st.composite
def _nested(draw):
    """Return a lattice of which all elements along one direction lie before the next along the other.

    With one element along a direction, the distance along it means nothing.
    """
    inner, inner_count = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    outer, outer_count = (inner_count - 1) * inner + draw(st.integers(1, 12)), draw(st.integers(1, 6))
    pair = [
        (inner if inner_count > 1 else draw(st.integers(1, 99)), inner_count),
        (outer if outer_count > 1 else draw(st.integers(1, 99)), outer_count),
    ]
    (step, count), (pitch, repeats) = draw(st.permutations(pair))
    return Lattice(draw(st.integers(0, 60)), step, count, pitch, repeats)


@settings(derandomize=True, max_examples=500, deadline=None)
@given(_nested(), st.integers(0, 50), st.integers(0, 200))
def test_a_lattice_holds_its_elements_and_no_others(lattice, start, count):
    elements = {
        lattice.first + i * lattice.step + j * lattice.pitch
        for i in range(lattice.count)
        for j in range(lattice.repeats)
    }
    indices = np.arange(start, start + count)

    assert set(indices[lattice.holds(indices)]) == elements & set(range(start, start + count))


def test_a_sparse_source_is_zero_off_its_lattice():
    made = _filled(Sparse(2.0, Lattice(first=1, step=2, count=2, pitch=5, repeats=2)), np.float32, 0, 10)

    assert made.tolist() == [0, 2, 0, 2, 0, 0, 2, 0, 2, 0]
