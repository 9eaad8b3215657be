from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.tensors.lattice import Lattice
from service.tensors.sparse import SparseSource
from tests.tensors.lattices import elements, nested


def _filled(source, start, count):
    out = np.full(count, 99, np.float32)
    source.fill(out, start)
    return out


@pytest.mark.slow
@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(nested(), min_size=1, max_size=2).map(tuple), st.integers(0, 50), st.integers(0, 400))
def test_a_sparse_source_is_zero_off_its_lattices(lattices, start, count):
    found = np.flatnonzero(_filled(SparseSource(2.0, lattices), start, count)) + start
    expected = set().union(*(elements(lattice) for lattice in lattices))

    assert set(found) == expected & set(range(start, start + count))


def test_a_long_stretch_has_the_numbers_of_its_lattices():
    """It is filled progression by progression, a short one element by element."""
    made = _filled(SparseSource(2.0, (Lattice(1, ((2, 2), (5, 200))), Lattice(4, ((5, 3),)))), 0, 1010)
    expected = np.zeros((202, 5))
    expected[:200, [1, 3]] = 2
    expected[:3, 4] = 2

    assert made.tolist() == expected.reshape(-1).tolist()
