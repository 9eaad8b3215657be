"""Biases that start from what is known: a class's prior, a gate that should remember, time scales."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from service.initializers.entry import Built, Entry, Finite, Initializer, Reference, Target, refuse_complex
from service.streams.transforms import log
from service.streams.view import View
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Mapped
from service.tensors.source import Constant, Lattice, Source, Sparse, Uniform
from service.tensors.spec import Scalar

GATES = "ifgo"


def _gate_order(value: str) -> str:
    if sorted(value) != sorted(GATES):
        raise ValueError(f"must hold each of the letters {GATES} once, such as ifgo or iofg")
    return value


GateOrder = Annotated[
    str,
    AfterValidator(_gate_order),
    Field(
        description="The gates (input, forget, cell g, output) as they are stacked: ifgo in PyTorch, cuDNN, Keras, "
        "TensorFlow and MXNet; iofg in ONNX."
    ),
]

JOZEFOWICZ = Reference(
    "Rafal Jozefowicz, Wojciech Zaremba, Ilya Sutskever",
    "An Empirical Exploration of Recurrent Network Architectures",
    2015,
    "https://proceedings.mlr.press/v37/jozefowicz15.html",
)
TALLEC = Reference(
    "Corentin Tallec, Yann Ollivier",
    "Can recurrent neural networks warp time?",
    2018,
    "https://arxiv.org/abs/1804.11188",
)
LIN = Reference(
    "Tsung-Yi Lin, Priya Goyal, Ross Girshick, Kaiming He, Piotr Dollár",
    "Focal Loss for Dense Object Detection",
    2017,
    "https://arxiv.org/abs/1708.02002",
)


class PriorBias(Initializer):
    """The bias with which a classifier's first answers have a given probability."""

    prior: Annotated[float, Field(gt=0, lt=1, description="The probability of the positive class, π.")] = 0.01

    entry: ClassVar[Entry] = Entry(
        name="prior_bias",
        summary="The logit of a prior probability, everywhere.",
        formula="b = -ln((1 - π) / π)",
        when="The last bias of a detector or of any classifier whose positives are rare.",
        references=(LIN,),
        aliases={"mmengine": ("bias_init_with_prob",)},
        random=False,
        example="shape=80&prior=0.01",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        value = -log((1.0 - self.prior) / self.prior)
        return Built(Constant(value), {"prior": self.prior, "value": value}, abs(value))


def _units(target: Target, scheme: str) -> int:
    """Return how many units four stacked gates have. Raises InvalidParameter."""
    if target.rank != 1:
        raise InvalidParameter("shape", f"{scheme} makes a bias, of rank 1: four gates times the units")
    units, rest = divmod(target.shape[0], 4)
    if rest:
        raise InvalidParameter("shape", f"the bias of an LSTM has four gates: 4 must divide {target.shape[0]}")
    return units


class LstmBias(Initializer):
    """An LSTM's bias with a forget gate that starts open."""

    forget: Annotated[Finite, Field(description="The forget gate's bias.")] = 1.0
    gate_order: GateOrder = "ifgo"
    biases: Annotated[
        Literal[1, 2], Field(description="How many biases add: 2 in PyTorch, each of which has half then.")
    ] = 1

    entry: ClassVar[Entry] = Entry(
        name="lstm_bias",
        summary="Zero but in the forget gate, where it is 1: the cell remembers until it learns not to.",
        formula="b = forget / biases in the forget gate, else 0",
        when="The bias of every LSTM.",
        references=(JOZEFOWICZ,),
        aliases={"MXNet": ("LSTMBias",), "Keras": ("unit_forget_bias",)},
        traps=(
            "PyTorch adds two biases, bias_ih and bias_hh: give both with biases=2, or one with zeros for the other.",
            "ONNX stacks input, output, forget, cell: gate_order=iofg.",
        ),
        ranks=(1, 1),
        random=False,
        example="shape=512",
    )

    def build(self, target: Target) -> Built:
        units = _units(target, "lstm_bias")
        value = self.forget / self.biases
        gate = Lattice(self.gate_order.index("f") * units, ((1, units),))
        facts: dict[str, Scalar] = {
            "forget": self.forget, "gate_order": self.gate_order, "biases": self.biases, "units": units,
        }  # fmt: skip
        return Built(Sparse(value, (gate,)) if units else Constant(0.0), facts, abs(value))


@dataclass(frozen=True)
class _Gates:
    """A bias of four gates, of which one has a source's elements, another their negatives, the others zeros."""

    source: Source
    units: int
    positive: int
    negative: int
    offset: int = 0

    def fill(self, out: NDArray[Any], start: int) -> None:
        out.fill(0)
        first = start + self.offset
        for gate, sign in ((self.positive, 1.0), (self.negative, -1.0)):
            begin = max(gate * self.units, first)
            end = min((gate + 1) * self.units, first + out.size)
            if begin < end:
                drawn = np.empty(end - begin, np.float64)
                self.source.fill(drawn, begin - gate * self.units)
                out[begin - first : end - first] = sign * drawn

    def part(self, view: View) -> _Gates:
        # A slice of a vector is a run of neighbours.
        return _Gates(self.source, self.units, self.positive, self.negative, view.offset)


class Chrono(Initializer):
    """Tallec's chrono initialization."""

    longest: Annotated[
        float, Field(ge=3, le=1e9, allow_inf_nan=False, description="T_max, the longest dependency, in time steps.")
    ]
    gate_order: GateOrder = "ifgo"
    biases: Annotated[
        Literal[1, 2], Field(description="How many biases add: 2 in PyTorch, each of which has half then.")
    ] = 1

    entry: ClassVar[Entry] = Entry(
        name="chrono",
        summary="An LSTM's bias whose units forget at time scales from one step to the longest dependency.",
        formula="b_f = ln u, u ~ U[1, T_max - 1), b_i = -b_f, the others 0",
        when="LSTMs that must remember over long sequences of known length.",
        references=(TALLEC,),
        aliases={"chrono": ("chrono_initialization",)},
        traps=(
            "PyTorch adds two biases: give both with biases=2 and the same name and seed, or zeros for one of them.",
        ),
        ranks=(1, 1),
        example="shape=512&longest=784&seed=42",
    )

    def build(self, target: Target) -> Built:
        units = _units(target, "chrono")
        refuse_complex(target, "chrono")
        share = 1.0 / self.biases
        scales = Mapped(Uniform(target.stream, 1.0, self.longest - 1.0), lambda drawn: share * log(drawn))
        order = self.gate_order
        source = _Gates(scales, units, order.index("f"), order.index("i")) if units else Constant(0.0)
        facts: dict[str, Scalar] = {
            "longest": self.longest, "gate_order": order, "biases": self.biases, "units": units,
        }  # fmt: skip
        return Built(source, facts, math.log(self.longest))
