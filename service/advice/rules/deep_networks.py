"""Rules for very deep networks without skips and normalisation."""

from __future__ import annotations

from service.advice.recipe import recipe
from service.advice.rules.condition import (
    BARE_AND_DEEP,
    HIDDEN,
    PLAIN,
    RECTIFIERS,
    VERY_DEEP,
    WEIGHTED,
    WIDENING,
    activation,
    kind,
)
from service.advice.rules.recipes import (
    GLOROT_NORMAL,
    HE_FAN_OUT,
    HE_NORMAL,
    LECUN_NORMAL,
    ORTHOGONAL,
    ORTHOGONAL_PRESERVING,
)
from service.advice.rules.rule import Choice, Rule

_DELTA_ORTHOGONAL = recipe("delta_orthogonal")

DEEP_NETWORK_RULES = (
    Rule(
        "very_deep_convolution",
        WEIGHTED & kind("conv") & HIDDEN & WIDENING & BARE_AND_DEEP & activation("tanh", "linear", "erf", "arctan"),
        _DELTA_ORTHOGONAL,
        "A kernel that is an orthogonal matrix at its centre keeps the norm of every signal, whatever the depth: "
        "networks of ten thousand layers were trained so.",
        ("xiao2018", "saxe2013"),
        (
            Choice(ORTHOGONAL, "the kernel should be random at all its places", ("saxe2013",)),
            Choice(
                GLOROT_NORMAL,
                "with skips or normalisation, which a network so deep should have",
                ("glorot2010",),
                condition=~PLAIN,
            ),
            Choice(LECUN_NORMAL, "the forward signal matters more than the gradient", ("lecun1998",)),
        ),
        warnings=("A network so deep without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep",
        WEIGHTED
        & kind("dense", "conv")
        & HIDDEN
        & BARE_AND_DEEP
        & activation("tanh", "linear", "selu", "erf", "arctan", "lecun_tanh", "sin", "hardtanh", "softsign"),
        ORTHOGONAL,
        "An orthogonal matrix adds none of the noise with which products of many random matrices grow or vanish; the "
        "gain 1 is where the gradient neither grows nor vanishes exponentially.",
        ("saxe2013", "pennington2017", "hu2020"),
        (
            Choice(GLOROT_NORMAL, "a network of moderate depth", ("glorot2010",), condition=~VERY_DEEP),
            Choice(LECUN_NORMAL, "the forward signal matters more than the gradient", ("lecun1998",)),
            Choice(
                recipe("orthogonal", gain=1.1),
                "the signal should not fade with the depth: up to 1.1 keeps it up, and the gradient grows instead",
                ("saxe2013",),
            ),
        ),
        warnings=("A network so deep without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep_elu",
        WEIGHTED & kind("dense", "conv") & HIDDEN & BARE_AND_DEEP & activation("elu", "celu"),
        ORTHOGONAL_PRESERVING,
        "An orthogonal matrix adds none of the noise with which products of many random matrices grow or vanish; its "
        "gain, 1 / sqrt(E[f(z)²]), keeps the second moment.",
        ("saxe2013", "hanin2018", "poole2016"),
        (
            Choice(HE_NORMAL, "a network of moderate depth", ("he2015",), condition=~VERY_DEEP),
            Choice(LECUN_NORMAL, "the gradient should not grow: the slope above 0 is 1", ("lecun1998",)),
        ),
        warnings=("A network so deep without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep_rectifier",
        WEIGHTED & HIDDEN & BARE_AND_DEEP & activation(*RECTIFIERS),
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
        ),
        warnings=("A network so deep without skips trains slowly at best; add skips and normalisation.",),
    ),
)
