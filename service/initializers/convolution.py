"""Convolution kernels that are orthogonal maps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.initializer import (
    Initialization,
    Initializer,
    NonNegative,
    Target,
)
from service.initializers.orthogonal import LARGEST_ELEMENT, Orthogonal, OrthogonalBlocks
from service.linear_algebra.haar import orthogonalise
from service.linear_algebra.matrix_product import DoubleMatrix, multiply
from service.streams.stream import Stream
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments
from service.tensors.layout import Axes, Layout, axes
from service.tensors.source import WholeSource
from service.tensors.spec import Scalar


def _weight(target: Target, layout: Layout, scheme: str) -> Axes:
    """Return the axes of a kernel that has room for its inputs. Raises InvalidParameter."""
    if not 3 <= target.rank <= 5:
        raise InvalidParameter("shape", f"{scheme} needs a shape of rank 3, 4 or 5")
    refuse_complex(target.dtype, scheme)
    weight = axes(target.shape, layout)
    if weight.in_ > weight.out:
        raise InvalidParameter(
            "shape", f"{scheme} needs in ≤ out, and the shape has in = {weight.in_}, out = {weight.out}"
        )
    return weight


@dataclass(frozen=True)
class _AtOneTap(WholeSource):
    """A matrix out × in at one tap of a kernel, zeros at the others."""

    matrix: Orthogonal
    weight: Axes
    tap: int
    """Which tap, in C order."""

    @property
    def work(self) -> int:
        return self.matrix.work

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        weight = self.weight
        whole = np.zeros(weight.out * weight.in_ * weight.receptive_field, dtype)
        out, in_ = np.arange(weight.out)[:, None], np.arange(weight.in_)[None, :]
        places = out * weight.out_stride + in_ * weight.in_stride + self.tap * weight.kernel_stride
        whole[places.reshape(-1)] = self.matrix.materialize(dtype)
        return whole


class DeltaOrthogonal(Initializer):
    """An orthogonal matrix at the centre of a convolution kernel."""

    name = "delta_orthogonal"
    ranks = (3, 5)

    gain: Annotated[NonNegative, Field(description="Multiplies the matrix.")] = 1.0
    layout: Annotated[Layout, Field(description="Which axes are out, in and kernel.")] = "out_in"
    centre: Annotated[
        Literal["lower", "upper"],
        Field(description="Of an even kernel's two central taps: lower is (k - 1) div 2, upper k div 2."),
    ] = "lower"

    def initialize(self, target: Target) -> Initialization:
        weight = _weight(target, self.layout, "delta_orthogonal")
        facts: dict[str, Scalar] = {"gain": self.gain, "centre": self.centre}
        if 0 in target.shape:
            return Initialization.constant(0.0, facts)
        matrix = Orthogonal(
            target.stream, OrthogonalBlocks(1, weight.out, weight.in_, out_is_last=False), self.gain, target.threads
        )
        tap = 0
        for size in weight.kernel:
            tap = tap * size + (size // 2 if self.centre == "upper" else (size - 1) // 2)
        return Initialization(_AtOneTap(matrix, weight, tap), facts, self.gain * LARGEST_ELEMENT)


_FACTOR_OVERHEAD = 2**24
"""What a factor costs however small it is, in multiplications: a third of a millisecond."""

_ELEMENT_OVERHEAD = 128
"""What an element costs beside the multiplications, each time that a factor moves it."""


@dataclass(frozen=True)
class _OverAllTaps(WholeSource):
    """An orthogonal matrix, convolved with random factors of two taps along each axis of the kernel."""

    stream: Stream
    weight: Axes
    layout: Layout
    gain: float
    threads: int

    @property
    def work(self) -> int:
        out, in_, side, rank = self.weight.out, self.weight.in_, self.weight.kernel[0], len(self.weight.kernel)
        applied = rank * (side - 1) * self.weight.receptive_field // (rank + 1) * in_ * out * (out + _ELEMENT_OVERHEAD)
        return out * in_ * in_ + (side - 1) * (rank * 2 * out**3 + _FACTOR_OVERHEAD) + applied

    @property
    def workspace(self) -> int:
        size = self.weight.out * self.weight.in_ * self.weight.receptive_field
        return 8 * (3 * size + 5 * len(self.weight.kernel) * self.weight.out**2)

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        rank = len(self.weight.kernel)
        taps = self._matrix()[(None,) * rank]
        for factor in range(self.weight.kernel[0] - 1):
            for axis, projection in enumerate(self._projections(factor)):
                taps = self._spread(taps, axis, projection)
        kernel, in_, out = tuple(range(rank)), rank, rank + 1
        order = {"out_in": (out, in_, *kernel), "in_out": (*kernel, in_, out), "out_kernel_in": (out, *kernel, in_)}
        return (self.gain * taps.transpose(order[self.layout])).astype(dtype).reshape(-1)

    def _matrix(self) -> DoubleMatrix:
        """Return a random in × out matrix with orthonormal rows."""
        gaussians = np.empty((1, self.weight.out, self.weight.in_))
        self.stream.normal(gaussians.reshape(-1), 0, 0.0, 1.0)
        tall = np.empty_like(gaussians)
        orthogonalise(gaussians, 1.0, tall, self.threads)
        return np.ascontiguousarray(tall[0].T)

    def _projections(self, factor: int) -> list[DoubleMatrix]:
        """Return a random symmetric projection for each axis of the kernel."""
        out, rank = self.weight.out, len(self.weight.kernel)
        gaussians, masks = np.empty((rank, out, out)), np.empty((rank, out))
        for axis in range(rank):
            first = out * self.weight.in_ + (factor * rank + axis) * (out + 1) * out
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
    layout: Annotated[Layout, Field(description="Which axes are out, in and kernel.")] = "out_in"

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
        source = _OverAllTaps(target.stream, weight, self.layout, self.gain, target.threads)
        return Initialization(source, facts, self.gain * LARGEST_ELEMENT, ElementMoments(0.0, std))
