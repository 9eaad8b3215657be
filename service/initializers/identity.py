"""Identities: the rectangular unit matrix, and the convolution that passes its input through."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.initializer import Finite, Initialization, Initializer, Target
from service.initializers.variance_scaling import Count
from service.tensors.errors import InvalidParameter
from service.tensors.lattice import Lattice
from service.tensors.layout import Axes, Layout, axes, block_rows
from service.tensors.pattern import Pattern
from service.tensors.source import ConstantSource
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
    gates: Annotated[Count, Field(description="Matrices stacked on the out axis, each an identity.")] = 1

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
    groups: Annotated[Count, Field(description="Groups of a grouped convolution, each an identity.")] = 1

    def initialize(self, target: Target) -> Initialization:
        if not 3 <= target.rank <= 5:
            raise InvalidParameter("shape", "dirac needs a shape of rank 3, 4 or 5; for a matrix take identity")
        diagonals = _diagonals(axes(target.shape, self.layout), self.groups, 1)
        return Initialization(ConstantSource(0.0) if 0 in target.shape else SparseSource(1.0, diagonals), {}, 1.0)


class Zero(Initializer):
    """Zhao's ZerO: a network without randomness."""

    name = "zero_init"
    ranks = (2, 5)
    random = False

    layout: Annotated[Layout, Field(description="Which axes are out, in and kernel.")] = "out_in"

    def initialize(self, target: Target) -> Initialization:
        if not 2 <= target.rank <= 5:
            raise InvalidParameter("shape", "zero_init needs a shape of rank 2 to 5: out, in and the kernel's axes")
        weight = axes(target.shape, self.layout)
        if 0 in target.shape:
            return Initialization(ConstantSource(0.0), {}, 0.0)
        power = 1 << (weight.out - 1).bit_length()
        scale = 1.0 / math.sqrt(power)

        def hadamard(*place: NDArray[np.int64]) -> NDArray[np.float64]:
            index = np.ravel_multi_index(place, target.shape)
            out, in_ = index // weight.out_stride % weight.out, index // weight.in_stride % weight.in_
            tap = index // weight.kernel_stride % weight.receptive_field * weight.kernel_stride
            if weight.out <= weight.in_:
                value = (out == in_).astype(np.float64)
            else:
                value = np.where(np.bitwise_count(out & in_) % 2 == 0, scale, -scale)
            return np.where(tap == weight.centre, value, 0.0)

        return Initialization(Pattern(target.shape, hadamard), {}, 1.0)
