"""Conditions on a layer, each with the words that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from service.activations.table import ACTIVATIONS
from service.advice.layer.description import ArchitectureName, Normalization
from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import LayerKind, LayerRole, fold_layer_word


class Sort(NamedTuple):
    """What layers have in common of which the same rules may hold."""

    kind: LayerKind
    role: LayerRole
    activation: str
    architectures: tuple[ArchitectureName, ...]


_Knowledge = Callable[[Sort], bool | None]


def _nothing(sort: Sort) -> None:
    return None


@dataclass(frozen=True)
class Condition:
    """A condition: what it says, and whether it holds. `a & b`, `a | b` and `~a` are conditions as well."""

    text: str
    holds: Callable[[Layer], bool]
    known: _Knowledge = _nothing
    """Whether it holds for all layers of a sort, or for none; None where it depends."""
    parts: tuple[Condition, ...] = ()
    """The conditions of which all must hold, where it is of several."""

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            f"{self.text}, {other.text}",
            lambda layer: self.holds(layer) and other.holds(layer),
            lambda sort: _all(self.known(sort), other.known(sort)),
            (*(self.parts or (self,)), *(other.parts or (other,))),
        )

    def __or__(self, other: Condition) -> Condition:
        return Condition(
            f"({self.text} or {other.text})",
            lambda layer: self.holds(layer) or other.holds(layer),
            lambda sort: _any(self.known(sort), other.known(sort)),
        )

    def __invert__(self) -> Condition:
        return Condition(f"not {self.text}", lambda layer: not self.holds(layer), lambda sort: _not(self.known(sort)))

    def left(self, sort: Sort) -> tuple[Callable[[Layer], bool], ...] | None:
        """Return what is left to ask of a layer of a sort; None where it cannot hold."""
        known = [(part, part.known(sort)) for part in self.parts or (self,)]
        if any(holds is False for _, holds in known):
            return None
        return tuple(part.holds for part, holds in known if holds is None)


def _all(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _any(first: bool | None, second: bool | None) -> bool | None:
    if first or second:
        return True
    return None if first is None or second is None else False


def _not(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


def kind(*kinds: LayerKind) -> Condition:
    return Condition(" or ".join(kinds), lambda layer: layer.kind in kinds, lambda sort: sort.kind in kinds)


def role(*roles: LayerRole) -> Condition:
    text = f"role {' or '.join(roles)}"
    return Condition(text, lambda layer: layer.role in roles, lambda sort: sort.role in roles)


def activation(*names: str) -> Condition:
    text = f"activation {' or '.join(names)}"
    return Condition(text, lambda layer: layer.activation.name in names, lambda sort: sort.activation in names)


def architecture(*names: ArchitectureName) -> Condition:
    """Return the condition that the network is one of these, or a family of models of one of these kinds."""
    meant = frozenset(names)
    return Condition(
        f"architecture {' or '.join(names)}",
        lambda layer: not meant.isdisjoint(layer.architectures),
        lambda sort: not meant.isdisjoint(sort.architectures),
    )


def normalization(*names: Normalization) -> Condition:
    return Condition(f"normalization {' or '.join(names)}", lambda layer: layer.normalization in names)


def deeper_than(layers: int) -> Condition:
    return Condition(f"depth {layers} or more", lambda layer: layer.depth is not None and layer.depth >= layers)


def has(name: str) -> Condition:
    """Return the condition that a member of the description is given."""
    return Condition(f"{name} given", lambda layer: getattr(layer.description, name) not in (None, False))


def member(name: str, *values: object) -> Condition:
    return Condition(
        f"{name} {' or '.join(map(str, values))}", lambda layer: getattr(layer.description, name) in values
    )


def called(text: str, *words: str) -> Condition:
    """Return the condition, told as `text`, that the layer is called by one of these words, which are folded."""
    meant = frozenset(words)
    return Condition(text, lambda layer: fold_layer_word(layer.description.layer) in meant)


VERY_DEEP = deeper_than(30)
"""Layers from which a network without skips and normalisation counts as very deep: a choice, no number of theory."""
HIDDEN = role("hidden", "first")
TRANSFORMER_MATRICES = role("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down")
WEIGHTED = kind("dense", "conv", "conv_transpose", "graph")
NORMALIZED = Condition("a normalisation after the layer", lambda layer: layer.is_normalized)
PLAIN = Condition("no skips and no normalisation", lambda layer: not layer.has_skips and layer.normalization == "none")
SKIPS = Condition("residual", lambda layer: layer.has_skips)
TRANSFORMER = Condition("in a transformer", lambda layer: layer.is_transformer)
BARE_AND_DEEP = PLAIN & VERY_DEEP
SECOND_OF_ADAPTER = Condition("the second matrix", lambda layer: layer.is_second_of_adapter)
DEPTHWISE = Condition("depthwise", lambda layer: layer.is_depthwise)
DEPTH_GIVEN = Condition("the number of layers given", lambda layer: layer.depth is not None)
UNEQUAL = 8.0
"""How many times as many inputs as outputs, or the other way round, count as very unequal: a choice."""
UNEQUAL_SIDES = Condition(
    "fan_in and fan_out very unequal", lambda layer: not 1.0 / UNEQUAL < layer.fan_in / layer.fan_out < UNEQUAL
)
FEW_INPUTS = Condition("fan_out far above fan_in", lambda layer: layer.fan_out >= UNEQUAL * layer.fan_in)
ONE_UNIT = Condition("one unit", lambda layer: layer.out == 1)
WIDENING = Condition(
    "as many outputs as inputs or more",
    lambda layer: layer.axes is not None and layer.axes.in_ * layer.groups <= layer.out,
)
ELSEWHERE = Condition("in a network of another kind", lambda _: False)
"""Of what no description says."""
GROUPED = Condition("groups above 1", lambda layer: layer.groups > 1)
ALWAYS = Condition("any other layer", lambda _: True)

RECTIFIERS = tuple(family.name for family in ACTIVATIONS if family.is_rectifier)
