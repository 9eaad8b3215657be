"""Sources by a formula of the place or of draws, over more elements than are looked at in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from service.streams.stream import Lines
from service.streams.view import View
from service.tensors.pace import Pace
from service.tensors.pattern import Mapped, Pattern, Thinned, ZerosInLines
from service.tensors.source import ArraySource, ConstantSource

SHAPE = (3, 100, 167)
SIZE = 3 * 100 * 167
"""Three times 2**14 and more."""

ROWS = View(100 * 167, (2, 50, 167), (100 * 167, 167, 1))
"""[1:, :50], as a view."""
AXES = np.unravel_index(np.arange(SIZE), SHAPE)


@dataclass(frozen=True)
class Ramp:
    """The draws 0, 1/SIZE, 2/SIZE, ..."""

    view: View | None = None

    def fill(self, out, start):
        indices = np.arange(start, start + out.size) if self.view is None else self.view.indices(start, out.size)
        out[:] = indices / SIZE

    def part(self, view):
        return Ramp(view)

    def pace(self, dtype):
        return Pace(1e-9)


@dataclass(frozen=True)
class Holes:
    """A stream that has a zero at every third element, whatever the lines."""

    view: View | None = None

    def put_zeros(self, out, start, lines):
        indices = np.arange(start, start + out.size) if self.view is None else self.view.indices(start, out.size)
        out[indices % 3 == 0] = 0

    def part(self, view):
        return Holes(view)


HOLES: Any = Holes()


def number(i, j, k):
    return 1000.0 * i + 10.0 * j + k


THIRD = np.arange(SIZE) % 3 == 0
HALF = np.arange(SIZE) / SIZE < 0.5
SOURCES: dict[str, tuple[Any, Any]] = {
    "pattern": (Pattern(SHAPE, number), number(*AXES)),
    "zeros": (ZerosInLines(ConstantSource(7.0), HOLES, Lines(1, 3, 1)), np.where(THIRD, 0.0, 7.0)),
    "thinned": (Thinned(ConstantSource(7.0), Ramp(), 0.5), np.where(HALF, 7.0, 0.0)),
    "mapped": (Mapped(Ramp(), np.square), np.square(np.arange(SIZE) / SIZE)),
    "array": (ArraySource(np.arange(SIZE, dtype=np.float32)), np.arange(SIZE)),
}


def made(source, start, count):
    out = np.full(count, np.nan, np.float32)
    source.fill(out, start)
    return out


@pytest.mark.parametrize("name", SOURCES)
def test_all_elements_are_as_the_formula_says(name):
    source, elements = SOURCES[name]

    assert np.array_equal(made(source, 0, SIZE), elements.astype(np.float32))


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(("start", "count"), [(1, 2**14), (5, 2**14 + 1), (SIZE - 1, 1), (16000, 2**15 + 7)])
def test_a_stretch_is_that_of_the_whole(name, start, count):
    source, elements = SOURCES[name]

    assert np.array_equal(made(source, start, count), elements[start : start + count].astype(np.float32))


@pytest.mark.parametrize("name", SOURCES)
def test_a_part_is_numpys(name):
    source, elements = SOURCES[name]
    part = elements.reshape(SHAPE)[1:, :50].ravel().astype(np.float32)

    assert np.array_equal(made(source.part(ROWS), 0, part.size), part)
    assert np.array_equal(made(source.part(ROWS), 11, 200), part[11:211])


@pytest.mark.parametrize(("density", "kept"), [(0.0, 0), (0.25, 1), (0.5, 2), (1.0, 4)])
def test_an_element_is_kept_where_its_draw_is_below_the_density(density, kept):
    """A draw is below 1: at density 1 all are kept; none at 0."""
    draws = ArraySource(np.array([0.0, 0.25, 0.5, 0.75]))

    assert np.count_nonzero(made(Thinned(ConstantSource(1.0), draws, density), 0, 4)) == kept
