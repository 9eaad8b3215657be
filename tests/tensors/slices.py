"""Random shapes and slices, and what NumPy takes by them."""

from __future__ import annotations

import functools

import numpy as np
from hypothesis import strategies as st


def index(text):
    """Return what a slice in Python's notation is to NumPy."""
    return eval(f"np.s_[{text}]", {"np": np})


def shapes(max_rank=5, longest=6):
    return st.lists(st.integers(0, longest), max_size=max_rank).map(tuple)


@st.composite
def slices(draw, shape):
    """Draw the text of a slice that NumPy takes of `shape`: one or more items, some axes left out."""
    whole = draw(st.booleans()) or not shape
    given = len(shape) if whole else draw(st.integers(1, len(shape)))
    ellipsis = draw(st.booleans()) or not shape
    before = draw(st.integers(0, given)) if ellipsis else given
    axes = [*shape[:before], *shape[len(shape) - (given - before) :]]
    items = [draw(_items(size)) for size in axes]
    return ",".join([*items[:before], "...", *items[before:]] if ellipsis else items)


@functools.cache
def _items(size):
    """Return the strategy for an axis; to make one, and to have it checked, takes longer than to draw from it."""
    bound = (
        st.just("") | st.integers(-2 * size - 2, 2 * size + 2).map(str) | st.sampled_from([str(9**20), str(-(9**20))])
    )
    ranges = st.builds("{}:{}{}".format, bound, bound, st.sampled_from(["", ":", ":1"]))
    return ranges | st.integers(-size, size - 1).map(str) if size else ranges
