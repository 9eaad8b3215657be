"""All rules, in the order of precedence: of those whose condition holds, the first answers.

Explicit parametrisations, then layers with a special part to play, the recipes of architectures, kinds of layers, very
deep networks, activations.
"""

from __future__ import annotations

import functools

from service.advice.case import Case
from service.advice.rules.activations import ACTIVATION_RULES, DEEP_RULES
from service.advice.rules.architectures import ARCHITECTURE_RULES
from service.advice.rules.layer_types import FALLBACK_RULES, RECURRENT_RULES, STRUCTURE_RULES
from service.advice.rules.rule import Rule
from service.advice.rules.special_roles import PARAMETRISATION_RULES, ROLE_RULES
from service.advice.words import Kind, Role

RULES: tuple[Rule, ...] = (
    *PARAMETRISATION_RULES,
    *ROLE_RULES,
    *ARCHITECTURE_RULES,
    *RECURRENT_RULES,
    *STRUCTURE_RULES,
    *DEEP_RULES,
    *ACTIVATION_RULES,
    *FALLBACK_RULES,
)


def rule_for(case: Case) -> Rule:
    """Return the first rule whose condition holds."""
    return next(rule for rule in _candidates(case.kind, case.role, case.activation) if rule.when.holds(case))


@functools.cache
def _candidates(kind: Kind, role: Role, activation: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.when.may_hold(kind, role, activation))
