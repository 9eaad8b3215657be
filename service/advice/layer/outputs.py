"""What a layer's activation says of its being the output of a network: a softmax, a sigmoid of one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.advice.layer.description import LayerDescription
from service.advice.layer.vocabulary import LayerKind, LayerRole
from service.likeness import fold

_SOFTMAXES = frozenset(("softmax", "logsoftmax", "softmin", "sparsemax"))
"""Activations, folded, whose inputs are the logits of classes."""

SIGMOIDS = frozenset(("sigmoid", "hardsigmoid", "logistic"))
"""Those, folded, whose values are between 0 and 1."""

_KINDS: frozenset[LayerKind] = frozenset(("dense", "conv"))


@dataclass(frozen=True)
class Output:
    """The role of a layer that ends a network, and what says so."""

    role: LayerRole
    reason: str

    @property
    def members(self) -> Mapping[str, object]:
        """What is told as assumed."""
        return {"role": self.role, "role_from": self.reason}


_OF_SOFTMAX = Output(
    "head", "the softmax after it, as of a classifier's output; give role=router where it chooses experts"
)
_OF_ONE_SIGMOID = Output(
    "binary_head",
    "its one unit with a sigmoid, as of a classifier of two classes; give role=hidden where the unit is a gate",
)


def folded_activation(name: str | None) -> str:
    """Return an activation's name without its module, its case and a call's brackets; empty where there is none."""
    return "" if name is None else fold(name[:64].partition("(")[0].rpartition(".")[2])


def is_softmax(name: str | None) -> bool:
    """Return whether an activation is one that makes probabilities of all units together."""
    return folded_activation(name) in _SOFTMAXES


def output_by_softmax(description: LayerDescription, kind: LayerKind) -> Output | None:
    """Return the role of a layer whose outputs go through a softmax; None of others."""
    return _OF_SOFTMAX if kind in _KINDS and is_softmax(description.activation) else None


def output_by_sigmoid(description: LayerDescription, kind: LayerKind, units: int) -> Output | None:
    """Return the role of a layer that gives one number between 0 and 1; None of others."""
    is_probability = folded_activation(description.activation) in SIGMOIDS
    return _OF_ONE_SIGMOID if kind in _KINDS and units == 1 and is_probability else None
