"""Random orthogonal matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.rounding import representable
from service.initializers.initializer import Initialization, Initializer, NonNegative, PositiveInteger, Target
from service.linear_algebra.haar import orthogonalise
from service.streams.stream import Stream
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments
from service.tensors.layout import Layout, Shape, axes, block_rows
from service.tensors.source import ClippedSource, WholeSource

LARGEST_ELEMENT = 1.0 + 2.0**-16
"""An element of an orthogonal matrix is at most 1, but for rounding."""


_BLOCK_OVERHEAD = 2**12
"""What a block costs however small it is, in multiplications: a third of a microsecond."""


@dataclass(frozen=True)
class OrthogonalBlocks:
    """How a weight divides into matrices: `count` of them, each `rows` out units by `columns` others."""

    count: int
    rows: int
    columns: int
    out_is_last: bool

    @property
    def work(self) -> int:
        """Multiplications, about: each block costs its elements times its shorter side, and a little by itself."""
        if self.rows == 0 or self.columns == 0:
            return 0
        return self.count * (self.rows * self.columns * min(self.rows, self.columns) + _BLOCK_OVERHEAD)


@dataclass(frozen=True)
class Orthogonal(WholeSource):
    """A weight of orthogonal blocks, made whole."""

    stream: Stream
    blocks: OrthogonalBlocks
    gain: float
    threads: int

    @property
    def work(self) -> int:
        return self.blocks.work

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        rows, columns, count = self.blocks.rows, self.blocks.columns, self.blocks.count
        if not count * rows * columns:
            return np.empty(0, dtype)
        if self.blocks.out_is_last:
            whole = np.empty((columns, count, rows), dtype)
            stored = whole.transpose(1, 0, 2)
        else:
            whole = np.empty((count, rows, columns), dtype)
            stored = whole
        tall = stored if stored.shape[1] >= stored.shape[2] else stored.transpose(0, 2, 1)
        gaussians = np.empty(tall.shape, dtype)
        self.stream.normal(gaussians.reshape(-1), 0, 0.0, 1.0)
        orthogonalise(gaussians, self.gain, tall, self.threads)
        return whole.reshape(-1)


class OrthogonalInitializer(Initializer):
    """A Haar-distributed orthogonal matrix."""

    name = "orthogonal"
    ranks = (2, None)

    gain: Annotated[NonNegative, Field(description="Multiplies the matrix: all singular values are gain.")] = 1.0
    layout: Annotated[Layout, Field(description="Which axis is out; the others form the matrix's other side.")] = (
        "out_in"
    )
    groups: Annotated[
        PositiveInteger, Field(description="Groups of a grouped convolution, each a matrix of its own.")
    ] = 1
    gates: Annotated[
        PositiveInteger, Field(description="Matrices stacked on the out axis, each orthogonal by itself.")
    ] = 1

    def blocks(self, shape: Shape) -> OrthogonalBlocks:
        """Return how `shape` divides into matrices."""
        if len(shape) < 2:
            raise InvalidParameter("shape", "orthogonal needs a shape of rank 2 or more; for a bias take zeros")
        weight = axes(shape, self.layout)
        rows = block_rows(weight, self.groups, self.gates)
        count = self.groups * self.gates
        return OrthogonalBlocks(count, rows, weight.in_ * weight.receptive_field, self.layout == "in_out")

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "orthogonal")
        blocks = self.blocks(target.shape)
        matrices = Orthogonal(target.stream, blocks, self.gain, target.threads)
        source = ClippedSource(matrices, representable(-self.gain, self.gain, target.dtype.storage))
        # The squares of each row, or of each column, sum to gain².
        std = self.gain / math.sqrt(max(blocks.rows, blocks.columns)) if blocks.work else None
        facts = {"gain": self.gain, "bound": self.gain, **({} if std is None else {"std": std})}
        return Initialization(source, facts, self.gain, ElementMoments(0.0, std, self.gain))
