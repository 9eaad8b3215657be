"""Conditions on a layer, each with the words that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.advice.case import Case
from service.advice.description import Architecture, Normalization
from service.advice.words import Kind, Role

Plainly = Callable[[Kind, Role, str], bool]


def _always(kind: Kind, role: Role, activation: str) -> bool:
    return True


@dataclass(frozen=True)
class Condition:
    """A condition: what it says, and whether it holds. `a & b`, `a | b` and `~a` are conditions as well."""

    text: str
    holds: Callable[[Case], bool]
    may_hold: Plainly = _always
    """Whether it can hold for any layer of a kind, a role and an activation, by which rules are looked up."""

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            f"{self.text}, {other.text}",
            lambda case: self.holds(case) and other.holds(case),
            lambda *layer: self.may_hold(*layer) and other.may_hold(*layer),
        )

    def __or__(self, other: Condition) -> Condition:
        return Condition(
            f"({self.text} or {other.text})",
            lambda case: self.holds(case) or other.holds(case),
            lambda *layer: self.may_hold(*layer) or other.may_hold(*layer),
        )

    def __invert__(self) -> Condition:
        return Condition(f"not {self.text}", lambda case: not self.holds(case))


def kind(*kinds: Kind) -> Condition:
    return Condition(" or ".join(kinds), lambda case: case.kind in kinds, lambda kind, *_: kind in kinds)


def role(*roles: Role) -> Condition:
    text = f"role {' or '.join(roles)}"
    return Condition(text, lambda case: case.role in roles, lambda _, role, __: role in roles)


def activation(*names: str) -> Condition:
    text = f"activation {' or '.join(names)}"
    return Condition(text, lambda case: case.activation in names, lambda _, __, activation: activation in names)


def architecture(*names: Architecture) -> Condition:
    return Condition(f"architecture {' or '.join(names)}", lambda case: case.said.architecture in names)


def normalization(*names: Normalization) -> Condition:
    return Condition(f"normalization {' or '.join(names)}", lambda case: case.normalization in names)


def deeper_than(layers: int) -> Condition:
    return Condition(f"depth {layers} or more", lambda case: case.depth is not None and case.depth >= layers)


def given(name: str) -> Condition:
    """Return the condition that a member of the description is given."""
    return Condition(f"{name} given", lambda case: getattr(case.said, name) not in (None, False))


def said(name: str, *values: object) -> Condition:
    return Condition(f"{name} {' or '.join(map(str, values))}", lambda case: getattr(case.said, name) in values)


HIDDEN = role("hidden", "first")
WEIGHTED = kind("dense", "conv", "conv_transpose", "graph")
PLAIN = Condition("no skips and no normalisation", lambda case: not case.has_skips and case.normalization == "none")
SKIPS = Condition("residual", lambda case: case.has_skips)
TRANSFORMER = Condition("in a transformer", lambda case: case.is_transformer)
DEPTHWISE = Condition("depthwise", lambda case: case.is_depthwise)
GROUPED = Condition("groups above 1", lambda case: case.groups > 1)
ALWAYS = Condition("any other layer", lambda _: True)
