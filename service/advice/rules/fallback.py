"""The rule for any other layer."""

from __future__ import annotations

from service.advice.rules.condition import ALWAYS
from service.advice.rules.recipes import GLOROT_UNIFORM, LECUN_NORMAL, ORTHOGONAL
from service.advice.rules.rule import Choice, Rule

FALLBACK_RULES = (
    Rule(
        "fallback",
        ALWAYS,
        LECUN_NORMAL,
        "LeCun's variance keeps the scale of a layer that no nonlinearity follows.",
        ("lecun1998",),
        (
            Choice(GLOROT_UNIFORM, "keeping the gradient matters as much as keeping the signal", ("glorot2010",)),
            Choice(ORTHOGONAL, "norms should be kept exactly", ("saxe2013",)),
        ),
    ),
)
