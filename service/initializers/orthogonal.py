"""Random orthogonal matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.rounding import representable
from service.initializers.axis_parameters import GatesField, LayoutField
from service.initializers.initializer import Initialization, Initializer, NonNegative, PositiveInteger, Target
from service.linear_algebra.haar import orthogonalise
from service.streams.stream import Stream
from service.tensors.blocks import Blocks, blocks
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments
from service.tensors.layout import Axes, Shape, axes
from service.tensors.source import ClippedSource, WholeSource
from service.tensors.spec import Scalar, encode_values

LARGEST_ELEMENT = 1.0 + 2.0**-16
"""An element of an orthogonal matrix is at most 1, but for rounding."""


_MATRIX_OVERHEAD = 2**12
"""What a matrix costs however small it is, in multiplications: a third of a microsecond."""


@dataclass(frozen=True)
class Partition:
    """How a weight divides into matrices: each member of a stack into blocks of the out axis, with equal columns."""

    members: int
    blocks: tuple[Blocks, ...]
    columns: int
    is_square_by_row: bool
    """Whether the first index of a square matrix is the out unit; that of the others is their longer side."""

    @property
    def work(self) -> int:
        """Multiplications, about: each matrix costs its elements times its shorter side, and a little by itself."""
        return self.members * sum(
            run.count * (run.rows * self.columns * min(run.rows, self.columns) + _MATRIX_OVERHEAD)
            for run in self.blocks
            if run.rows and self.columns
        )


@dataclass(frozen=True)
class OrthogonalMatrices:
    """Orthogonal matrices in the order of the stack's members, and in each of the out axis.

    Their standard normals are the stream's first ones, each matrix's in C order of its longer and its shorter side.
    """

    stream: Stream
    partition: Partition
    gain: float
    threads: int

    def fill(self, members: NDArray[Any]) -> None:
        """Write the matrices into a float32 or float64 array (members of the stack, out, columns), in any order."""
        stack, rows, columns = members.shape
        gaussians = np.empty((stack, rows * columns), members.dtype)
        self.stream.normal(gaussians.reshape(-1), 0, 0.0, 1.0)
        for run in self.partition.blocks:
            part = members[:, run.first : run.end]
            shape = (stack * run.count, run.rows, columns)
            in_place = _in_place(part, shape)
            matrices = np.empty(shape, members.dtype) if in_place is None else in_place
            is_by_row = run.rows > columns or (run.rows == columns and self.partition.is_square_by_row)
            tall = matrices if is_by_row else matrices.transpose(0, 2, 1)
            own = gaussians[:, run.first * columns : run.end * columns]
            orthogonalise(np.ascontiguousarray(own).reshape(tall.shape), self.gain, tall, self.threads)
            if in_place is None:
                part[...] = matrices.reshape(part.shape)


def _in_place(array: NDArray[Any], shape: Shape) -> NDArray[Any] | None:
    """Return an array in another shape; None where that takes a copy."""
    try:
        return np.reshape(array, shape, copy=False)
    except ValueError:
        return None


@dataclass(frozen=True)
class Orthogonal(WholeSource):
    """A weight of orthogonal matrices, made whole."""

    weight: Axes
    matrices: OrthogonalMatrices

    @property
    def work(self) -> int:
        return self.matrices.partition.work

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        weight = self.weight
        whole = np.empty(weight.shape, dtype)
        if not whole.size:
            return whole.reshape(-1)
        stored = whole.transpose(weight.order(weight.stack_axes, weight.out_axes, weight.column_axes))
        shape = (weight.stack, weight.out, weight.columns)
        in_place = _in_place(stored, shape)
        members = np.empty(shape, dtype) if in_place is None else in_place
        self.matrices.fill(members)
        if in_place is None:
            stored[...] = members.reshape(stored.shape)
        return whole.reshape(-1)


class OrthogonalInitializer(Initializer):
    """A Haar-distributed orthogonal matrix."""

    name = "orthogonal"
    ranks = (2, None)

    gain: Annotated[NonNegative, Field(description="Multiplies the matrix: all singular values are gain.")] = 1.0
    layout: LayoutField = "out_in"
    groups: Annotated[
        PositiveInteger, Field(description="Groups of a grouped convolution, each a matrix of its own.")
    ] = 1
    gates: Annotated[
        GatesField,
        Field(description="Matrices stacked on the out axis, each orthogonal by itself, by their number or sizes."),
    ] = 1

    def weight(self, target: Target) -> Axes:
        """Return the axes of a tensor. Raises InvalidParameter where it has too few."""
        if target.rank < 2:
            raise InvalidParameter("shape", f"{self.name} needs a shape of rank 2 or more; for a bias take zeros")
        return axes(target.shape, self.layout)

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "orthogonal")
        weight = self.weight(target)
        runs = blocks(weight, self.groups, self.gates)
        partition = Partition(weight.stack, runs, weight.columns, weight.begins_with_out)
        matrices = OrthogonalMatrices(target.stream, partition, self.gain, target.threads)
        facts: dict[str, Scalar] = {"gain": self.gain, "bound": self.gain}
        if isinstance(self.gates, tuple) and len(set(self.gates)) > 1:
            facts["gates"] = encode_values(self.gates)
        stds = _stds(self.gain, weight, runs)
        if stds:
            facts["std"] = stds[0] if len(set(stds)) == 1 else encode_values(stds)
        std = _std_of_all(stds, weight, runs) if stds else None
        ends = representable(-self.gain, self.gain, target.dtype.storage)
        source = ClippedSource(Orthogonal(weight, matrices), ends)
        return Initialization(source, facts, self.gain, ElementMoments(0.0, std, self.gain))


def _stds(gain: float, weight: Axes, runs: tuple[Blocks, ...]) -> tuple[float, ...]:
    """Return the standard deviation of each run of blocks; none of a weight without elements."""
    if 0 in weight.shape:
        return ()
    # The squares of each row, or of each column, sum to gain².
    return tuple(gain / math.sqrt(max(run.rows, weight.columns)) for run in runs)


def _std_of_all(stds: tuple[float, ...], weight: Axes, runs: tuple[Blocks, ...]) -> float:
    if len(stds) == 1:
        return stds[0]
    shares = [(run.end - run.first) / weight.out for run in runs]
    return math.sqrt(math.fsum(share * std * std for share, std in zip(shares, stds, strict=True)))
