"""ZerO: identities and Hadamard transforms in place of randomness."""

from __future__ import annotations

import math

import numpy as np

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.axis_parameters import LayoutField
from service.initializers.initializer import Initialization, Initializer, Target
from service.tensors.errors import InvalidParameter
from service.tensors.layout import LAYOUT_NAMES, axes
from service.tensors.pattern import Pattern


class Zero(Initializer):
    """Zhao's ZerO: a network without randomness."""

    name = "zero_init"
    ranks = (2, 5)
    random = False

    layout: LayoutField = "out_in"

    def initialize(self, target: Target) -> Initialization:
        if self.layout in LAYOUT_NAMES and not 2 <= target.rank <= 5:
            raise InvalidParameter("shape", "zero_init needs a shape of rank 2 to 5: out, in and the kernel's axes")
        weight = axes(target.shape, self.layout)
        if len(weight.kernel) > 3:
            raise InvalidParameter("layout", f"zero_init takes up to 3 kernel axes, and {self.layout} has more")
        if 0 in target.shape:
            return Initialization.constant(0.0, {})
        power = 1 << (weight.out - 1).bit_length()
        scale = 1.0 / math.sqrt(power)

        def hadamard(*place: Integers) -> Doubles:
            out, in_, tap = (group.place(place) for group in (weight.out_axes, weight.in_axes, weight.kernel_axes))
            if weight.out <= weight.in_:
                value = (out == in_).astype(np.float64)
            else:
                value = np.where(np.bitwise_count(out & in_) % 2 == 0, scale, -scale)
            return np.where(tap == weight.centre, value, 0.0)

        return Initialization(Pattern(target.shape, hadamard), {}, 1.0)
