from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.tensors.lattice import Lattice, Progression
from tests.tensors.lattices import elements, nested


@pytest.mark.slow
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


@pytest.mark.slow
@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    first=st.integers(0, 60),
    levels=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=3).map(tuple),
)
def test_a_lattice_is_the_sums_of_its_steps(first, levels):
    lattice = Lattice(first, levels)
    progressions = list(lattice.progressions())

    assert {p.first + p.step * i for p in progressions for i in range(p.count)} == elements(lattice)
    counts = [count for _, count in levels]
    assert len(progressions) == (math.prod(counts) // max(counts) if all(counts) else 0)


@pytest.mark.slow
@settings(derandomize=True, max_examples=500, deadline=None)
@given(nested(), st.integers(0, 50), st.integers(0, 400))
def test_a_lattice_holds_its_elements_and_no_others(lattice, start, count):
    indices = np.arange(start, start + count)

    assert set(indices[lattice.holds(indices)]) == elements(lattice) & set(range(start, start + count))
