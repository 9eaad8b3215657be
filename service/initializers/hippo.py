"""HiPPO: the matrices of state space models that remember."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.initializers.initializer import Initialization, Initializer, Target
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape
from service.tensors.pattern import Pattern
from service.tensors.spec import Scalar


def _odd(n: Integers) -> Doubles:
    """Return sqrt(2 n + 1)."""
    values: Doubles = np.sqrt(2.0 * n + 1.0)
    return values


def _half_odd(n: Integers) -> Doubles:
    values: Doubles = 0.5 * _odd(n)
    return values


def _lower(n: Integers, k: Integers, below: Any, diagonal: Any) -> Doubles:
    """Return a lower triangular matrix by its elements below and on the diagonal."""
    return np.where(n > k, below, np.where(n == k, diagonal, 0.0))


def _legs(n: Integers, k: Integers) -> Doubles:
    return _lower(n, k, -np.sqrt((2.0 * n + 1.0) * (2.0 * k + 1.0)), -(n + 1.0))


def _legs_normal(n: Integers, k: Integers) -> Doubles:
    beside: Doubles = 0.5 * np.sqrt((2.0 * n + 1.0) * (2.0 * k + 1.0))
    return np.where(n > k, -beside, np.where(n == k, -0.5, beside))


def _legt(n: Integers, k: Integers) -> Doubles:
    sign = np.where((n < k) & ((k - n) % 2 == 1), -1.0, 1.0)
    return -0.5 * _odd(n) * sign * _odd(k)


def _lmu(n: Integers, k: Integers) -> Doubles:
    is_negative = (n < k) | ((n - k) % 2 == 0)
    odd = (2.0 * n + 1.0).astype(np.float64)
    return np.where(is_negative, -odd, odd)


def _alternating(n: Integers) -> Doubles:
    odd = (2.0 * n + 1.0).astype(np.float64)
    return np.where(n % 2 == 0, odd, -odd)


def _squared_amplitude(n: Integers) -> Doubles:
    """Return the squares of a Fourier basis's values at the window's end: 1, then 2 of each cosine, 0 of each sine."""
    return np.where(n == 0, 1.0, np.where(n % 2 == 0, 2.0, 0.0))


def _fourier(n: Integers, k: Integers, frequency: float, drain: float) -> Doubles:
    """Return the rotation of each pair by its number times `frequency`, less `drain` times the window's end."""
    pair = (n // 2).astype(np.float64)
    rotation = np.where((n + 1 == k) & (n % 2 == 0), -frequency * pair, 0.0)
    rotation = np.where((k + 1 == n) & (k % 2 == 0), frequency * pair, rotation)
    return rotation - drain * np.sqrt(_squared_amplitude(n) * _squared_amplitude(k))


def _ends(n: Integers, scale: float) -> Doubles:
    values: Doubles = scale * np.sqrt(_squared_amplitude(n))
    return values


@dataclass(frozen=True)
class _Measure:
    """A kind of memory: its matrix A, its input vector B, and the columns P with which A + P Pᵀ is normal."""

    a: Callable[[Integers, Integers], Doubles]
    b: Callable[[Integers], Doubles]
    p: Callable[[Integers], tuple[Doubles, ...]] | None
    """None where no two columns make it normal."""
    is_paired: bool = False
    """Whether the basis comes in pairs, a cosine and a sine."""


_SQRT_HALF = math.sqrt(0.5)

_TILT = 0.01
"""The beta of glagt in the S4 code's `transition`."""


def _measures(beta: float) -> dict[str, _Measure]:
    return {
        "legs": _Measure(_legs, _odd, lambda n: (np.sqrt(n + 0.5),)),
        "legsd": _Measure(_legs_normal, _half_odd, lambda n: (np.zeros(n.shape),)),
        "legt": _Measure(
            _legt,
            _half_odd,
            lambda n: (np.where(n % 2 == 1, np.sqrt(n + 0.5), 0.0), np.where(n % 2 == 0, np.sqrt(n + 0.5), 0.0)),
        ),
        "lmu": _Measure(_lmu, _alternating, None),
        "lagt": _Measure(
            lambda n, k: _lower(n, k, -1.0, -0.5),
            lambda n: np.ones(n.shape),
            lambda n: (np.full(n.shape, _SQRT_HALF),),
        ),
        "glagt": _Measure(
            lambda n, k: _lower(n, k, -1.0, -0.5 * (1.0 + beta)),
            lambda n: np.full(n.shape, math.sqrt(beta)),
            lambda n: (np.full(n.shape, _SQRT_HALF),),
        ),
        "fout": _Measure(
            lambda n, k: _fourier(n, k, math.pi, 1.0),
            lambda n: _ends(n, 1.0),
            lambda n: (_ends(n, 1.0),),
            is_paired=True,
        ),
        "fourier_decay": _Measure(
            lambda n, k: _fourier(n, k, math.pi, 0.5),
            lambda n: _ends(n, 0.5),
            lambda n: (_ends(n, _SQRT_HALF),),
            is_paired=True,
        ),
        "fourier2": _Measure(
            lambda n, k: _fourier(n, k, 2.0 * math.pi, 2.0),
            lambda n: _ends(n, 2.0),
            lambda n: (_ends(n, math.sqrt(2.0)),),
            is_paired=True,
        ),
        "foud": _Measure(
            lambda n, k: _fourier(n, k, 2.0 * math.pi, 0.0) + np.where(n == k, -0.5, 0.0),
            lambda n: _ends(n, 1.0),
            lambda n: (np.zeros(n.shape),),
            is_paired=True,
        ),
    }


def _largest(formula: Callable[..., Doubles], shape: Shape) -> float:
    """Return the largest absolute value: along each axis elements alternate and grow, or are all alike."""
    ends = [np.unique(np.clip([0, 1, size - 4, size - 3, size - 2, size - 1], 0, size - 1)) for size in shape if size]
    if len(ends) < len(shape):
        return 0.0
    places = np.meshgrid(*ends, indexing="ij")
    return float(np.abs(formula(*(place.reshape(-1) for place in places))).max())


class Hippo(Initializer):
    """HiPPO's state matrix A, its input vector B, or the low-rank part P of A."""

    name = "hippo"
    ranks = (1, 2)
    random = False

    measure: Annotated[
        Literal["legs", "legt", "lmu", "lagt", "glagt", "fout", "fourier_decay", "fourier2", "foud", "legsd"],
        Field(
            description="legs: scaled Legendre; legt: translated Legendre; lmu: as in the Legendre Memory Unit; "
            "lagt: translated Laguerre; glagt: tilted by beta; fout: truncated Fourier; fourier_decay: half of its "
            "decay; fourier2: on [0, 1]; foud, legsd: the normal parts of Fourier and legs alone."
        ),
    ] = "legs"
    part: Annotated[
        Literal["A", "B", "P"] | None,
        Field(description="A, or B by default where the shape has rank 1; P: rows with which A + Pᵀ P is normal."),
    ] = None
    beta: Annotated[float | None, Field(gt=0, le=1e3, description="The tilt of glagt; 0.01 when it is not given.")] = (
        None
    )

    def defaults(self) -> dict[str, Any]:
        return {**super().defaults(), **({"beta": _TILT} if self.measure == "glagt" else {})}

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "hippo")
        if target.rank not in (1, 2):
            raise InvalidParameter(
                "shape", "hippo needs a shape of rank 2, for the matrices A and P, or 1, for B and P"
            )
        if self.beta is not None and self.measure != "glagt":
            raise InvalidParameter("beta", f"{self.measure} is not tilted; glagt is")
        beta = _TILT if self.beta is None else self.beta
        measure, part, order = _measures(beta)[self.measure], self._part(target), target.shape[-1]
        if measure.is_paired and order % 2:
            raise InvalidParameter("shape", f"the basis of {self.measure} comes in pairs: give an even order")
        facts: dict[str, Scalar] = {"measure": self.measure, "part": part, "order": order}
        if self.measure == "glagt":
            facts["beta"] = beta
        formula = self._formula(measure, part, target)
        return Initialization(Pattern(target.shape, formula), facts, _largest(formula, target.shape))

    def _part(self, target: Target) -> Literal["A", "B", "P"]:
        """Return the part that is asked for. Raises InvalidParameter when the shape is not one of it."""
        part = self.part or ("A" if target.rank == 2 else "B")
        if part == "A" and (target.rank != 2 or target.shape[0] != target.shape[1]):
            raise InvalidParameter("shape", "hippo's A is square: give its order twice")
        if part == "B" and target.rank != 1:
            raise InvalidParameter("shape", "hippo's B is a vector, of rank 1")
        return part

    def _formula(self, measure: _Measure, part: str, target: Target) -> Callable[..., Doubles]:
        if part == "P":
            return self._correction(measure, target)
        return measure.a if part == "A" else measure.b

    def _correction(self, measure: _Measure, target: Target) -> Callable[..., Doubles]:
        if measure.p is None:
            raise InvalidParameter("part", f"{self.measure} has no P of low rank")
        of_order, is_vector = measure.p, target.rank == 1
        needed = len(of_order(np.zeros(1, np.int64)))
        given = 1 if is_vector else target.shape[0]
        if given < needed:
            raise InvalidParameter("shape", f"the P of {self.measure} has {needed} rows")

        def correction(*place: Integers) -> Doubles:
            rows = of_order(place[-1])
            if is_vector:
                return rows[0]
            return np.select([place[0] == row for row in range(needed)], rows, 0.0)

        return correction
