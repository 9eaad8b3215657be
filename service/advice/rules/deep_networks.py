"""Rules for very deep networks without skips and normalisation."""

from __future__ import annotations

from service.advice.recipe import recipe
from service.advice.rules.condition import HIDDEN, PLAIN, RECTIFIERS, WEIGHTED, Condition, activation, deeper_than, kind
from service.advice.rules.recipes import (
    GLOROT_NORMAL,
    GLOROT_UNIFORM,
    HE_FAN_OUT,
    HE_NORMAL,
    LECUN_NORMAL,
    ORTHOGONAL,
    ORTHOGONAL_PRESERVING,
)
from service.advice.rules.rule import Choice, Rule

_VERY_DEEP = 30
"""Layers from which a network without skips and normalisation counts as very deep: a choice, no number of theory."""

_WIDENING = Condition(
    "as many outputs as inputs or more",
    lambda layer: layer.axes is not None and layer.axes.in_ * layer.groups <= layer.out,
)
_DELTA_ORTHOGONAL = recipe("delta_orthogonal")

DEEP_NETWORK_RULES = (
    Rule(
        "very_deep_convolution",
        WEIGHTED
        & kind("conv")
        & HIDDEN
        & PLAIN
        & deeper_than(_VERY_DEEP)
        & activation("tanh", "linear", "erf", "arctan")
        & _WIDENING,
        _DELTA_ORTHOGONAL,
        "A kernel that is an orthogonal matrix at its centre keeps the norm of every signal, whatever the depth: "
        "networks of ten thousand layers were trained so.",
        ("xiao2018", "saxe2013"),
        (
            Choice(ORTHOGONAL, "the kernel should be random at all its places", ("saxe2013",)),
            Choice(GLOROT_NORMAL, "with skips or normalisation, which a network so deep should have", ("glorot2010",)),
            Choice(LECUN_NORMAL, "the forward signal matters more than the gradient", ("lecun1998",)),
        ),
        warnings=("A network so deep without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep",
        WEIGHTED
        & kind("dense", "conv")
        & HIDDEN
        & PLAIN
        & deeper_than(_VERY_DEEP)
        & activation("tanh", "linear", "selu", "erf", "arctan", "lecun_tanh", "sin"),
        ORTHOGONAL,
        "An orthogonal matrix adds none of the noise with which products of many random matrices grow or vanish; the "
        "gain 1 is where the gradient neither grows nor vanishes exponentially.",
        ("saxe2013", "pennington2017", "hu2020"),
        (
            Choice(GLOROT_NORMAL, "a network of moderate depth", ("glorot2010",)),
            Choice(LECUN_NORMAL, "the forward signal matters more than the gradient", ("lecun1998",)),
            Choice(
                recipe("orthogonal", gain=1.1), "the signal fades with the depth: up to 1.1 keeps it up", ("saxe2013",)
            ),
        ),
        warnings=("A network so deep without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep_rectifier",
        WEIGHTED & HIDDEN & PLAIN & deeper_than(_VERY_DEEP) & activation(*RECTIFIERS),
        HE_NORMAL,
        "He's variance makes up for the half that a rectifier drops. At such depth the product's noise matters too: "
        "the orthogonal matrix of the same gain, which stands next, has two fifths less of its variance.",
        ("he2015", "hanin2018"),
        (
            Choice(
                ORTHOGONAL_PRESERVING,
                "as deep as this: the same scale, and less noise from draw to draw",
                ("saxe2013", "hanin2018"),
            ),
            Choice(HE_FAN_OUT, "the gradient's scale matters more than the signal's", ("he2015",)),
            Choice(GLOROT_UNIFORM, "never for rectifiers: the signal halves in each layer", ("glorot2010",)),
        ),
        warnings=("A network so deep without skips trains slowly at best; add skips and normalisation.",),
    ),
)
