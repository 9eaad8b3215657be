"""Kernels that enlarge images: linear interpolation, and sub-pixel convolutions without checkerboards."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.axis_parameters import LayoutField
from service.initializers.initializer import Initialization, Initializer, PositiveInteger, Target
from service.initializers.variance_scaling import HeNormal
from service.tensors.blocks import blocks
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Axes, Shape, axes
from service.tensors.pattern import Pattern
from service.tensors.repeated import Repeated
from service.tensors.source import ConstantSource, WholeSource
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
    layout: LayoutField = "out_in"
    groups: Annotated[
        PositiveInteger | None,
        Field(
            description="Groups of channels; as many as outputs where there is one input, as in a depthwise "
            "convolution, else 1."
        ),
    ] = None

    def initialize(self, target: Target) -> Initialization:
        if target.rank < 3:
            raise InvalidParameter("shape", "bilinear needs a shape of rank 3 or more: out, in and the kernel's axes")
        weight = axes(target.shape, self.layout)
        if not weight.kernel:
            raise InvalidParameter("layout", f"bilinear needs kernel axes, and {self.layout} has none")
        groups = self.groups or self._usual_groups(weight)
        (run,) = blocks(weight, groups, 1)
        kernel = list(zip(weight.kernel_axes.axes, weight.kernel, strict=True))
        on_diagonal = self.channels == "diagonal"

        def interpolating(*place: Integers) -> Doubles:
            value = np.ones(place[0].shape)
            for axis, size in kernel:
                value *= self._along_axis(place[axis], size)
            if not on_diagonal:
                return value
            is_same = weight.out_axes.place(place) % run.rows == weight.in_axes.place(place)
            return np.where(is_same, value, 0.0)

        facts: dict[str, Scalar] = {"channels": self.channels, "centre": self.centre, "purpose": self.purpose}
        if groups > 1:
            facts["groups"] = groups
        return Initialization(Pattern(target.shape, interpolating), facts, 1.0)

    def canonical_for(self, shape: Shape) -> tuple[tuple[str, Scalar], ...]:
        usual = self._usual_groups(axes(shape, self.layout))
        return tuple(pair for pair in super().canonical_for(shape) if pair != ("groups", usual))

    def _usual_groups(self, weight: Axes) -> int:
        is_depthwise = self.channels == "diagonal" and weight.in_ == 1
        return max(weight.out, 1) if is_depthwise else 1

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
        if not weight.kernel:
            raise InvalidParameter("layout", f"icnr needs kernel axes, and {self.layout} has none")
        copies = self.factor ** len(weight.kernel)
        units, rest = divmod(weight.out, copies)
        if rest:
            raise InvalidParameter(
                "factor", f"the out axis has {weight.out} units, which {copies} copies of each do not divide"
            )
        if len(weight.out_axes.axes) != 1 or isinstance(self.gates, tuple):
            culprit = "gates" if isinstance(self.gates, tuple) else "layout"
            raise InvalidParameter(culprit, "icnr repeats the units of one out axis, whose gates are alike")
        (axis,) = weight.out_axes.axes
        small = (*target.shape[:axis], units, *target.shape[axis + 1 :])
        drawn = super().initialize(target._replace(shape=small))
        facts = {**drawn.facts, "factor": self.factor, "copies": self.copies}
        if copies == 1 or isinstance(drawn.source, (ConstantSource, WholeSource)):
            return drawn._replace(facts=facts)
        inner, is_tiled = math.prod(target.shape[axis + 1 :]), self.copies == "tiles"
        source = Repeated(drawn.source, units, inner, copies, is_tiled, units * copies)
        return drawn._replace(source=source, facts=facts)
