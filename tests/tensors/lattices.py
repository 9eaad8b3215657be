"""Lattices of any kind, and their elements by the definition."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st

from service.tensors.lattice import Lattice


def elements(lattice):
    """The elements of a lattice, by its definition."""
    ranges = [range(0, step * count, step) for step, count in lattice.levels]
    return {lattice.first + sum(offsets) for offsets in itertools.product(*ranges)}


@st.composite
def nested(draw):
    """Return a lattice of which all elements on one level lie before the next of a higher one.

    With one element on a level, the distance there means nothing.
    """
    levels, extent = [], 0
    for _ in range(draw(st.integers(1, 3))):
        step, count = extent + draw(st.integers(1, 12)), draw(st.integers(1, 5))
        extent += (count - 1) * step
        levels.append((step if count > 1 else draw(st.integers(1, 99)), count))
    return Lattice(draw(st.integers(0, 60)), tuple(draw(st.permutations(levels))))
