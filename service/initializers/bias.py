"""Biases that start from what is known: a class's prior, a gate that should remember, time scales."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from service.arithmetic.transforms import log
from service.initializers.initializer import Finite, Initialization, Initializer, Target
from service.streams.view import View
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.lattice import Lattice
from service.tensors.pace import COPY, Pace
from service.tensors.pattern import Mapped
from service.tensors.source import Source, UniformSource
from service.tensors.sparse import SparseSource
from service.tensors.spec import Scalar

LSTM_GATES = "ifgo"
GRU_GATES = "rzn"


def _order_of(*cells: str) -> Callable[[str], str]:
    """Return a validator of texts that hold each letter of one of `cells` once."""

    def checked(value: str) -> str:
        if sorted(value) not in [sorted(gates) for gates in cells]:
            raise ValueError(f"must hold each of the letters {' or '.join(cells)} once, such as {cells[0]}")
        return value

    return checked


_LSTM_ORDER = (
    "input, forget, cell g, output: ifgo in PyTorch, cuDNN, Keras, MXNet, MLX, Flux and candle, igfo in TensorFlow 1's "
    "cells, iofg in ONNX"
)
_GRU_ORDER = "reset, update z, new: rzn in PyTorch, cuDNN, MXNet, MLX and candle, zrn in Keras and ONNX"

LstmOrder = Annotated[
    str, AfterValidator(_order_of(LSTM_GATES)), Field(description=f"The gates as they are stacked ({_LSTM_ORDER}).")
]
GruOrder = Annotated[
    str, AfterValidator(_order_of(GRU_GATES)), Field(description=f"The gates as they are stacked ({_GRU_ORDER}).")
]
Biases = Annotated[
    Literal[1, 2], Field(description="How many biases add: 2 in PyTorch and ONNX, each of which has half then.")
]


class PriorBias(Initializer):
    """The bias with which a classifier's first answers have a given probability."""

    name = "prior_bias"
    random = False

    prior: Annotated[float, Field(gt=0, lt=1, description="The probability of the positive class, π.")] = 0.01

    def initialize(self, target: Target) -> Initialization:
        value = -log((1.0 - self.prior) / self.prior)
        return Initialization.constant(value, {"prior": self.prior, "value": value})


def _units(target: Target, scheme: str, gates: str) -> int:
    """Return how many units the stacked gates have. Raises InvalidParameter."""
    cell, number = ("an LSTM", "four") if len(gates) == 4 else ("a GRU", "three")
    if target.rank != 1:
        raise InvalidParameter("shape", f"{scheme} makes a bias, of rank 1: {number} gates times the units")
    units, rest = divmod(target.shape[0], len(gates))
    if rest:
        raise InvalidParameter(
            "shape", f"the bias of {cell} has {number} gates: {len(gates)} must divide {target.shape[0]}"
        )
    return units


def _one_gate(value: float, gate: int, facts: dict[str, Scalar]) -> Initialization:
    """Return a bias that has `value` in one gate and zeros in the others; `facts` say how many units there are."""
    units = int(facts["units"])
    if not units:
        return Initialization.constant(0.0, facts)
    return Initialization(SparseSource(value, (Lattice(gate * units, ((1, units),)),)), facts, abs(value))


class LstmBias(Initializer):
    """An LSTM's bias with a forget gate that starts open."""

    name = "lstm_bias"
    ranks = (1, 1)
    random = False

    forget: Annotated[Finite, Field(description="The forget gate's bias.")] = 1.0
    gate_order: LstmOrder = "ifgo"
    biases: Biases = 1

    def initialize(self, target: Target) -> Initialization:
        units = _units(target, "lstm_bias", LSTM_GATES)
        value = self.forget / self.biases
        facts: dict[str, Scalar] = {
            "forget": self.forget, "gate_order": self.gate_order, "biases": self.biases, "units": units,
        }  # fmt: skip
        return _one_gate(value, self.gate_order.index("f"), facts)


class GruBias(Initializer):
    """A GRU's bias with an update gate that starts by keeping the state."""

    name = "gru_bias"
    ranks = (1, 1)
    random = False

    update: Annotated[Finite, Field(description="The update gate's bias; above 0 it keeps the state.")] = 1.0
    gate_order: GruOrder = "rzn"
    biases: Biases = 1

    def initialize(self, target: Target) -> Initialization:
        units = _units(target, "gru_bias", GRU_GATES)
        value = self.update / self.biases
        facts: dict[str, Scalar] = {
            "update": self.update, "gate_order": self.gate_order, "biases": self.biases, "units": units,
        }  # fmt: skip
        return _one_gate(value, self.gate_order.index("z"), facts)


@dataclass(frozen=True)
class _Gates:
    """A bias of stacked gates: a source's elements, times the sign, in each gate that has one, zeros in the others."""

    source: Source
    units: int
    signs: tuple[tuple[int, float], ...]
    offset: int = 0

    def fill(self, out: NDArray[Any], start: int) -> None:
        out.fill(0)
        first = start + self.offset
        for gate, sign in self.signs:
            begin = max(gate * self.units, first)
            end = min((gate + 1) * self.units, first + out.size)
            if begin < end:
                drawn = np.empty(end - begin, np.float64)
                self.source.fill(drawn, begin - gate * self.units)
                out[begin - first : end - first] = sign * drawn

    def part(self, view: View) -> _Gates:
        # A slice of a vector is a run of neighbours.
        return replace(self, offset=view.offset)

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return self.source.pace(dtype).slower(COPY)


class Chrono(Initializer):
    """Tallec's chrono initialization."""

    name = "chrono"
    ranks = (1, 1)

    longest: Annotated[
        float, Field(ge=3, le=1e9, allow_inf_nan=False, description="T_max, the longest dependency, in time steps.")
    ]
    cell: Annotated[Literal["lstm", "gru"], Field(description="A GRU has an update gate for the LSTM's two.")] = "lstm"
    gate_order: Annotated[
        Annotated[str, AfterValidator(_order_of(LSTM_GATES, GRU_GATES))] | None,
        Field(description=f"The gates as they are stacked: {LSTM_GATES} by default, or {GRU_GATES} for a GRU."),
    ] = None
    biases: Biases = 1

    def defaults(self) -> dict[str, Any]:
        return {**super().defaults(), "gate_order": self._gates}

    @property
    def _gates(self) -> str:
        return LSTM_GATES if self.cell == "lstm" else GRU_GATES

    def initialize(self, target: Target) -> Initialization:
        order = self.gate_order or self._gates
        if sorted(order) != sorted(self._gates):
            raise InvalidParameter("gate_order", f"must hold the gates of cell={self.cell}: {self._gates}")
        units = _units(target, "chrono", order)
        refuse_complex(target.dtype, "chrono")
        share = 1.0 / self.biases
        scales = Mapped(UniformSource(target.stream, 1.0, self.longest - 1.0), lambda drawn: share * log(drawn))
        signs = {"f": 1.0, "i": -1.0, "z": 1.0}
        signed = tuple((gate, signs[letter]) for gate, letter in enumerate(order) if letter in signs)
        facts: dict[str, Scalar] = {
            "longest": self.longest, "cell": self.cell, "gate_order": order, "biases": self.biases, "units": units,
        }  # fmt: skip
        if not units:
            return Initialization.constant(0.0, facts)
        return Initialization(_Gates(scales, units, signed), facts, math.log(self.longest))
