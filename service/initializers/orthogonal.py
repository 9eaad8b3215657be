"""Random orthogonal matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.rounding import representable
from service.initializers.axis_parameters import GatesField, LayoutField, gates_facts
from service.initializers.initializer import Initialization, Initializer, NonNegative, PositiveInteger, Target
from service.linear_algebra.haar import (
    MATRIX_OVERHEAD,
    FloatMatrix,
    matrix_workspace,
    orthogonalise,
    orthogonalise_in_place,
)
from service.linear_algebra.unitary import COLUMNS, unitarise
from service.streams.stream import Stream
from service.tensors.blocks import Blocks, blocks
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments
from service.tensors.layout import Axes, Shape, axes
from service.tensors.source import ClippedSource, WholeSource
from service.tensors.spec import Scalar, one_or_each

LARGEST_ELEMENT = 1.0 + 2.0**-16
"""An element of an orthogonal matrix is at most 1, but for rounding."""


_COMPLEX_WORK = 14
"""Real multiplications in single precision in whose time a unitary matrix does one of its own, in double precision.

By processor time 11 to 13 for squares of 1024 and 2048, for complex64 and complex128 alike; 10 for 2048 x 512, 4 to 6
for 256 x 256 and 512 x 64, 2 for 64 x 64, 1 and less below.
"""

_LARGE = 2**24
"""Elements from which on a matrix is made by itself, where it is stored: smaller ones would take more time so."""


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
            run.count * (run.rows * self.columns * min(run.rows, self.columns) + MATRIX_OVERHEAD)
            for run in self.blocks
            if run.rows and self.columns
        )

    @property
    def is_of_large_matrices(self) -> bool:
        return all(run.rows * self.columns >= _LARGE for run in self.blocks)

    def is_by_row(self, run: Blocks) -> bool:
        """Return whether the first index of a run's matrices is the out unit."""
        return run.rows > self.columns or (run.rows == self.columns and self.is_square_by_row)


@dataclass(frozen=True)
class OrthogonalMatrices:
    """Orthogonal matrices in the order of the stack's members, and in each of the out axis.

    Their standard normals are the stream's first ones, each matrix's in C order of its longer and its shorter side.
    """

    stream: Stream
    partition: Partition
    gain: float
    threads: int

    @property
    def work(self) -> int:
        """Multiplications, about."""
        return self.partition.work

    @property
    def workspace(self) -> int:
        """Bytes that making them takes, at most, beside arrays of their own size."""
        partition = self.partition
        sides = [(run.rows, partition.columns) for run in partition.blocks]
        return max((matrix_workspace(max(pair), min(pair), self.threads) for pair in sides), default=0)

    def fill(self, members: NDArray[Any]) -> None:
        """Write the matrices into a float32 or float64 array (members of the stack, out, columns), in any order."""
        if self.partition.is_of_large_matrices:
            self._fill_one_by_one(members)
            return
        stack, rows, columns = members.shape
        gaussians = np.empty((stack, rows * columns), members.dtype)
        self.stream.normal(gaussians.reshape(-1), 0, 0.0, 1.0)
        for run in self.partition.blocks:
            part = members[:, run.first : run.end]
            shape = (stack * run.count, run.rows, columns)
            in_place = _in_place(part, shape)
            matrices = np.empty(shape, members.dtype) if in_place is None else in_place
            tall = matrices if self.partition.is_by_row(run) else matrices.transpose(0, 2, 1)
            own = gaussians[:, run.first * columns : run.end * columns]
            orthogonalise(np.ascontiguousarray(own).reshape(tall.shape), self.gain, tall, self.threads)
            if in_place is None:
                part[...] = matrices.reshape(part.shape)

    def _fill_one_by_one(self, members: NDArray[Any]) -> None:
        """Do what `fill` does where each matrix is large, with room for one more at the most."""
        _, rows, columns = members.shape
        for member, stored in enumerate(members):
            for run in self.partition.blocks:
                for row in range(run.first, run.end, run.rows):
                    matrix = stored[row : row + run.rows]
                    tall = matrix if self.partition.is_by_row(run) else matrix.T
                    self._make(tall, (member * rows + row) * columns)

    def _make(self, tall: FloatMatrix, first: int) -> None:
        """Make a matrix of the draws from `first` on."""

        def draw(out: FloatMatrix, start: int) -> None:
            self.stream.normal(out, first + start, 0.0, 1.0)

        is_in_place = tall.flags.c_contiguous or tall.flags.f_contiguous
        matrix = tall if is_in_place else np.empty(tall.shape, tall.dtype)
        orthogonalise_in_place(matrix, draw, self.gain, self.threads)
        if not is_in_place:
            tall[...] = matrix


@dataclass(frozen=True)
class UnitaryMatrices(OrthogonalMatrices):
    """The same of unitary matrices: the imaginary parts of their normals are those of the stream's imaginary parts."""

    part_bytes: int
    """The size of a real part, 4 or 8; the arithmetic is in double precision for both."""

    @property
    def work(self) -> int:
        return _COMPLEX_WORK * 4 // self.part_bytes * self.partition.work

    @property
    def arrays(self) -> int:
        """Arrays of the tensor's size: the normals, those in double precision, the blocks, the members, the result."""
        return 4 + 8 // self.part_bytes

    @property
    def workspace(self) -> int:
        longest = max((max(run.rows, self.partition.columns) for run in self.partition.blocks), default=0)
        return 16 * self.threads * longest * COLUMNS

    def fill(self, members: NDArray[Any]) -> None:
        """Write the matrices into a complex array (members of the stack, out, columns), in any order."""
        stack, rows, columns = members.shape
        real, imaginary = np.empty((2, stack, rows * columns), members.real.dtype)
        self.stream.normal(real.reshape(-1), 0, 0.0, 1.0)
        self.stream.imaginary().normal(imaginary.reshape(-1), 0, 0.0, 1.0)
        for run in self.partition.blocks:
            matrices = np.empty((stack * run.count, run.rows, columns), members.dtype)
            tall = matrices if self.partition.is_by_row(run) else matrices.transpose(0, 2, 1)
            own = slice(run.first * columns, run.end * columns)
            gaussians = np.empty((len(tall), tall.shape[2], 2, tall.shape[1]))
            gaussians[:, :, 0] = real[:, own].reshape(tall.shape).transpose(0, 2, 1)
            gaussians[:, :, 1] = imaginary[:, own].reshape(tall.shape).transpose(0, 2, 1)
            unitarise(gaussians, self.gain, tall, self.threads)
            members[:, run.first : run.end] = matrices.reshape(stack, run.end - run.first, columns)


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
        return self.matrices.work

    @property
    def arrays(self) -> int:
        if isinstance(self.matrices, UnitaryMatrices):
            return self.matrices.arrays
        partition = self.matrices.partition
        if not partition.is_of_large_matrices:
            return super().arrays
        # One more where the axes have another order than the matrices, or where these are parts of an inner axis.
        weight = self.weight
        is_one = len(weight.shape) == 2 and sum(run.count for run in partition.blocks) == 1
        order = weight.order(weight.stack_axes, weight.out_axes, weight.column_axes)
        return 1 if is_one or order == tuple(range(len(order))) else 2

    @property
    def workspace(self) -> int:
        return self.matrices.workspace

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
        weight = self.weight(target)
        is_complex = target.dtype.is_complex
        runs = blocks(weight, self.groups, self.gates)
        partition = Partition(weight.stack, runs, weight.columns, weight.begins_with_out)
        given = (target.stream, partition, self.gain, target.threads)
        matrices = UnitaryMatrices(*given, target.dtype.part.itemsize) if is_complex else OrthogonalMatrices(*given)
        made = Orthogonal(weight, matrices)
        facts: dict[str, Scalar] = {"gain": self.gain, **({} if is_complex else {"bound": self.gain})}
        facts |= gates_facts(self.gates)
        stds = _stds(self.gain, weight, runs)
        if stds:
            facts["std"] = one_or_each(stds)
        std = _std_of_all(stds, weight, runs) if stds else None
        if is_complex:
            return Initialization(made, facts, LARGEST_ELEMENT * self.gain, ElementMoments(0.0, std))
        ends = representable(-self.gain, self.gain, target.dtype.storage)
        return Initialization(ClippedSource(made, ends), facts, self.gain, ElementMoments(0.0, std, self.gain))


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
