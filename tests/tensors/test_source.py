from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.streams.philox.stream import PhiloxStream
from service.tensors.lattice import Lattice, Progression
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


def _elements(lattice):
    """The elements of a lattice, by its definition."""
    ranges = [range(0, step * count, step) for step, count in lattice.levels]
    return {lattice.first + sum(offsets) for offsets in itertools.product(*ranges)}


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    first=st.integers(0, 60),
    levels=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=3).map(tuple),
)
def test_a_lattice_is_the_sums_of_its_steps(first, levels):
    lattice = Lattice(first, levels)
    progressions = list(lattice.progressions())

    assert {p.first + p.step * i for p in progressions for i in range(p.count)} == _elements(lattice)
    counts = [count for _, count in levels]
    assert len(progressions) == (math.prod(counts) // max(counts) if all(counts) else 0)


@st.composite
def _nested(draw):
    """Return a lattice of which all elements on one level lie before the next of a higher one.

    With one element on a level, the distance there means nothing.
    """
    levels, extent = [], 0
    for _ in range(draw(st.integers(1, 3))):
        step, count = extent + draw(st.integers(1, 12)), draw(st.integers(1, 5))
        extent += (count - 1) * step
        levels.append((step if count > 1 else draw(st.integers(1, 99)), count))
    return Lattice(draw(st.integers(0, 60)), tuple(draw(st.permutations(levels))))


@settings(derandomize=True, max_examples=500, deadline=None)
@given(_nested(), st.integers(0, 50), st.integers(0, 400))
def test_a_lattice_holds_its_elements_and_no_others(lattice, start, count):
    indices = np.arange(start, start + count)

    assert set(indices[lattice.holds(indices)]) == _elements(lattice) & set(range(start, start + count))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(_nested(), min_size=1, max_size=2).map(tuple), st.integers(0, 50), st.integers(0, 400))
def test_a_sparse_source_is_zero_off_its_lattices(lattices, start, count):
    found = np.flatnonzero(_filled(SparseSource(2.0, lattices), np.float32, start, count)) + start
    expected = set().union(*(_elements(lattice) for lattice in lattices))

    assert set(found) == expected & set(range(start, start + count))


def test_a_long_stretch_has_the_numbers_of_its_lattices():
    """It is filled progression by progression, a short one element by element."""
    made = _filled(SparseSource(2.0, (Lattice(1, ((2, 2), (5, 200))), Lattice(4, ((5, 3),)))), np.float32, 0, 1010)
    expected = np.zeros((202, 5))
    expected[:200, [1, 3]] = 2
    expected[:3, 4] = 2

    assert made.tolist() == expected.reshape(-1).tolist()
