"""Numbers at even distances, as biases of gates have them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.initializer import Finite, Initialization, Initializer, Target
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar


class Linspace(Initializer):
    """Numbers at even distances along the last axis, the two ends among them."""

    name = "linspace"
    ranks = (1, None)
    random = False

    start: Annotated[Finite, Field(description="The first number.")] = 0.0
    end: Annotated[Finite, Field(description="The last number.")] = 1.0

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "linspace")
        if not target.shape:
            raise InvalidParameter("shape", "linspace needs a shape of rank 1 or more, its last axis the numbers")
        steps, start, end = max(target.shape[-1] - 1, 1), self.start, self.end

        def even(*coordinates: Integers) -> Doubles:
            part = coordinates[-1] / steps
            values: Doubles = start * (1.0 - part) + end * part
            return values

        facts: dict[str, Scalar] = {"start": start, "end": end}
        return Initialization(Pattern(target.shape, even), facts, max(abs(start), abs(end)))
