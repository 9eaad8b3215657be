"""What each axis of a weight is, by a letter: `o` out, `i` in, `k` kernel, `s` a stack of independent weights."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal, get_args

from service.tensors.axis_group import AxisGroup, Shape
from service.tensors.errors import InvalidParameter

__all__ = ["LAYOUT_NAMES", "MATRICES", "WEIGHTS", "Axes", "Layout", "LayoutName", "LayoutNames", "Shape", "axes"]

LayoutName = Literal["out_in", "in_out", "out_kernel_in"]
"""The orders of PyTorch (out, in, *kernel), of Keras and JAX (*kernel, in, out), of MLX (out, *kernel, in)."""

LAYOUT_NAMES: tuple[LayoutName, ...] = get_args(LayoutName)

Layout = str
"""A `LayoutName`, or one letter an axis in stored order: soi, ioo, iokk."""

MEANINGS = {"o": "out", "i": "in", "k": "kernel", "s": "a stack of independent weights"}
"""What the letters stand for."""


@dataclass(frozen=True)
class LayoutNames:
    """What the names of layouts abbreviate: a matrix, and the letter of the axes that a shape has besides."""

    further: Literal["k", "s"]

    def letters(self, layout: Layout, rank: int) -> str:
        """Return one letter for each axis of a shape of `rank`. Raises InvalidParameter.

        A shape of rank 0 or 1 has no axes that a name could mean: it has none.
        """
        if layout in LAYOUT_NAMES:
            return self._expanded(layout, rank) if rank >= 2 else ""
        if len(layout) != rank:
            raise InvalidParameter(
                "layout",
                f"{layout} has {len(layout)} letters, and the shape has {rank} axes; give one letter an axis, in "
                "stored order: o out, i in, k kernel, s a stack of independent weights",
            )
        return layout

    def canonical(self, layout: Layout, rank: int) -> Layout:
        """Return the name that abbreviates these letters, the default first; the layout itself where there is none."""
        if layout in LAYOUT_NAMES or rank < 2:
            return layout
        return next((name for name in LAYOUT_NAMES if self._expanded(name, rank) == layout), layout)

    def _expanded(self, name: Layout, rank: int) -> str:
        further = self.further * (rank - 2)
        if name == "in_out":
            return f"{further}io"
        if self.further == "s":
            return f"{further}oi"
        return f"oi{further}" if name == "out_in" else f"o{further}i"


WEIGHTS = LayoutNames("k")
"""The axes besides are the kernel's."""

MATRICES = LayoutNames("s")
"""The axes besides come first, and make a stack of matrices."""


@dataclass(frozen=True)
class Axes:
    """A weight's axes, those with the same letter taken as one.

    A stack's members are weights of their own. Each of them is a matrix whose rows are the out axes, and whose columns
    the others, in and kernel, all in stored order.
    """

    shape: Shape
    letters: str
    """What each axis is."""
    stack_axes: AxisGroup
    out_axes: AxisGroup
    in_axes: AxisGroup
    kernel_axes: AxisGroup
    column_axes: AxisGroup
    """Those of in and kernel together."""

    @property
    def stack(self) -> int:
        """How many independent weights there are."""
        return self.stack_axes.size

    @property
    def out(self) -> int:
        return self.out_axes.size

    @property
    def in_(self) -> int:
        return self.in_axes.size

    @property
    def kernel(self) -> Shape:
        return self.kernel_axes.sizes

    @property
    def receptive_field(self) -> int:
        return self.kernel_axes.size

    @property
    def columns(self) -> int:
        return self.column_axes.size

    @property
    def begins_with_out(self) -> bool:
        """Whether the first axis of each member is an out axis."""
        return self.letters.replace("s", "")[:1] == "o"

    @property
    def centre(self) -> int:
        """The place of the kernel's centre tap along its axes, k div 2 along each (PyTorch's `dirac_`)."""
        place = 0
        for size in self.kernel:
            place = place * size + size // 2
        return place

    def order(self, *groups: AxisGroup) -> Shape:
        """Return the axes of groups, one group after the other, as NumPy's `transpose` takes them."""
        return tuple(axis for group in groups for axis in group.axes)


@functools.lru_cache(maxsize=4096)
def axes(shape: Shape, layout: Layout, names: LayoutNames = WEIGHTS) -> Axes:
    """Return the axes of a shape, which has a rank of 2 or more under the name of a layout. Raises InvalidParameter."""
    return _axes(shape, names.letters(layout, len(shape)))


@functools.lru_cache(maxsize=4096)
def _axes(shape: Shape, letters: str) -> Axes:
    stack, out, in_, kernel, columns = _places(letters)
    inputs = AxisGroup.of(shape, in_)
    return Axes(
        shape,
        letters,
        AxisGroup.of(shape, stack),
        AxisGroup.of(shape, out),
        inputs,
        AxisGroup.of(shape, kernel),
        inputs if columns == in_ else AxisGroup.of(shape, columns),
    )


@functools.lru_cache(maxsize=1024)
def _places(letters: str) -> tuple[Shape, ...]:
    """Return which axes are those of a stack, out, in, kernel, and in and kernel together."""
    return tuple(
        tuple(axis for axis, letter in enumerate(letters) if letter in wanted) for wanted in ("s", "o", "i", "k", "ik")
    )
