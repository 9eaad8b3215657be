"""S4D: the diagonals that stand for HiPPO's matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.initializer import Initialization, Initializer, Target
from service.linear_algebra.arctangent_sums import frequencies
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape
from service.tensors.pattern import Pattern
from service.tensors.source import WholeSource
from service.tensors.spec import Scalar

LARGEST_LEGS = 2048
"""Numbers of s4d's kind legs in a row: they take about half a second."""


_NEWTON_STEPS = 12
"""About; what one eigenvalue takes."""

_ARCTANGENT = 60
"""What an arctangent costs, in multiplications."""


@dataclass(frozen=True)
class _LegsDiagonal(WholeSource):
    """The eigenvalues of the normal part of HiPPO-LegS in every row."""

    shape: Shape

    @property
    def work(self) -> int:
        # Each takes as many arctangents as the state is large, at each step.
        return _NEWTON_STEPS * 2 * self.shape[-1] ** 2 * _ARCTANGENT + math.prod(self.shape)

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        row = np.empty(self.shape[-1], dtype)
        row.real = -0.5
        row.imag = frequencies(row.size)
        return np.tile(row, math.prod(self.shape[:-1]))


class S4d(Initializer):
    """The diagonal of a state space model's matrix."""

    name = "s4d"
    ranks = (1, None)
    random = False

    kind: Annotated[
        Literal["lin", "inv", "inv2", "quad", "legs", "real"],
        Field(
            description="lin: as of a Fourier basis; inv: approximates legs; inv2, quad: variants; legs: the "
            "eigenvalues of HiPPO-LegS's normal part; real: without imaginary parts."
        ),
    ] = "lin"

    def initialize(self, target: Target) -> Initialization:
        if not target.shape:
            raise InvalidParameter("shape", "s4d needs a shape of rank 1 or more, its last axis the state")
        if target.dtype.is_complex == (self.kind == "real"):
            wanted = "a real dtype" if self.kind == "real" else "dtype=complex64 or complex128"
            raise InvalidParameter("dtype", f"kind={self.kind} needs {wanted}")
        size = target.shape[-1]
        facts: dict[str, Scalar] = {"kind": self.kind, "order": size}
        if self.kind == "legs":
            if size > LARGEST_LEGS:
                raise InvalidParameter("shape", f"the last axis of kind=legs has at most {LARGEST_LEGS} numbers")
            if 0 in target.shape:
                return Initialization.constant(0.0, facts)
            largest = 4.0 * size * size / math.pi
            return Initialization(_LegsDiagonal(target.shape), facts, largest)

        def diagonal(*coordinates: Integers) -> NDArray[Any]:
            return _diagonal(self.kind, coordinates[-1].astype(np.float64), size)

        largest = float(np.abs(_diagonal(self.kind, np.array([0.0, max(size - 1.0, 0.0)]), size)).max())
        return Initialization(Pattern(target.shape, diagonal), facts, largest)


def _diagonal(kind: str, n: Doubles, size: int) -> NDArray[Any]:
    if kind == "real":
        return -(n + 1.0)
    state = 2.0 * size
    odd = 2.0 * n + 1.0
    imaginary = {
        "lin": lambda: math.pi * n,
        "inv": lambda: state / math.pi * (state / odd - 1.0),
        "inv2": lambda: state / math.pi * (state / (n + 1.0) - 1.0),
        "quad": lambda: odd * odd / math.pi,
    }[kind]()
    return -0.5 + 1j * imaginary
