"""Which axes of a shape are fan-in, fan-out and kernel, and where the blocks of the out axis lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from service.tensors.errors import InvalidParameter

Layout = Literal["out_in", "in_out", "out_kernel_in"]

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Axes:
    """A weight's axes: sizes, and the distance in C order between neighbours along out and in."""

    out: int
    in_: int
    kernel: Shape
    out_stride: int
    in_stride: int
    kernel_stride: int
    """The distance between neighbours along the last kernel axis."""

    @property
    def receptive_field(self) -> int:
        return math.prod(self.kernel)

    @property
    def centre(self) -> int:
        """The C-order offset of the kernel's centre tap, k div 2 along each kernel axis (PyTorch's `dirac_`)."""
        position = 0
        for size in self.kernel:
            position = position * size + size // 2
        return position * self.kernel_stride


def axes(shape: Shape, layout: Layout) -> Axes:
    """Return the axes of a shape of rank 2 or more."""
    if layout == "out_in":
        out, in_, *kernel = shape
        field = math.prod(kernel)
        return Axes(out, in_, tuple(kernel), in_ * field, field, 1)
    if layout == "in_out":
        *kernel, in_, out = shape
        return Axes(out, in_, tuple(kernel), 1, out, in_ * out)
    out, *kernel, in_ = shape
    return Axes(out, in_, tuple(kernel), math.prod(kernel) * in_, 1, in_)


def stored_shape(out: int, in_: int, kernel: Shape, layout: Layout) -> Shape:
    """Return the shape of a weight with these axes."""
    return {"out_in": (out, in_, *kernel), "in_out": (*kernel, in_, out), "out_kernel_in": (out, *kernel, in_)}[layout]


def block_rows(axes: Axes, groups: int, gates: int) -> int:
    """Return how many units of the out axis each block (a group of a gate) has."""
    rows, rest = divmod(axes.out, groups * gates)
    if rest:
        culprit = "gates" if gates > 1 and axes.out % gates else "groups"
        raise InvalidParameter(
            culprit,
            f"the out axis has {axes.out} units, which groups × gates = {groups * gates} does not divide; "
            "check the layout, or give a shape that it divides",
        )
    return rows
