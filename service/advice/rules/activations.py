"""Rules by the activation of a hidden layer, in a network without skips or a special part to play."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    BARE_AND_DEEP,
    ELSEWHERE,
    FEW_INPUTS,
    HIDDEN,
    PLAIN,
    RECTIFIERS,
    UNEQUAL_SIDES,
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
    "With gain 1 the signal fades like 1 / (2 l) at layer l: slowly, and any gain that prevents it saturates the "
    "units.",
)
_UNSTABLE = (
    "The signal's scale is unstable with this activation: beyond about ten layers without normalisation it often "
    "grows or dies. Normalise, or add skips.",
)
_SMALL_NETS = "you want PyTorch's gain for tanh, 5/3, which some take in a few layers or before a normalisation"

_AS_FOR_RELU = "the signal may shrink, in a few layers or before a normalisation: as for ReLU"

_HIDDEN = WEIGHTED & HIDDEN
_LIKE_TANH = ("tanh", "erf", "arctan", "hardtanh", "softsign")

ACTIVATION_RULES = (
    Rule(
        "siren_first",
        kind("dense") & role("first") & activation("siren"),
        recipe("siren", layer="first"),
        "SIREN: uniform on ±1 / fan_in, so that the first layer spreads the coordinates over several periods of "
        "sin(ω x).",
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
        "SIREN: uniform on ±sqrt(6 / fan_in) / ω, so that the argument ω W x of each sine is close to N(0, 1) at any "
        "depth.",
        ("sitzmann2020",),
        (Choice(BY_FORWARD_GAIN, "the sines have no factor ω inside", ("sitzmann2020",), condition=ELSEWHERE),),
        bias=SIREN_BIAS,
    ),
    Rule(
        "rectifier",
        _HIDDEN & activation(*RECTIFIERS),
        HE_NORMAL,
        "He's scheme: a rectifier drops half of the signal's mean square, and a variance of 2 / ((1 + a²) fan_in), a "
        "being the slope below 0 if there is one, makes up for it, forwards and backwards alike.",
        ("he2015",),
        (
            Choice(HE_UNIFORM, "no single weight should be large: the variance is the same, but bounded", ("he2015",)),
            Choice(
                HE_FAN_OUT,
                "keeping the gradient matters more than keeping the signal, as in torchvision's ResNets",
                ("he2015",),
            ),
            Choice(
                ORTHOGONAL_PRESERVING,
                "there are many layers without skips or normalisation",
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
            Choice(GLOROT_UNIFORM, "keeping the gradient matters as much as keeping the signal", ("glorot2010",)),
            Choice(
                ORTHOGONAL,
                "there are many layers without skips or normalisation",
                ("saxe2013",),
                condition=BARE_AND_DEEP,
            ),
        ),
    ),
    Rule(
        "tanh_of_unequal_sides",
        _HIDDEN & activation(*_LIKE_TANH) & PLAIN & FEW_INPUTS,
        LECUN_NORMAL,
        "LeCun's scheme, a variance of 1 / fan_in: the slope at 0 is 1. With sides as unequal as these, Glorot's mean "
        "of both would change the signal's scale.",
        ("lecun1998", "glorot2010"),
        (
            Choice(
                GLOROT_UNIFORM,
                "layers of this shape and of the transposed one alternate, so that the mean is right for each two",
                ("glorot2010",),
                condition=ELSEWHERE,
            ),
        ),
        bare_warnings=_FADING,
    ),
    Rule(
        "tanh",
        _HIDDEN & activation(*_LIKE_TANH),
        GLOROT_UNIFORM,
        "Glorot's scheme: the slope at 0 is 1, so that a variance of 1 / n, with n the mean of fan_in and fan_out, "
        "neither saturates the units nor lets the gradient vanish exponentially.",
        ("glorot2010", "lecun1998", "roberts2021"),
        (
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
            Choice(
                ORTHOGONAL,
                "there are many layers without skips or normalisation",
                ("saxe2013", "pennington2017"),
                condition=BARE_AND_DEEP,
            ),
            Choice(_PYTORCH_TANH, _SMALL_NETS, ("glorot2010",)),
            Choice(BY_FORWARD_GAIN, "the mean square should stay exactly 1, in a few layers", ("poole2016",)),
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
                "keeping the gradient matters more than keeping the signal: 4 makes up for the slope of 1/4",
                ("glorot2010",),
            ),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
        ),
        bare_warnings=(
            "Gradients vanish within a few layers of sigmoids: take tanh or ReLU in hidden layers, or normalise. The "
            "sigmoid of an output (role=head) or of a gate stays.",
        ),
    ),
    Rule(
        "selu",
        _HIDDEN & activation("selu"),
        LECUN_NORMAL,
        "LeCun's scheme, as for self-normalising networks: with a variance of 1 / fan_in, mean 0 and variance 1 are "
        "a stable fixed point of SELU.",
        ("klambauer2017",),
        (
            Choice(
                recipe("lecun_normal", nonlinearity="selu", gain_rule="backward"),
                "keeping the gradient matters more than keeping the signal",
                ("poole2016",),
            ),
            Choice(
                recipe("lecun_normal", gain=0.75),
                "you follow PyTorch's calculate_gain, a value found by trial: the signal then settles at a standard "
                "deviation of 0.2",
                ("klambauer2017",),
            ),
            Choice(
                ORTHOGONAL,
                "there are many layers without skips or normalisation",
                ("saxe2013",),
                condition=BARE_AND_DEEP,
            ),
        ),
        warnings=("SELU needs standardised inputs, AlphaDropout instead of dropout, and no skips.",),
    ),
    Rule(
        "elu",
        _HIDDEN & activation("elu", "celu"),
        HE_NORMAL,
        "He's scheme with the gain of the activation itself, 1 / sqrt(E[f(z)²]), which keeps the mean square.",
        ("he2015", "poole2016"),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                "you follow ELU's authors: the signal grows a little",
                ("clevert2015",),
            ),
            Choice(LECUN_NORMAL, "the gradient should not grow, as the slope above 0 is 1", ("lecun1998",)),
            Choice(
                ORTHOGONAL_PRESERVING,
                "there are many layers without skips or normalisation",
                ("saxe2013",),
                condition=BARE_AND_DEEP,
            ),
        ),
    ),
    Rule(
        "smooth_rectifier",
        _HIDDEN & activation(*_CRITICAL),
        HE_NORMAL,
        "He's scheme with the activation's own gain, 1 / sqrt(E[f(z)²]). With ReLU's gain the signal would shrink in "
        "every layer, the faster the smaller it is.",
        ("he2015", "hayou2019"),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                _AS_FOR_RELU,
                ("he2015",),
            ),
            Choice(
                _CRITICAL_WEIGHTS,
                "you accept biases of this variance: signal and gradient are then critical at any depth",
                ("roberts2021",),
                bias=_CRITICAL_BIAS,
            ),
            Choice(ORTHOGONAL_PRESERVING, "draws should differ less, and may take longer to make", ("saxe2013",)),
        ),
        bare_warnings=_UNSTABLE,
    ),
    Rule(
        "smooth_rectifier_without_critical_point",
        _HIDDEN & activation("gelu_tanh", "quick_gelu"),
        HE_NORMAL,
        "He's scheme with the activation's own gain, 1 / sqrt(E[f(z)²]).",
        ("he2015", "hayou2019"),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                _AS_FOR_RELU,
                ("he2015",),
            ),
            Choice(ORTHOGONAL_PRESERVING, "draws should differ less, and may take longer to make", ("saxe2013",)),
        ),
        bare_warnings=_UNSTABLE,
    ),
    Rule(
        "maxout",
        _HIDDEN & activation("maxout"),
        HE_NORMAL,
        "He's scheme for maxout: a variance of c / fan_in, where c is 1 / E[max²] over as many standard normals as "
        "there are pieces.",
        ("tseran2023",),
        (
            Choice(
                recipe("he_normal", gain=math.sqrt(2.0)),
                "you treat it like ReLU, of which maxout is a generalisation",
                ("he2015",),
            ),
        ),
    ),
    Rule(
        "gated",
        _HIDDEN & activation("glu", "reglu", "geglu", "swiglu", "bilinear"),
        HE_NORMAL,
        "He's scheme with the gain that makes up for the gate, 1 / sqrt(E[f(z)²]), if value and gate are independent.",
        ("shazeer2020",),
        (Choice(LECUN_NORMAL, "the signal may shrink, for instance before a normalisation", ("lecun1998",)),),
        bare_warnings=_UNSTABLE,
    ),
    Rule(
        "linear",
        _HIDDEN & activation("linear"),
        GLOROT_UNIFORM,
        "Without a nonlinearity a variance of 1 / fan_in keeps the signal and one of 1 / fan_out the gradient; "
        "Glorot's scheme takes the mean of both.",
        ("glorot2010",),
        (
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
            Choice(
                ORTHOGONAL,
                "there are many layers without skips or normalisation: it keeps norms exactly",
                ("saxe2013", "hu2020"),
                condition=BARE_AND_DEEP,
            ),
        ),
    ),
    Rule(
        "any_activation_of_unequal_sides",
        _HIDDEN & PLAIN & UNEQUAL_SIDES,
        HE_NORMAL,
        "He's scheme with the activation's own gain, 1 / sqrt(E[f(z)²]), computed from the function itself. With sides "
        "as unequal as these, Glorot's mean of both would change the signal's scale.",
        ("he2015", "poole2016"),
        (
            Choice(
                BY_FORWARD_GAIN,
                "layers of this shape and of the transposed one alternate, so that the mean is right for each two",
                ("glorot2010",),
                condition=ELSEWHERE,
            ),
            Choice(LECUN_NORMAL, "the activation's slope at 0 is about 1 and its values stay small", ("lecun1998",)),
        ),
        warnings=("Measure it: scale each layer until its outputs have unit variance on a batch of data (LSUV).",),
    ),
    Rule(
        "any_activation",
        _HIDDEN,
        BY_FORWARD_GAIN,
        "Glorot's scheme with the activation's own gain, 1 / sqrt(E[f(z)²]), computed from the function itself.",
        ("glorot2010", "poole2016"),
        (
            Choice(HE_NORMAL, "keeping the signal matters more than keeping the gradient", ("he2015",)),
            Choice(LECUN_NORMAL, "the activation's slope at 0 is about 1 and its values stay small", ("lecun1998",)),
            Choice(ORTHOGONAL_PRESERVING, "draws should differ less, and may take longer to make", ("saxe2013",)),
        ),
        warnings=("Measure it: scale each layer until its outputs have unit variance on a batch of data (LSUV).",),
    ),
)
