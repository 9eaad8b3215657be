"""What NumPy's functions draw for a scheme, and what that is after operations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.framework_streams.numpy.operations import Affine, Operation
from service.tensors.dtypes import DTYPES, refuse_overflow
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Law, Normal, Uniform

_LARGEST_NORMAL = 12.3
"""More than any: the polar method reaches √(-2 ln 2^-104) = 12.01, the tail of the ziggurat 3.66 + √(2 · 53 ln 2)."""


@dataclass(frozen=True)
class Drawn:
    """An array of `uniform(low, high)` or `normal(mean, std)`: offset + scale x, with x of U[0, 1) or N(0, 1)."""

    law: Uniform | Normal

    @classmethod
    def uniform(cls, low: float, high: float) -> Drawn:
        """Return that of two ends. Raises InvalidParameter where NumPy takes no such."""
        if not low < high:
            raise InvalidParameter("high", f"high must be above low = {low:g}")
        if not math.isfinite(high - low):
            raise InvalidParameter("high", "high - low must be a finite number: NumPy raises OverflowError")
        return cls(Uniform.between(low, high))

    @property
    def is_normal(self) -> bool:
        return isinstance(self.law, Normal)

    @property
    def arguments(self) -> tuple[float, float]:
        """Of NumPy's function, after which the shape stands."""
        return (self.law.low, self.law.high) if isinstance(self.law, Uniform) else (self.law.mean, self.law.std)

    @property
    def affine(self) -> Affine:
        """What becomes of x."""
        first, second = self.arguments
        return Affine(second, first) if self.is_normal else Affine(second - first, first)

    @property
    def is_standard(self) -> bool:
        """Whether it is x itself."""
        return self.affine == Affine()

    def law_after(self, amount: Affine) -> Law:
        """Return the law of the array after operations that amount to so much, but for rounding."""
        if isinstance(self.law, Normal):
            return Normal(amount.of(self.law.mean), abs(amount.factor) * self.law.std)
        return Uniform.between(*sorted(amount.of(end) for end in self.arguments))

    def largest_after(self, amount: Affine) -> float:
        """Return the largest absolute value there."""
        law = self.law_after(amount)
        return abs(law.mean) + law.std * _LARGEST_NORMAL if isinstance(law, Normal) else float(law.bound or 0.0)

    def amount(self, operations: Sequence[Operation], drawn_in: np.dtype[Any]) -> Affine:
        """Return what operations amount to.

        Raises InvalidParameter where an array on the way passes the range of the dtype that it has there.
        """
        amount, held = Affine(), drawn_in.name
        refuse_overflow(DTYPES[held], self.largest_after(amount))
        for operation in operations:
            amount = amount.after(operation)
            held = operation.name if operation.is_conversion else held
            if not math.isfinite(self.largest_after(amount)):
                raise InvalidParameter("operations", "leave no finite numbers")
            refuse_overflow(DTYPES[held], self.largest_after(amount))
        return amount
