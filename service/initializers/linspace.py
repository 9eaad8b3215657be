"""Numbers at even distances, as biases of gates and numbers of positions are."""

from __future__ import annotations

from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.initializer import Finite, Initialization, Initializer, Target, refuse_fraction
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar


class Linspace(Initializer):
    """Numbers at even distances along the last axis, the two ends among them."""

    name = "linspace"
    ranks = (1, None)
    random = False
    makes_integers = True

    start: Annotated[Finite, Field(description="The first number.")] = 0.0
    end: Annotated[Finite, Field(description="The last number.")] = 1.0

    def initialize(self, target: Target) -> Initialization:
        steps, start, end = max(_count(target, self.name) - 1, 1), self.start, self.end
        facts: dict[str, Scalar] = {"start": start, "end": end}
        if target.dtype.is_integer:
            refuse_fraction(target.dtype, "start", start)
            refuse_fraction(target.dtype, "end", end)
            if (end - start) % steps:
                detail = f"must be start and {steps} times a whole number for dtype={target.dtype.name}"
                raise InvalidParameter("end", detail)
            return _progression(target, start, (end - start) / steps, facts)

        def even(*coordinates: Integers) -> Doubles:
            part = coordinates[-1] / steps
            values: Doubles = start * (1.0 - part) + end * part
            return values

        return Initialization(Pattern(target.shape, even), facts, max(abs(start), abs(end)))


class Arange(Initializer):
    """Numbers at a given distance along the last axis."""

    name = "arange"
    ranks = (1, None)
    random = False
    makes_integers = True

    start: Annotated[Finite, Field(description="The first number.")] = 0.0
    step: Annotated[Finite, Field(description="What each has more than the one before it.")] = 1.0

    def initialize(self, target: Target) -> Initialization:
        last = self.start + self.step * max(_count(target, self.name) - 1, 0)
        if target.dtype.is_integer:
            refuse_fraction(target.dtype, "start", self.start)
            if not self.step.is_integer():
                raise InvalidParameter("step", f"must be a whole number for dtype={target.dtype.name}")
            refuse_fraction(target.dtype, "step", last)
        return _progression(target, self.start, self.step, {"start": self.start, "step": self.step})


def _count(target: Target, scheme: str) -> int:
    """Return how many numbers the last axis has. Raises InvalidParameter."""
    refuse_complex(target.dtype, scheme)
    if not target.shape:
        raise InvalidParameter("shape", f"{scheme} needs a shape of rank 1 or more, its last axis the numbers")
    return target.shape[-1]


def _progression(target: Target, start: float, step: float, facts: dict[str, Scalar]) -> Initialization:
    """Return start + step · i, in whole numbers where those of the dtype are."""
    first, distance = (int(start), int(step)) if target.dtype.is_integer else (start, step)

    def progress(*coordinates: Integers) -> NDArray[Any]:
        values: NDArray[Any] = first + distance * coordinates[-1]
        return values

    last = start + step * max(target.shape[-1] - 1, 0)
    return Initialization(Pattern(target.shape, progress), facts, max(abs(start), abs(last)))
