"""Skew-symmetric matrices, from which recurrent networks make orthogonal ones."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.arithmetic.rounding import clip, representable
from service.arithmetic.transforms import cosine_of_turns, sine_of_turns
from service.initializers.initializer import Initialization, Initializer, Target, order_of_square
from service.tensors.laws import ElementMoments
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar


class Skew(Initializer):
    """The skew-symmetric parameter of an orthogonal recurrent matrix."""

    name = "skew"
    ranks = (2, 2)

    kind: Annotated[
        Literal["cayley", "henaff"],
        Field(description="cayley: rotations by an angle of up to a right one, towards 0; henaff: by any angle."),
    ] = "cayley"

    def initialize(self, target: Target) -> Initialization:
        order, stream, is_henaff = order_of_square(target, "skew"), target.stream, self.kind == "henaff"
        bound = math.pi if is_henaff else 1.0
        ends = representable(-bound, bound, target.dtype.storage)

        def generators(first: int, count: int) -> Doubles:
            """Return s of blocks first, first + 1, ..."""
            drawn = np.empty(count)
            if is_henaff:
                stream.uniform(drawn, first, -math.pi, math.pi)
                return drawn
            # In turns, up to a right angle.
            stream.uniform(drawn, first, 0.0, 0.25)
            # The tangent of half the angle, with no difference of nearly equal numbers.
            values: Doubles = -sine_of_turns(drawn) / (1.0 + cosine_of_turns(drawn))
            return values

        def skewed(row: Integers, column: Integers) -> Doubles:
            value = np.zeros(row.size)
            places = np.flatnonzero((row // 2 == column // 2) & (row != column))
            if places.size:
                # In any part of the matrix, the blocks between two are as many as the elements, or fewer.
                block = row[places] // 2
                s = generators(int(block[0]), int(block[-1] - block[0]) + 1)[block - block[0]]
                clip(s, ends)
                value[places] = np.where(row[places] < column[places], s, -s)
            return value

        facts: dict[str, Scalar] = {"kind": self.kind, "blocks": order // 2, "bound": bound}
        return Initialization(Pattern(target.shape, skewed), facts, bound, ElementMoments(0.0, None, bound))
