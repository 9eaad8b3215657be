"""Kernels that enlarge images: linear interpolation, and sub-pixel convolutions without checkerboards."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.initializer import Initialization, Initializer, Target
from service.initializers.variance_scaling import HeNormal
from service.streams.view import View
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Layout, axes
from service.tensors.pattern import Pattern
from service.tensors.source import ConstantSource, Source, WholeSource
from service.tensors.spec import Scalar


class Bilinear(Initializer):
    """The kernel of a transposed convolution that enlarges images linearly."""

    name = "bilinear"
    ranks = (3, None)
    random = False

    channels: Annotated[
        Literal["diagonal", "all"], Field(description="diagonal: each channel from itself; all: from every channel.")
    ] = "diagonal"
    centre: Annotated[
        Literal["factor", "kernel"],
        Field(
            description="factor: the peak where a kernel of 2f - f mod 2 taps has it, in any kernel (Caffe); "
            "kernel: in the middle (the paper's code). They agree for kernels of such sizes: 1, 4, 5, 8, 9, ..."
        ),
    ] = "factor"
    purpose: Annotated[
        Literal["upsampling", "downsampling"],
        Field(
            description="downsampling divides by the sum over the kernel, for a convolution that makes images smaller."
        ),
    ] = "upsampling"
    layout: Annotated[Layout, Field(description="Which axes are out, in and kernel.")] = "out_in"

    def initialize(self, target: Target) -> Initialization:
        if target.rank < 3:
            raise InvalidParameter("shape", "bilinear needs a shape of rank 3 or more: out, in and the kernel's axes")
        kernel_axes = _kernel_axes(target.rank, self.layout)
        sizes = [target.shape[axis] for axis in kernel_axes]
        out_axis, in_axis = _channel_axes(target.rank, self.layout)
        on_diagonal = self.channels == "diagonal"

        def interpolating(*place: Integers) -> Doubles:
            value = np.ones(place[0].shape)
            for axis, size in zip(kernel_axes, sizes, strict=True):
                value *= self._along_axis(place[axis], size)
            return np.where(place[out_axis] == place[in_axis], value, 0.0) if on_diagonal else value

        facts: dict[str, Scalar] = {"channels": self.channels, "centre": self.centre, "purpose": self.purpose}
        return Initialization(Pattern(target.shape, interpolating), facts, 1.0)

    def _along_axis(self, place: Integers, size: int) -> Doubles:
        """Return the weights at `place` of an axis of `size` taps."""
        factor = (size + 1) // 2
        twice_centre = 2 * factor - 1 - factor % 2 if self.centre == "factor" else size - 1
        value: Doubles = 1.0 - np.abs(place / factor - twice_centre / (2 * factor))
        if self.purpose == "upsampling":
            return value
        # The distances from the centre to the taps up to it, and to those beyond: sums of consecutive numbers.
        before = twice_centre // 2 + 1
        beyond = size - before
        distances = 0.5 * before * (twice_centre - before + 1) + 0.5 * beyond * (size - 1 + before - twice_centre)
        return value / (size - distances / factor)


def _kernel_axes(rank: int, layout: Layout) -> range:
    return {"out_in": range(2, rank), "in_out": range(rank - 2), "out_kernel_in": range(1, rank - 1)}[layout]


def _channel_axes(rank: int, layout: Layout) -> tuple[int, int]:
    """Return the out axis and the in axis."""
    return {"out_in": (0, 1), "in_out": (rank - 1, rank - 2), "out_kernel_in": (0, rank - 1)}[layout]


@dataclass(frozen=True)
class _Repeated:
    """Runs of `inner` elements of another source, each `copies` times one after another."""

    source: Source
    inner: int
    copies: int
    view: View | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        if self.view is None:
            self._fill_run(out, start)
            return
        length, stride = self.view.levels[-1]
        run = length if stride == 1 else 1
        done = 0
        while done < out.size:
            count = min(run - (start + done) % run, out.size - done)
            first = int(self.view.indices(start + done, 1)[0])
            self._fill_run(out[done : done + count], first)
            done += count

    def part(self, view: View) -> _Repeated:
        return replace(self, view=view)

    def _fill_run(self, out: NDArray[Any], start: int) -> None:
        """Put neighbours start, start + 1, ... of the whole tensor into `out`."""
        if self.inner == 1:
            first = start // self.copies
            drawn = np.empty((start + out.size - 1) // self.copies - first + 1, out.dtype)
            self.source.fill(drawn, first)
            out[:] = np.repeat(drawn, self.copies)[start - first * self.copies :][: out.size]
            return
        done = 0
        while done < out.size:
            row, place = divmod(start + done, self.inner)
            count = min(self.inner - place, out.size - done)
            self.source.fill(out[done : done + count], row // self.copies * self.inner + place)
            done += count


class Icnr(HeNormal):
    """A sub-pixel convolution that starts as nearest-neighbour enlargement."""

    name = "icnr"
    ranks = (3, None)

    factor: Annotated[
        int, Field(ge=1, le=1024, description="How many times the image is enlarged along each axis.")
    ] = 2
    copies: Annotated[
        Literal["neighbours", "tiles"],
        Field(description="Where a unit's copies stand: side by side (PyTorch), or all units apart (TensorFlow)."),
    ] = "neighbours"

    def initialize(self, target: Target) -> Initialization:
        if target.rank < 3:
            raise InvalidParameter("shape", "icnr needs a shape of rank 3 or more: out, in and the kernel's axes")
        weight = axes(target.shape, self.layout)
        copies = self.factor ** len(weight.kernel)
        units, rest = divmod(weight.out, copies)
        if rest:
            raise InvalidParameter(
                "factor", f"the out axis has {weight.out} units, which {copies} copies of each do not divide"
            )
        axis = target.rank - 1 if self.layout == "in_out" else 0
        small = (*target.shape[:axis], units, *target.shape[axis + 1 :])
        drawn = super().initialize(replace(target, shape=small))
        facts = {**drawn.facts, "factor": self.factor, "copies": self.copies}
        if isinstance(drawn.source, (ConstantSource, WholeSource)):
            return replace(drawn, facts=facts)
        inner = math.prod(target.shape[axis + 1 :]) * (units if self.copies == "tiles" else 1)
        return replace(drawn, source=_Repeated(drawn.source, inner, copies), facts=facts)
