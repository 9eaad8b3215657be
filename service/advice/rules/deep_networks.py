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
        "A kernel that is an orthogonal matrix at its centre keeps the norm of every signal at any depth: Xiao et "
        "al. trained networks of ten thousand layers so.",
        ("xiao2018", "saxe2013"),
        (
            Choice(ORTHOGONAL, "the kernel should be random at all its places", ("saxe2013",)),
            Choice(
                GLOROT_NORMAL,
                "you add skips or normalisation, as so deep a network should",
                ("glorot2010",),
                condition=~PLAIN,
            ),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
        ),
        warnings=("So deep a network without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep",
        WEIGHTED
        & kind("dense", "conv")
        & HIDDEN
        & BARE_AND_DEEP
        & activation("tanh", "linear", "selu", "erf", "arctan", "lecun_tanh", "sin", "hardtanh", "softsign"),
        ORTHOGONAL,
        "Products of many random matrices grow or vanish by their noise, to which orthogonal ones add nothing. With "
        "gain 1 the gradient of such activations neither grows nor vanishes exponentially.",
        ("saxe2013", "pennington2017", "hu2020"),
        (
            Choice(
                GLOROT_NORMAL,
                "you prefer independent weights: the noise from draw to draw is larger",
                ("glorot2010",),
                condition=~VERY_DEEP,
            ),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
            Choice(
                recipe("orthogonal", gain=1.1),
                "the signal should not fade: a gain of up to 1.1 keeps it up, and the gradient grows instead",
                ("saxe2013",),
            ),
        ),
        warnings=("So deep a network without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep_elu",
        WEIGHTED & kind("dense", "conv") & HIDDEN & BARE_AND_DEEP & activation("elu", "celu"),
        ORTHOGONAL_PRESERVING,
        "Products of many random matrices grow or vanish by their noise, to which orthogonal ones add nothing. The "
        "gain 1 / sqrt(E[f(z)²]) keeps the mean square.",
        ("saxe2013", "hanin2018", "poole2016"),
        (
            Choice(
                HE_NORMAL,
                "you prefer independent weights: the noise from draw to draw is larger",
                ("he2015",),
                condition=~VERY_DEEP,
            ),
            Choice(LECUN_NORMAL, "the gradient should not grow, as the slope above 0 is 1", ("lecun1998",)),
        ),
        warnings=("So deep a network without skips trains slowly at best; residual connections are the usual remedy.",),
    ),
    Rule(
        "very_deep_rectifier",
        WEIGHTED & HIDDEN & BARE_AND_DEEP & activation(*RECTIFIERS),
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
        ),
        warnings=("So deep a network without skips trains slowly at best; add skips and normalisation.",),
    ),
)
