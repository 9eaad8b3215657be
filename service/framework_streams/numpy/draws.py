"""Arrays as NumPy draws them, with what is done to them after: sources of tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.framework_streams.numpy.operations import Affine, Operation
from service.streams.numpy.default_generator import GeneratorPosition
from service.streams.numpy.random_state import RandomStatePosition
from service.streams.view import View
from service.tensors.pace import COPY, Pace
from service.tensors.source import WholeSource
from service.tensors.tensor import MULTIPLICATIONS_A_SECOND

Position = RandomStatePosition | GeneratorPosition

_TILE = 2**15
"""Elements that are drawn and worked on at one time, in a cache."""


@dataclass(frozen=True)
class Finish:
    """What becomes of numbers x of U[0, 1) or N(0, 1): offset + factor x, then the operations, then rounding."""

    affine: Affine
    operations: tuple[Operation, ...]
    dtype: np.dtype[Any]
    """The tensor's own, to which the array is rounded as `.astype` does."""

    def write(self, drawn: NDArray[Any], out: NDArray[Any]) -> None:
        """Put the finished numbers into `out`; what is drawn is overwritten."""
        if self.affine != Affine():
            np.multiply(drawn, self.affine.factor, out=drawn)
            np.add(drawn, self.affine.offset, out=drawn)
        for operation in self.operations:
            drawn = operation.apply(drawn)
        out[:] = drawn.astype(self.dtype, copy=False)

    @property
    def seconds(self) -> float:
        """Those of an element."""
        return 2 * COPY * (3 + len(self.operations))


@dataclass(frozen=True)
class UniformDraws:
    """Numbers of U[0, 1) from anywhere in the array."""

    position: Position
    drawn_in: np.dtype[Any]
    finish: Finish
    size: int
    """Of the whole array."""
    view: View | None = None

    def fill(self, out: NDArray[Any], start: int) -> None:
        drawn = np.empty(min(out.size, _TILE), self.drawn_in)
        for done in range(0, out.size, _TILE):
            piece = out[done : done + _TILE]
            self.position.uniform(drawn[: piece.size], start + done, self.view)
            self.finish.write(drawn[: piece.size], piece)

    def part(self, view: View) -> UniformDraws:
        return replace(self, view=view)

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        element = self.position.uniform_seconds(self.view, self.size)
        return Pace(element + self.finish.seconds, self.position.skip_seconds)


@dataclass(frozen=True)
class NormalDraws(WholeSource):
    """Numbers of N(0, 1), which reject: where one of them stands in the words follows from all before it."""

    position: Position
    drawn_in: np.dtype[Any]
    finish: Finish
    size: int
    itemsize: int
    """Of the dtype that the tensor is made in."""

    @property
    def work(self) -> int:
        seconds = self.position.skip_seconds + self.size * (self.position.normal_seconds + self.finish.seconds)
        # A multiplication in double precision counts for two.
        return 1 + int(seconds * MULTIPLICATIONS_A_SECOND / (self.itemsize / 4))

    @property
    def arrays(self) -> int:
        return 1

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        out = np.empty(self.size, dtype)
        normals = self.position.normals(self.drawn_in)
        for done in range(0, out.size, _TILE):
            piece = out[done : done + _TILE]
            self.finish.write(normals(piece.size), piece)
        return out
