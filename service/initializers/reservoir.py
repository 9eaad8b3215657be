"""Recurrent matrices of echo state networks, which are not trained: random ones, cycles and permutations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.arithmetic.arrays import Doubles, Integers
from service.arithmetic.transforms import cosine_of_turns
from service.initializers.initializer import (
    Finite,
    Initialization,
    Initializer,
    Target,
    order_of_square,
)
from service.linear_algebra.spectral_radius import SMALLEST_REDUCED, SQUARINGS, spectral_radius
from service.tensors.dtypes import DTYPES
from service.tensors.errors import InvalidParameter
from service.tensors.laws import ElementMoments, Normal, Uniform
from service.tensors.pattern import Mapped, Pattern, Thinned
from service.tensors.source import ConstantSource, Source, UniformSource, WholeSource
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class _Scaled(WholeSource):
    """A matrix times what makes its spectral radius the wanted one; as it is where that is 0."""

    order: int
    drawn: Source
    radius: float
    largest: float
    """Elements beyond it, which only a radius of almost 0 can make, become it."""
    threads: int

    @property
    def work(self) -> int:
        # The squares that are reduced have few directions left soon after the first ten.
        products = 20 if self.order >= SMALLEST_REDUCED else SQUARINGS
        return products * (self.order**3 + _PRODUCT_OVERHEAD)

    @property
    def workspace(self) -> int:
        return 4 * 8 * self.order**2

    def materialize(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        drawn = np.empty(self.order**2)
        self.drawn.fill(drawn, 0)
        radius = spectral_radius(drawn.reshape(self.order, self.order), self.threads)
        scale = self.radius / radius if radius else math.inf
        if math.isfinite(scale):
            drawn *= scale
        return np.clip(drawn, -self.largest, self.largest).astype(dtype)


_PRODUCT_OVERHEAD = 2**17
"""What a product of matrices costs however small they are, in multiplications: some microseconds."""

_MEAN_SQUARES = {"uniform": 1.0 / 3.0, "normal": 1.0, "bernoulli": 1.0}
"""Of an element that is there, before it is scaled."""


class Reservoir(Initializer):
    """A random sparse recurrent matrix with a given spectral radius."""

    name = "reservoir"
    ranks = (2, 2)

    density: Annotated[
        float, Field(ge=1e-9, le=1, description="The probability that an element is not zero, each by itself.")
    ] = 0.1
    distribution: Annotated[
        Literal["uniform", "normal", "bernoulli"],
        Field(description="Of the elements that are not zero: even on an interval about 0, normal, or ± one number."),
    ] = "uniform"
    spectral_radius: Annotated[
        float, Field(ge=0, le=1e6, description="The largest absolute value of the matrix's eigenvalues.")
    ] = 0.9
    scaling: Annotated[
        Literal["eigenvalue", "circular_law"],
        Field(
            description="eigenvalue: exactly, by the drawn matrix's radius, so that it is made whole; circular_law: by "
            "the radius to be expected, so that any part can be had at once."
        ),
    ] = "eigenvalue"

    def initialize(self, target: Target) -> Initialization:
        order = order_of_square(target, "reservoir")
        facts: dict[str, Scalar] = {
            "density": self.density, "distribution": self.distribution, "spectral_radius": self.spectral_radius,
            "scaling": self.scaling,
        }  # fmt: skip
        if order == 0 or self.spectral_radius == 0.0:
            return Initialization.constant(0.0, facts)
        mean_square = _MEAN_SQUARES[self.distribution]
        scale = self.spectral_radius / math.sqrt(order * self.density * mean_square)
        largest = scale
        if self.distribution == "normal":
            drawn_as = DTYPES["float64"] if self.scaling == "eigenvalue" else target.dtype
            largest = Normal(0.0, scale).largest(target.stream, drawn_as)
        if self.scaling == "eigenvalue":
            # A dtype that holds what is to be expected may still be too narrow for a draw of almost no radius.
            held = target.dtype.largest
            drawn = self._thinned(target, 1.0)
            return Initialization(
                _Scaled(order, drawn, self.spectral_radius, held, target.threads), facts, max(largest, held)
            )
        std = self.spectral_radius / math.sqrt(order)
        facts |= {"mean": 0.0, "std": std, "std_of_others": scale * math.sqrt(mean_square)}
        source = self._thinned(target, scale) if scale else ConstantSource(0.0)
        return Initialization(source, facts, largest, ElementMoments(0.0, std))

    def _thinned(self, target: Target, scale: float) -> Source:
        """Return the matrix before it is scaled, times `scale`."""
        return Thinned(self._dense(target, scale), UniformSource(target.stream.mask(), 0.0, 1.0), self.density)

    def _dense(self, target: Target, scale: float) -> Source:
        if self.distribution == "uniform":
            return Uniform.between(-scale, scale).source(target.stream, target.dtype)
        if self.distribution == "normal":
            return Normal(0.0, scale).source(target.stream, target.dtype)
        return Mapped(UniformSource(target.stream, -1.0, 1.0), lambda drawn: np.where(drawn < 0.0, -scale, scale))


class CycleReservoir(Initializer):
    """A recurrent matrix without randomness: a line or a cycle of units."""

    name = "cycle_reservoir"
    ranks = (2, 2)
    random = False

    kind: Annotated[
        Literal["delay_line", "delay_line_feedback", "cycle", "cycle_jumps"],
        Field(
            description="delay_line: each unit to the next; delay_line_feedback: and back; cycle: the last one to the "
            "first too; cycle_jumps: and shortcuts to and fro."
        ),
    ] = "cycle"
    weight: Annotated[Finite, Field(description="Of the connections along the line or the cycle.")] = 0.1
    feedback: Annotated[
        Finite | None, Field(description="Of those back along the line; 0.1. For kind=delay_line_feedback.")
    ] = None
    jump: Annotated[
        int | None, Field(ge=1, le=2**53, description="How many units a shortcut passes; 3. For kind=cycle_jumps.")
    ] = None
    jump_weight: Annotated[Finite | None, Field(description="Of the shortcuts; 0.1. For kind=cycle_jumps.")] = None

    def defaults(self) -> dict[str, Any]:
        return {**super().defaults(), **_OWN[self.kind]}

    def initialize(self, target: Target) -> Initialization:
        order, own = order_of_square(target, "cycle_reservoir"), self._own()
        feedback, jump, jump_weight = own.get("feedback", 0.0), int(own.get("jump", 1)), own.get("jump_weight", 0.0)
        if self.kind == "cycle_jumps" and jump >= order > 0:
            raise InvalidParameter("jump", f"jump must be below the order, {order}")
        is_cycle, has_jumps = self.kind in ("cycle", "cycle_jumps"), self.kind == "cycle_jumps"

        def connected(row: Integers, column: Integers) -> Doubles:
            to_first = (row == 0) & (column == order - 1) if is_cycle else np.zeros(row.shape, np.bool_)
            value = np.where(to_first | (row == column + 1), self.weight, 0.0)
            if self.kind == "delay_line_feedback":
                value[column == row + 1] = feedback
            if has_jumps:
                distance = np.abs(row - column)
                # The latter is a multiple of jump only where jump divides the order.
                reaches = (distance == jump) | (distance == order - jump)
                value[reaches & (row % jump == 0) & (column % jump == 0)] = jump_weight
            return value

        facts: dict[str, Scalar] = {"kind": self.kind, "weight": self.weight, **own, **self._radius(order, feedback)}
        largest = max(abs(self.weight), abs(feedback), abs(jump_weight))
        return Initialization(Pattern(target.shape, connected), facts, largest)

    def _own(self) -> dict[str, float]:
        """Return the kind's own parameters. Raises InvalidParameter when another's is given."""
        own = _OWN[self.kind]
        for name in ("feedback", "jump", "jump_weight"):
            if name not in own and getattr(self, name) is not None:
                raise InvalidParameter(name, f"kind={self.kind} takes no {name}")
        return {name: default if getattr(self, name) is None else getattr(self, name) for name, default in own.items()}

    def _radius(self, order: int, feedback: float) -> dict[str, Scalar]:
        """Return the spectral radius, where a formula gives it."""
        if order == 0 or self.kind == "cycle_jumps":
            return {}
        if self.kind == "delay_line_feedback":
            # The eigenvalues of a tridiagonal Toeplitz matrix.
            cosine = cosine_of_turns(0.5 / (order + 1)) if order > 1 else 0.0
            radius = 2.0 * cosine * math.sqrt(abs(self.weight)) * math.sqrt(abs(feedback))
            return {"spectral_radius": radius} if math.isfinite(radius) else {}
        return {"spectral_radius": abs(self.weight) if self.kind == "cycle" else 0.0}


_OWN: dict[str, dict[str, float]] = {
    "delay_line": {},
    "delay_line_feedback": {"feedback": 0.1},
    "cycle": {},
    "cycle_jumps": {"jump": 3, "jump_weight": 0.1},
}
"""The parameters that a kind has beside the weight, with their defaults: those of ReservoirComputing.jl."""


class Permutation(Initializer):
    """A random permutation matrix."""

    name = "permutation"
    ranks = (2, 2)

    weight: Annotated[Finite, Field(description="The number in each row and each column; the spectral radius.")] = 1.0

    def initialize(self, target: Target) -> Initialization:
        order, stream = order_of_square(target, "permutation"), target.stream

        def permuted(row: Integers, column: Integers) -> Doubles:
            heads = np.flatnonzero(np.diff(row, prepend=-1))
            target_columns = stream.permuted(np.zeros(heads.size, np.int64), row[heads], order)
            return np.where(column == np.repeat(target_columns, np.diff(heads, append=row.size)), self.weight, 0.0)

        facts: dict[str, Scalar] = {"weight": self.weight, "spectral_radius": abs(self.weight)}
        if not order:
            return Initialization.constant(0.0, facts)
        mean, std = self.weight / order, abs(self.weight) * math.sqrt(order - 1.0) / order
        source, law = Pattern(target.shape, permuted), ElementMoments(mean, std)
        return Initialization(source, {**facts, "mean": mean, "std": std}, abs(self.weight), law)
