"""ZerO: identities and Hadamard transforms in place of randomness."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.initializer import Initialization, Initializer, Target
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Layout, axes
from service.tensors.pattern import Pattern


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
            return Initialization.constant(0.0, {})
        power = 1 << (weight.out - 1).bit_length()
        scale = 1.0 / math.sqrt(power)

        def hadamard(*place: Integers) -> Doubles:
            index = np.ravel_multi_index(place, target.shape)
            out, in_ = index // weight.out_stride % weight.out, index // weight.in_stride % weight.in_
            tap = index // weight.kernel_stride % weight.receptive_field * weight.kernel_stride
            if weight.out <= weight.in_:
                value = (out == in_).astype(np.float64)
            else:
                value = np.where(np.bitwise_count(out & in_) % 2 == 0, scale, -scale)
            return np.where(tap == weight.centre, value, 0.0)

        return Initialization(Pattern(target.shape, hadamard), {}, 1.0)
