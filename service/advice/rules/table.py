"""All rules, in the order of precedence: of those whose condition holds, the first answers.

Explicit parametrisations, then what families of models do, layers with a special part to play, the recipes of kinds of
networks, kinds of layers, very deep networks, activations. What a family's own code does comes before all but the
first two.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from service.advice.layer.layer import Layer
from service.advice.rules.activations import ACTIVATION_RULES
from service.advice.rules.architectures import ARCHITECTURE_RULES
from service.advice.rules.condition import Sort
from service.advice.rules.deep_networks import DEEP_NETWORK_RULES
from service.advice.rules.fallback import FALLBACK_RULES
from service.advice.rules.models import MODEL_RULES
from service.advice.rules.own_code import with_own_code
from service.advice.rules.parametrizations import PARAMETRIZATION_RULES
from service.advice.rules.recurrent import RECURRENT_RULES
from service.advice.rules.roles import ROLE_RULES
from service.advice.rules.rule import Rule
from service.advice.rules.structures import STRUCTURE_RULES

TABLES: tuple[tuple[Rule, ...], ...] = (
    PARAMETRIZATION_RULES,
    MODEL_RULES,
    ROLE_RULES,
    ARCHITECTURE_RULES,
    RECURRENT_RULES,
    STRUCTURE_RULES,
    DEEP_NETWORK_RULES,
    ACTIVATION_RULES,
    FALLBACK_RULES,
)
"""In the order in which they are tried."""

RULES: tuple[Rule, ...] = tuple(rule for table in TABLES for rule in table)


def rule_for(layer: Layer) -> Rule:
    """Return the first rule whose condition holds, with what the code of the layer's family does before it."""
    return with_own_code(layer, first_rule(layer))


def first_rule(layer: Layer) -> Rule:
    """Return the first rule whose condition holds."""
    for rule, left in _candidates(Sort(layer.kind, layer.role, layer.activation.name, layer.architectures)):
        for holds in left:
            if not holds(layer):
                break
        else:
            return rule
    raise AssertionError("the last rule is for any layer")


@functools.lru_cache(maxsize=1024)
def _candidates(sort: Sort) -> tuple[tuple[Rule, tuple[Callable[[Layer], bool], ...]], ...]:
    """Return the rules that may hold for layers of a sort, each with what is left to ask."""
    left = [(rule, rule.when.left(sort)) for rule in RULES]
    return tuple((rule, conditions) for rule, conditions in left if conditions is not None)
