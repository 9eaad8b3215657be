"""Identities: the rectangular unit matrix, and the convolution that passes its input through."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.initializers.initializer import Finite, Initialization, Initializer, PositiveInteger, Target
from service.tensors.errors import InvalidParameter
from service.tensors.lattice import Lattice
from service.tensors.layout import Axes, Layout, axes, block_rows
from service.tensors.sparse import SparseSource


def _diagonals(weight: Axes, groups: int, gates: int, shift: int = 0, weights: int = 1) -> tuple[Lattice, ...]:
    """Return the diagonal of each block of the out axis, at the kernel's centre, moved down in a circle by `shift`.

    `weights` of them stand one after another.
    """
    rows = block_rows(weight, groups, gates)
    below = shift % rows if rows else 0
    step = weight.out_stride + weight.in_stride
    length = min(rows, weight.in_)
    repeated = ((rows * weight.out_stride, groups * gates), (weight.out * weight.in_ * weight.receptive_field, weights))
    straight = Lattice(weight.centre + below * weight.out_stride, ((step, min(length, rows - below)), *repeated))
    around = Lattice(weight.centre + (rows - below) * weight.in_stride, ((step, length - rows + below), *repeated))
    return (straight, around) if length > rows - below else (straight,)


class Identity(Initializer):
    """A rectangular identity matrix, or a stack of them."""

    name = "identity"
    ranks = (2, None)
    random = False

    gain: Annotated[Finite, Field(description="The number on the diagonal.")] = 1.0
    shift: Annotated[
        int, Field(ge=-(2**53), le=2**53, description="How far each matrix is turned along the out axis, in a circle.")
    ] = 0
    layout: Annotated[Layout, Field(description="Which axis is out; matters with gates or a shift only.")] = "out_in"
    gates: Annotated[PositiveInteger, Field(description="Matrices stacked on the out axis, each an identity.")] = 1

    def initialize(self, target: Target) -> Initialization:
        if target.rank < 2:
            raise InvalidParameter("shape", "identity needs a shape of rank 2 or more: out and in, or stacks of them")
        *stack, rows, columns = target.shape
        weight = axes((rows, columns), self.layout)
        diagonals = _diagonals(weight, 1, self.gates, self.shift, math.prod(stack))
        return Initialization(
            SparseSource(self.gain, diagonals), {"gain": self.gain, "shift": self.shift}, abs(self.gain)
        )


class Dirac(Initializer):
    """A convolution that passes its input through."""

    name = "dirac"
    ranks = (3, 5)
    random = False

    layout: Annotated[Layout, Field(description="Which axes are out, in and kernel.")] = "out_in"
    groups: Annotated[PositiveInteger, Field(description="Groups of a grouped convolution, each an identity.")] = 1

    def initialize(self, target: Target) -> Initialization:
        if not 3 <= target.rank <= 5:
            raise InvalidParameter("shape", "dirac needs a shape of rank 3, 4 or 5; for a matrix take identity")
        diagonals = _diagonals(axes(target.shape, self.layout), self.groups, 1)
        if 0 in target.shape:
            return Initialization.constant(0.0, {})
        return Initialization(SparseSource(1.0, diagonals), {}, 1.0)
