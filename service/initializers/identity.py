"""Identities: the rectangular unit matrix, and the convolution that passes its input through."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.axis_parameters import GatesField, LayoutField, gates_facts
from service.initializers.initializer import Finite, Initialization, Initializer, PositiveInteger, Target
from service.tensors.blocks import Blocks, blocks
from service.tensors.errors import InvalidParameter
from service.tensors.lattice import Lattice
from service.tensors.layout import LAYOUT_NAMES, MATRICES, Axes, LayoutNames, axes
from service.tensors.pattern import Pattern
from service.tensors.source import Source
from service.tensors.sparse import SparseSource
from service.tensors.spec import Scalar


def _diagonals(weight: Axes, runs: tuple[Blocks, ...], value: float, shift: int = 0) -> Source:
    """Return `value` on the diagonal of each block, at the kernel's centre, moved down in a circle by `shift`."""
    out_stride, in_stride = weight.out_axes.stride, weight.in_axes.stride
    if out_stride is None or in_stride is None:
        return Pattern(weight.shape, lambda *place: _by_place(place, weight, runs, shift) * value)
    lattices = [lattice for run in runs for lattice in _lattices(weight, run, shift, (out_stride, in_stride))]
    return SparseSource(value, tuple(lattices))


def _lattices(weight: Axes, run: Blocks, shift: int, strides: tuple[int, int]) -> tuple[Lattice, ...]:
    """Return the diagonals of a run of blocks, in every member of a stack."""
    out_stride, in_stride = strides
    below = shift % run.rows if run.rows else 0
    first = int(weight.kernel_axes.offsets(np.array([weight.centre]))[0]) + run.first * out_stride
    step, length = out_stride + in_stride, min(run.rows, weight.in_)
    repeated = ((run.rows * out_stride, run.count), *weight.stack_axes.levels)
    straight = Lattice(first + below * out_stride, ((step, min(length, run.rows - below)), *repeated))
    around = Lattice(first + (run.rows - below) * in_stride, ((step, length - run.rows + below), *repeated))
    return (straight, around) if length > run.rows - below else (straight,)


def _by_place(place: tuple[Integers, ...], weight: Axes, runs: tuple[Blocks, ...], shift: int) -> Doubles:
    """Return the same diagonals, by the coordinates of elements."""
    out, in_ = weight.out_axes.place(place), weight.in_axes.place(place)
    is_centre = weight.kernel_axes.place(place) == weight.centre
    value = np.zeros(out.shape)
    for run in runs:
        in_run = is_centre & (out >= run.first) & (out < run.end)
        value[in_run & (((out - run.first) % run.rows - shift) % run.rows == in_)] = 1.0
    return value


class Identity(Initializer):
    """A rectangular identity matrix, or a stack of them."""

    name = "identity"
    ranks = (2, None)
    random = False
    layout_names: ClassVar[LayoutNames] = MATRICES

    gain: Annotated[Finite, Field(description="The number on the diagonal.")] = 1.0
    shift: Annotated[
        int, Field(ge=-(2**53), le=2**53, description="How far each matrix is turned along the out axis, in a circle.")
    ] = 0
    layout: Annotated[
        LayoutField,
        Field(
            description="Which axis is out; leading axes make a stack, unless each axis has a letter: o out, i in, "
            "k kernel, s stack."
        ),
    ] = "out_in"
    gates: Annotated[
        GatesField,
        Field(description="Matrices stacked on the out axis, each an identity, by their number or sizes."),
    ] = 1

    def initialize(self, target: Target) -> Initialization:
        if target.rank < 2:
            raise InvalidParameter("shape", "identity needs a shape of rank 2 or more: out and in, or stacks of them")
        weight = axes(target.shape, self.layout, self.layout_names)
        runs = blocks(weight, 1, self.gates)
        facts: dict[str, Scalar] = {"gain": self.gain, "shift": self.shift}
        facts |= gates_facts(self.gates)
        return Initialization(_diagonals(weight, runs, self.gain, self.shift), facts, abs(self.gain))


class Dirac(Initializer):
    """A convolution that passes its input through."""

    name = "dirac"
    ranks = (3, 5)
    random = False

    layout: LayoutField = "out_in"
    groups: Annotated[PositiveInteger, Field(description="Groups of a grouped convolution, each an identity.")] = 1

    def initialize(self, target: Target) -> Initialization:
        if self.layout in LAYOUT_NAMES and not 3 <= target.rank <= 5:
            raise InvalidParameter("shape", "dirac needs a shape of rank 3, 4 or 5; for a matrix take identity")
        weight = axes(target.shape, self.layout)
        if not 1 <= len(weight.kernel) <= 3:
            raise InvalidParameter(
                "layout", f"dirac needs 1 to 3 kernel axes, and {self.layout} has {len(weight.kernel)}"
            )
        runs = blocks(weight, self.groups, 1)
        if 0 in target.shape:
            return Initialization.constant(0.0, {})
        return Initialization(_diagonals(weight, runs, 1.0), {}, 1.0)
