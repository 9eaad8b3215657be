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
        "A kernel that is an orthogonal matrix at its centre keeps the norm of every signal at any depth: Xiao et "
        "al. trained networks of ten thousand layers so.",
        ("xiao2018", "saxe2013"),
        (
            Choice(ORTHOGONAL, "the kernel should be random at all its places", ("saxe2013",)),
            Choice(GLOROT_NORMAL, "you add skips or normalisation, as so deep a network should", ("glorot2010",)),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
        ),
        warnings=("So deep a network without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep",
        WEIGHTED
        & kind("dense", "conv")
        & HIDDEN
        & PLAIN
        & deeper_than(_VERY_DEEP)
        & activation("tanh", "linear", "selu", "erf", "arctan", "hardtanh", "softsign", "lecun_tanh", "sin"),
        ORTHOGONAL,
        "Products of many random matrices grow or vanish by their noise, to which orthogonal ones add nothing. With "
        "gain 1 the gradient of such activations neither grows nor vanishes exponentially.",
        ("saxe2013", "pennington2017", "hu2020"),
        (
            Choice(
                GLOROT_NORMAL, "you prefer independent weights: the noise from draw to draw is larger", ("glorot2010",)
            ),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
            Choice(
                recipe("orthogonal", gain=1.1),
                "the signal fades with the depth: a gain of up to 1.1 keeps it up",
                ("saxe2013",),
            ),
        ),
        warnings=("So deep a network without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep_rectifier",
        WEIGHTED & HIDDEN & PLAIN & deeper_than(_VERY_DEEP) & activation(*RECTIFIERS),
        HE_NORMAL,
        "He's variance makes up for the half of the signal that a rectifier drops. At this depth draws differ by "
        "much; with an orthogonal matrix of the same gain their logarithms vary about two fifths less.",
        ("he2015", "hanin2018"),
        (
            Choice(
                ORTHOGONAL_PRESERVING,
                "one draw must do: the scale is the same and draws differ less, but it takes longer to make",
                ("saxe2013", "hanin2018"),
            ),
            Choice(HE_FAN_OUT, "keeping the gradient matters more than keeping the signal", ("he2015",)),
            Choice(
                GLOROT_UNIFORM,
                "you must match Keras's default: with rectifiers the signal halves in each layer",
                ("glorot2010",),
            ),
        ),
        warnings=("So deep a network without skips trains slowly at best; add skips and normalisation.",),
    ),
)
