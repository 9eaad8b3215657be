"""Convolution kernels that are orthogonal maps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.axis_parameters import LayoutField
from service.initializers.initializer import (
    Initialization,
    Initializer,
    NonNegative,
    Target,
)
from service.initializers.orthogonal import LARGEST_ELEMENT, OrthogonalMatrices, Partition
from service.linear_algebra.haar import orthogonalise
from service.linear_algebra.interruption import interruption
from service.linear_algebra.matrix_product import DoubleMatrix, multiply
from service.streams.stream import Stream
from service.tensors.blocks import Blocks
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments
from service.tensors.layout import LAYOUT_NAMES, Axes, Layout, Shape, axes
from service.tensors.source import WholeSource
from service.tensors.spec import Scalar


def _weight(target: Target, layout: Layout, scheme: str) -> Axes:
    """Return the axes of a kernel that has room for its inputs. Raises InvalidParameter."""
    if layout in LAYOUT_NAMES and not 3 <= target.rank <= 5:
        raise InvalidParameter("shape", f"{scheme} needs a shape of rank 3, 4 or 5")
    refuse_complex(target.dtype, scheme)
    weight = axes(target.shape, layout)
    if not 1 <= len(weight.kernel) <= 3:
        raise InvalidParameter("layout", f"{scheme} needs 1 to 3 kernel axes, and {layout} has {len(weight.kernel)}")
    if weight.in_ > weight.out:
        raise InvalidParameter(
            "shape", f"{scheme} needs in ≤ out, and the shape has in = {weight.in_}, out = {weight.out}"
        )
    return weight


@dataclass(frozen=True)
class _AtOneTap(WholeSource):
    """A matrix out × in at one tap of each member's kernel, zeros at the others."""

    weight: Axes
    matrices: OrthogonalMatrices
    tap: Shape
    """The place along each of the kernel's axes."""

    @property
    def work(self) -> int:
        return self.matrices.partition.work

    @property
    def workspace(self) -> int:
        return self.matrices.workspace

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        weight = self.weight
        whole = np.zeros(weight.shape, dtype)
        members = np.empty((weight.stack, weight.out, weight.in_), dtype)
        self.matrices.fill(members)
        order = weight.order(weight.kernel_axes, weight.stack_axes, weight.out_axes, weight.in_axes)
        stored = whole.transpose(order)[self.tap]
        stored[...] = members.reshape(stored.shape)
        return whole.reshape(-1)


class DeltaOrthogonal(Initializer):
    """An orthogonal matrix at the centre of a convolution kernel."""

    name = "delta_orthogonal"
    ranks = (3, 5)

    gain: Annotated[NonNegative, Field(description="Multiplies the matrix.")] = 1.0
    layout: LayoutField = "out_in"
    centre: Annotated[
        Literal["lower", "upper"],
        Field(description="Of an even kernel's two central taps: lower is (k - 1) div 2, upper k div 2."),
    ] = "lower"

    def initialize(self, target: Target) -> Initialization:
        weight = _weight(target, self.layout, "delta_orthogonal")
        facts: dict[str, Scalar] = {"gain": self.gain, "centre": self.centre}
        if 0 in target.shape:
            return Initialization.constant(0.0, facts)
        partition = Partition(weight.stack, (Blocks(0, 1, weight.out),), weight.in_, is_square_by_row=True)
        matrices = OrthogonalMatrices(target.stream, partition, self.gain, target.threads)
        tap = tuple(size // 2 if self.centre == "upper" else (size - 1) // 2 for size in weight.kernel)
        return Initialization(_AtOneTap(weight, matrices, tap), facts, self.gain * LARGEST_ELEMENT)


_FACTOR_OVERHEAD = 2**24
"""What a factor costs, and the matrix, however small they are, in multiplications: a third of a millisecond."""

_ELEMENT_OVERHEAD = 256
"""What an element costs beside the multiplications, each time that a factor moves it."""


@dataclass(frozen=True)
class _OverAllTaps(WholeSource):
    """In each member an orthogonal matrix, convolved with random factors of two taps along each axis of the kernel."""

    stream: Stream
    weight: Axes
    gain: float
    threads: int

    @property
    def work(self) -> int:
        out, in_, side, rank = self.weight.out, self.weight.in_, self.weight.kernel[0], len(self.weight.kernel)
        applied = rank * (side - 1) * self.weight.receptive_field // (rank + 1) * in_ * out * (out + _ELEMENT_OVERHEAD)
        return self.weight.stack * (
            out * in_ * in_ + (side - 1) * rank * 2 * out**3 + side * _FACTOR_OVERHEAD + applied
        )

    @property
    def workspace(self) -> int:
        size = self.weight.out * self.weight.in_ * self.weight.receptive_field
        return 8 * (3 * size + 5 * len(self.weight.kernel) * self.weight.out**2)

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        weight = self.weight
        whole = np.empty(weight.shape, dtype)
        order = weight.order(weight.stack_axes, weight.kernel_axes, weight.in_axes, weight.out_axes)
        for member, place in enumerate(np.ndindex(weight.stack_axes.sizes)):
            taps = self._taps(member)
            stored = whole.transpose(order)[place]
            stored[...] = (self.gain * taps).reshape(stored.shape)
        return whole.reshape(-1)

    def _taps(self, member: int) -> DoubleMatrix:
        """Return a member of the stack: its taps along the kernel's axes, each an in × out matrix."""
        out, rank, factors = self.weight.out, len(self.weight.kernel), self.weight.kernel[0] - 1
        # Draws of a member: those of its matrix, then those of each factor's projections.
        first = member * (out * self.weight.in_ + factors * rank * (out + 1) * out)
        taps = self._matrix(first)[(None,) * rank]
        check = interruption()
        for factor in range(factors):
            check()
            for axis, projection in enumerate(self._projections(first, factor)):
                taps = self._spread(taps, axis, projection)
        return taps

    def _matrix(self, first: int) -> DoubleMatrix:
        """Return a random in × out matrix with orthonormal rows, by the draws from `first` on."""
        gaussians = np.empty((1, self.weight.out, self.weight.in_))
        self.stream.normal(gaussians.reshape(-1), first, 0.0, 1.0)
        tall = np.empty_like(gaussians)
        orthogonalise(gaussians, 1.0, tall, self.threads)
        return np.ascontiguousarray(tall[0].T)

    def _projections(self, first_of_member: int, factor: int) -> list[DoubleMatrix]:
        """Return a random symmetric projection for each axis of the kernel."""
        out, rank = self.weight.out, len(self.weight.kernel)
        gaussians, masks = np.empty((rank, out, out)), np.empty((rank, out))
        for axis in range(rank):
            first = first_of_member + out * self.weight.in_ + (factor * rank + axis) * (out + 1) * out
            self.stream.normal(gaussians[axis].reshape(-1), first, 0.0, 1.0)
            self.stream.uniform(masks[axis], first + out * out, 0.0, 1.0)
        matrices = np.empty_like(gaussians)
        orthogonalise(gaussians, 1.0, matrices, self.threads)
        halves = [np.ascontiguousarray(matrix[:, mask < 0.5]) for matrix, mask in zip(matrices, masks, strict=True)]
        return [multiply(half, np.ascontiguousarray(half.T), self.threads) for half in halves]

    def _spread(self, taps: DoubleMatrix, axis: int, projection: DoubleMatrix) -> DoubleMatrix:
        """Return the taps times P, and times I - P one further along an axis, which grows by one."""
        projected = multiply(taps.reshape(-1, self.weight.out), projection, self.threads).reshape(taps.shape)
        grown = np.zeros((*taps.shape[:axis], taps.shape[axis] + 1, *taps.shape[axis + 1 :]))
        lower, upper = np.moveaxis(grown, axis, 0)[:-1], np.moveaxis(grown, axis, 0)[1:]
        lower[:] = np.moveaxis(projected, axis, 0)
        upper += np.moveaxis(taps - projected, axis, 0)
        return grown


class ConvolutionOrthogonal(Initializer):
    """Xiao's orthogonal convolution, spread over the whole kernel."""

    name = "convolution_orthogonal"
    ranks = (3, 5)

    gain: Annotated[NonNegative, Field(description="How many times longer the convolution makes what it maps.")] = 1.0
    layout: LayoutField = "out_in"

    def initialize(self, target: Target) -> Initialization:
        weight = _weight(target, self.layout, "convolution_orthogonal")
        if len(set(weight.kernel)) > 1:
            sides = " × ".join(map(str, weight.kernel))
            raise InvalidParameter("shape", f"convolution_orthogonal needs a kernel of equal sides, not {sides}")
        facts: dict[str, Scalar] = {"gain": self.gain}
        if 0 in target.shape:
            return Initialization.constant(0.0, facts)
        std = self.gain / math.sqrt(weight.out * weight.receptive_field)
        facts["std"] = std
        source = _OverAllTaps(target.stream, weight, self.gain, target.threads)
        return Initialization(source, facts, self.gain * LARGEST_ELEMENT, ElementMoments(0.0, std))
