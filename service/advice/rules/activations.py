"""Rules by the activation of a hidden layer, in a network without skips or a special part to play."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    BARE_AND_DEEP,
    ELSEWHERE,
    HIDDEN,
    RECTIFIERS,
    WEIGHTED,
    activation,
    kind,
    role,
)
from service.advice.rules.recipes import (
    BY_FORWARD_GAIN,
    GLOROT_UNIFORM,
    HE_FAN_OUT,
    HE_NORMAL,
    HE_UNIFORM,
    LECUN_NORMAL,
    ORTHOGONAL,
    ORTHOGONAL_PRESERVING,
    SIREN_BIAS,
)
from service.advice.rules.rule import Choice, Rule

_KUMAR = math.sqrt(12.8)
"""sqrt(n) times the standard deviation for a sigmoid: 1 / sqrt(n f'(0)^2 (1 + f(0)^2)), f(0) = 1/2, f'(0) = 1/4."""

_CRITICAL = {
    "gelu": (1.98305826, 0.17292239), "silu": (1.98800468, 0.55514317), "mish": (2.01352407, 0.09452179),
    "hard_swish": (1.97328958, 0.50714585),
}  # fmt: skip
"""(C_W, C_b): variances of weights (times fan_in) and biases at which chi_perp = chi_parallel = 1, at a finite q.

Solved from w D(q) = 1, w V'(q) = 1, w V(q) + b = q (Roberts, Yaida, Hanin, arXiv:2106.10165, chapter 5).
"""


_CRITICAL_WEIGHTS = recipe("lecun_normal", gain=lambda layer: round(math.sqrt(_CRITICAL[layer.activation.name][0]), 9))
_CRITICAL_BIAS = recipe("normal", std=lambda layer: round(math.sqrt(_CRITICAL[layer.activation.name][1]), 9))

_PYTORCH_TANH = recipe("glorot_uniform", nonlinearity="tanh", gain_rule="pytorch")


def _omega(layer: Layer) -> float | None:
    return layer.activation.value if layer.activation.parameter == "omega" else None


_FADING = (
    "The signal fades like 1 / (2 l) with the layer l at gain 1: slowly, and no gain avoids it without saturating.",
)
_UNSTABLE = (
    "The signal is unstable around any scale it keeps (elasticity above 1): beyond about ten layers without "
    "normalisation it grows or dies; normalise, or add skips.",
)
_SMALL_NETS = "PyTorch's gain for tanh, 5/3, is wanted, as some have it in a few layers or before a normalisation"

_AS_FOR_RELU = "as for ReLU, where the signal may shrink: in a few layers, or before a normalisation"

_HIDDEN = WEIGHTED & HIDDEN

ACTIVATION_RULES = (
    Rule(
        "siren_first",
        kind("dense") & role("first") & activation("siren"),
        recipe("siren", layer="first"),
        "The first layer spreads the coordinates over several periods of sin(ω x): uniform on ±1 / fan_in.",
        ("sitzmann2020",),
        (
            Choice(
                recipe("siren", omega=_omega), "the input is not a coordinate but already a feature", ("sitzmann2020",)
            ),
        ),
        bias=SIREN_BIAS,
        has_theory=False,
    ),
    Rule(
        "siren",
        kind("dense") & activation("siren"),
        recipe("siren", omega=_omega),
        "Uniform on ±sqrt(6 / fan_in) / ω: the argument ω W x of each sine is then distributed as N(0, 1) whatever "
        "the depth.",
        ("sitzmann2020",),
        (Choice(BY_FORWARD_GAIN, "sines without the factor ω inside", ("sitzmann2020",), condition=ELSEWHERE),),
        bias=SIREN_BIAS,
    ),
    Rule(
        "rectifier",
        _HIDDEN & activation(*RECTIFIERS),
        HE_NORMAL,
        "He's scheme: a rectifier drops half of the signal's second moment, and a variance of 2 / ((1 + a²) fan_in) "
        "makes up for it, forwards and backwards alike.",
        ("he2015",),
        (
            Choice(HE_UNIFORM, "no weight should be far from the others: the same variance, bounded", ("he2015",)),
            Choice(
                HE_FAN_OUT,
                "the gradient's scale matters more than the signal's, as in torchvision's ResNets",
                ("he2015",),
            ),
            Choice(
                ORTHOGONAL_PRESERVING,
                "many layers without skips or normalisation",
                ("saxe2013", "hanin2018"),
                condition=BARE_AND_DEEP,
            ),
        ),
    ),
    Rule(
        "lecun_tanh",
        _HIDDEN & activation("lecun_tanh"),
        LECUN_NORMAL,
        "LeCun's scheme, for which the constants of 1.7159 tanh(2x/3) were chosen.",
        ("lecun1998",),
        (
            Choice(GLOROT_UNIFORM, "the gradient matters as much as the signal", ("glorot2010",)),
            Choice(ORTHOGONAL, "many layers without skips or normalisation", ("saxe2013",), condition=BARE_AND_DEEP),
        ),
    ),
    Rule(
        "tanh",
        _HIDDEN & activation("tanh", "erf", "arctan", "hardtanh", "softsign"),
        GLOROT_UNIFORM,
        "Glorot's scheme: the slope at 0 is 1, so that a variance of 1 / n, n between fan_in and fan_out, neither "
        "saturates the units nor lets the gradient vanish exponentially.",
        ("glorot2010", "lecun1998", "roberts2021"),
        (
            Choice(LECUN_NORMAL, "the forward signal matters more than the gradient", ("lecun1998",)),
            Choice(
                ORTHOGONAL,
                "many layers without skips or normalisation",
                ("saxe2013", "pennington2017"),
                condition=BARE_AND_DEEP,
            ),
            Choice(_PYTORCH_TANH, _SMALL_NETS, ("glorot2010",)),
            Choice(BY_FORWARD_GAIN, "the second moment should stay 1 exactly, in a few layers", ("poole2016",)),
        ),
        bare_warnings=_FADING,
    ),
    Rule(
        "sigmoid",
        _HIDDEN & activation("sigmoid", "hard_sigmoid", "hard_sigmoid_keras2"),
        GLOROT_UNIFORM,
        "Glorot's scheme keeps the units away from saturation. The slope of a sigmoid is at most 1/4, so that no "
        "variance of the weights keeps the gradient.",
        ("glorot2010",),
        (
            Choice(
                recipe("normal", std=lambda layer: _KUMAR / math.sqrt(layer.fan_in)),
                "the signal should keep its variance around the sigmoid's mean",
                ("kumar2017",),
            ),
            Choice(
                recipe("glorot_uniform", gain=4.0),
                "the gradient matters more: 4 makes up for the slope of 1/4",
                ("glorot2010",),
            ),
            Choice(LECUN_NORMAL, "the forward signal matters more than the gradient", ("lecun1998",)),
        ),
        bare_warnings=("The gradient vanishes within a few layers of sigmoids; take tanh or ReLU, or normalise.",),
    ),
    Rule(
        "selu",
        _HIDDEN & activation("selu"),
        LECUN_NORMAL,
        "Self-normalising networks: with a variance of 1 / fan_in, mean 0 and variance 1 are a stable fixed point of "
        "SELU.",
        ("klambauer2017",),
        (
            Choice(
                recipe("lecun_normal", nonlinearity="selu", gain_rule="backward"),
                "the gradient's scale matters more than the signal's",
                ("poole2016",),
            ),
            Choice(
                recipe("lecun_normal", gain=0.75),
                "as PyTorch's calculate_gain has it, found by trial: the signal then settles at a standard deviation "
                "of 0.2",
                ("klambauer2017",),
            ),
            Choice(ORTHOGONAL, "many layers without skips or normalisation", ("saxe2013",), condition=BARE_AND_DEEP),
        ),
        warnings=("SELU needs standardised inputs, AlphaDropout in place of dropout, and no skips.",),
    ),
    Rule(
        "elu",
        _HIDDEN & activation("elu", "celu"),
        HE_NORMAL,
        "He's scheme with the gain of the activation itself, 1 / sqrt(E[f(z)²]), which keeps the second moment.",
        ("he2015", "poole2016"),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                "as its authors had it: the signal grows a little",
                ("clevert2015",),
            ),
            Choice(LECUN_NORMAL, "the gradient should not grow: the slope above 0 is 1", ("lecun1998",)),
            Choice(
                ORTHOGONAL_PRESERVING,
                "many layers without skips or normalisation",
                ("saxe2013",),
                condition=BARE_AND_DEEP,
            ),
        ),
    ),
    Rule(
        "smooth_rectifier",
        _HIDDEN & activation(*_CRITICAL),
        HE_NORMAL,
        "He's scheme with the gain of the activation itself, 1 / sqrt(E[f(z)²]). With ReLU's gain the signal shrinks "
        "in every layer, and faster the smaller it is.",
        ("he2015", "hayou2019"),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                _AS_FOR_RELU,
                ("he2015",),
            ),
            Choice(
                _CRITICAL_WEIGHTS,
                "biases of this variance are no matter: signal and gradient are then critical, however deep",
                ("roberts2021",),
                bias=_CRITICAL_BIAS,
            ),
            Choice(ORTHOGONAL_PRESERVING, "less noise from draw to draw is worth a decomposition", ("saxe2013",)),
        ),
        bare_warnings=_UNSTABLE,
    ),
    Rule(
        "smooth_rectifier_without_critical_point",
        _HIDDEN & activation("gelu_tanh", "quick_gelu"),
        HE_NORMAL,
        "He's scheme with the gain of the activation itself, 1 / sqrt(E[f(z)²]).",
        ("he2015", "hayou2019"),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                _AS_FOR_RELU,
                ("he2015",),
            ),
            Choice(ORTHOGONAL_PRESERVING, "less noise from draw to draw is worth a decomposition", ("saxe2013",)),
        ),
        bare_warnings=_UNSTABLE,
    ),
    Rule(
        "maxout",
        _HIDDEN & activation("maxout"),
        HE_NORMAL,
        "A variance of c / fan_in with c = 1 / E[max²], the largest of so many standard normals.",
        ("tseran2023",),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                "as for ReLU, of which maxout is a generalisation",
                ("he2015",),
            ),
        ),
    ),
    Rule(
        "gated",
        _HIDDEN & activation("glu", "reglu", "geglu", "swiglu", "bilinear"),
        HE_NORMAL,
        "The gain that makes up for the gate, 1 / sqrt(E[f(z)²]): value and gate are independent.",
        ("shazeer2020",),
        (Choice(LECUN_NORMAL, "the signal may shrink, as before a normalisation", ("lecun1998",)),),
        bare_warnings=_UNSTABLE,
    ),
    Rule(
        "linear",
        _HIDDEN & activation("linear"),
        GLOROT_UNIFORM,
        "Without a nonlinearity a variance of 1 / n keeps the signal with n = fan_in and the gradient with n = "
        "fan_out; Glorot's is the mean of both.",
        ("glorot2010",),
        (
            Choice(LECUN_NORMAL, "the forward signal matters more", ("lecun1998",)),
            Choice(
                ORTHOGONAL,
                "many layers without skips or normalisation: it keeps norms exactly",
                ("saxe2013", "hu2020"),
                condition=BARE_AND_DEEP,
            ),
        ),
    ),
    Rule(
        "any_activation",
        _HIDDEN,
        BY_FORWARD_GAIN,
        "Glorot's scheme with the activation's own gain, 1 / sqrt(E[f(z)²]), computed from the function itself.",
        ("glorot2010", "poole2016"),
        (
            Choice(HE_NORMAL, "the forward signal matters more than the gradient", ("he2015",)),
            Choice(LECUN_NORMAL, "the activation's slope at 0 is about 1 and its values stay small", ("lecun1998",)),
            Choice(ORTHOGONAL_PRESERVING, "less noise from draw to draw is worth a decomposition", ("saxe2013",)),
        ),
        warnings=("Measure: scale each layer until its outputs have unit variance on a batch of data (LSUV).",),
    ),
)
