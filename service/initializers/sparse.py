"""Sparse matrices: the same number of zeros in every line."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.entry import (
    LARGEST_NORMAL,
    Built,
    Entry,
    Initializer,
    NonNegative,
    Reference,
    Target,
    refuse_complex,
)
from service.initializers.random import normal_source
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Masked
from service.tensors.source import Constant
from service.tensors.spec import Scalar


class SparseInitializer(Initializer):
    """Martens's sparse initialization."""

    sparsity: Annotated[float, Field(ge=0, le=1, description="The part of each line that is zero.")]
    std: Annotated[NonNegative, Field(description="The standard deviation of the others.")] = 0.01
    per: Annotated[
        Literal["column", "row"], Field(description="The lines, of the matrix as it is stored, that have equal zeros.")
    ] = "column"

    entry: ClassVar[Entry] = Entry(
        name="sparse",
        summary="A normal matrix in which every column, or every row, has the same number of zeros at random places.",
        formula="ceil(sparsity · length) zeros in each line, else W ~ N(0, std²)",
        when="Units with few incoming connections: deep autoencoders and RNNs trained by second-order methods.",
        references=(
            Reference(
                "James Martens",
                "Deep learning via Hessian-free optimization",
                2010,
                "https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf",
            ),
        ),
        aliases={
            "PyTorch": ("sparse_",), "Flux": ("sparse_init",), "Lux": ("sparse_init",), "MLX": ("sparse",),
            "MindSpore": ("Sparse",),
        },
        traps=(
            "PyTorch, Flux and MindSpore count the zeros per column of the out × in matrix, as here; MLX per row, "
            "which limits the incoming links of a unit, as Martens describes: per=row.",
        ),
        ranks=(2, 2),
        example="shape=256,784&sparsity=0.9&seed=42",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        if target.rank != 2:
            raise InvalidParameter("shape", "sparse needs a shape of rank 2")
        refuse_complex(target, "sparse")
        length = target.shape[0] if self.per == "column" else target.shape[1]
        zeros = math.ceil(self.sparsity * length)
        facts: dict[str, Scalar] = {
            "sparsity": self.sparsity, "per": self.per, "zeros_per_line": zeros, "std_of_others": self.std, "mean": 0.0,
        }  # fmt: skip
        source = normal_source(target, 0.0, self.std)
        if 0 in target.shape or isinstance(source, Constant):
            return Built(Constant(0.0), facts, 0.0)
        facts["std"] = self.std * math.sqrt(1.0 - zeros / length)
        by_column, stream = self.per == "column", target.stream

        def is_kept(row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.bool_]:
            line, place = (column, row) if by_column else (row, column)
            return stream.permuted(line, place, length) >= zeros

        return Built(Masked(target.shape, source, is_kept), facts, LARGEST_NORMAL * self.std)
