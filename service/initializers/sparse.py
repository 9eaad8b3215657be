"""Sparse matrices: the same number of zeros in every line."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.initializer import (
    Finite,
    Initialization,
    Initializer,
    NonNegative,
    Target,
)
from service.streams.stream import Lines
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments, Normal
from service.tensors.pattern import ZerosInLines
from service.tensors.spec import Scalar


class SparseInitializer(Initializer):
    """Martens's sparse initialization; PyTorch's `sparse_` has a standard deviation of 0.01 by default."""

    name = "sparse"
    ranks = (2, 2)

    sparsity: Annotated[float, Field(ge=0, le=1, description="The part of each line that is zero.")]
    mean: Annotated[Finite, Field(description="The mean of the others.")] = 0.0
    std: Annotated[NonNegative, Field(description="The standard deviation of the others.")] = 0.01
    per: Annotated[
        Literal["column", "row"], Field(description="The lines, of the matrix as it is stored, that have equal zeros.")
    ] = "column"

    def initialize(self, target: Target) -> Initialization:
        if target.rank != 2:
            raise InvalidParameter("shape", "sparse needs a shape of rank 2")
        refuse_complex(target.dtype, "sparse")
        length = target.shape[0] if self.per == "column" else target.shape[1]
        # The product of the decimal number that was written: in binary, 0.07 of 100 would be more than 7.
        zeros = math.ceil(Fraction(repr(self.sparsity)) * length)
        facts: dict[str, Scalar] = {
            "sparsity": self.sparsity, "per": self.per, "zeros_per_line": zeros, "mean_of_others": self.mean,
            "std_of_others": self.std,
        }  # fmt: skip
        if 0 in target.shape or self.mean == self.std == 0.0:
            return Initialization.constant(0.0, {**facts, "mean": 0.0})
        others = Normal(self.mean, self.std)
        kept = 1.0 - zeros / length
        # Relative to the larger, for the squares of large numbers are none.
        unit = max(abs(self.mean), self.std)
        spread, centre = self.std / unit, self.mean / unit
        variance = spread * spread + (1.0 - kept) * centre * centre
        mean, std = kept * self.mean, unit * math.sqrt(kept * variance)
        facts |= {"mean": mean, "std": std}
        stride = target.shape[1] if self.per == "column" else 1
        source = ZerosInLines(others.source(target.stream, target.dtype), target.stream, Lines(stride, length, zeros))
        return Initialization(source, facts, others.largest(target.stream, target.dtype), ElementMoments(mean, std))
