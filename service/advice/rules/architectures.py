"""Rules by the network that a layer is in: the recipes of families of models."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    DEPTH_GIVEN,
    ELSEWHERE,
    HIDDEN,
    PLAIN,
    RECTIFIERS,
    SKIPS,
    TRANSFORMER,
    activation,
    architecture,
    kind,
    normalization,
    role,
)
from service.advice.rules.recipes import (
    BY_FORWARD_GAIN,
    GATED_RESIDUAL,
    GLOROT_UNIFORM,
    HE_FAN_OUT,
    HE_NORMAL,
    LECUN_NORMAL,
    ORTHOGONAL,
    ORTHOGONAL_PRESERVING,
    RESIDUAL,
    TOKEN_NORMAL,
    UNIFORM_OF_INPUTS,
    ZEROS,
)
from service.advice.rules.rule import Choice, Rule

_GATED = activation("glu", "reglu", "geglu", "swiglu")
_MATRIX = kind("dense", "attention")


def _layers(layer: Layer) -> int | None:
    return layer.depth


_IN_CLIPS_VISION = (
    "it is in the vision transformer of OpenAI's code, which draws the text's blocks alone and leaves PyTorch's "
    "default in these"
)

_ROOT = recipe("normal", std=lambda layer: 1.0 / math.sqrt(layer.width))
_SMALL_INIT = recipe("small_init", width=lambda layer: layer.width)

ARCHITECTURE_RULES = (
    Rule(
        "dcgan",
        architecture("dcgan") & kind("conv", "conv_transpose", "dense"),
        TOKEN_NORMAL,
        "DCGAN: all weights from N(0, 0.02²).",
        ("radford2015",),
        (
            Choice(ORTHOGONAL, "the GAN is large and has spectral normalisation", ("saxe2013",), condition=ELSEWHERE),
            Choice(recipe("normal"), "weights are scaled at run time (equalised learning rates)", condition=ELSEWHERE),
        ),
    ),
    Rule(
        "clip_attention_output",
        architecture("clip") & role("attention_output", "mlp_down"),
        recipe("normal", std=lambda layer: 1.0 / math.sqrt(layer.width * 2.0 * (layer.depth or 12))),
        "CLIP: a standard deviation of d^(-1/2) (2 L)^(-1/2) for the last layer of a residual branch; without depth, "
        "L is the 12 of its text encoder.",
        ("radford2021",),
        (
            Choice(TOKEN_NORMAL, "you follow GPT-2, but without the depth", ("radford2019",)),
            Choice(UNIFORM_OF_INPUTS, _IN_CLIPS_VISION, ("radford2021",)),
        ),
    ),
    Rule(
        "clip",
        architecture("clip") & _MATRIX & (HIDDEN | role("query", "key", "value", "qkv", "mlp_up")),
        recipe("normal", std=lambda layer: 1.0 / math.sqrt((2.0 if layer.role == "mlp_up" else 1.0) * layer.width)),
        "CLIP: a standard deviation of d^(-1/2) for attention, and of (2 d)^(-1/2) for the first matrix of the "
        "feed-forward layers.",
        ("radford2021",),
        (
            Choice(TOKEN_NORMAL, "you follow GPT-2, which takes it at any width", ("radford2019",)),
            Choice(UNIFORM_OF_INPUTS, _IN_CLIPS_VISION, ("radford2021",)),
        ),
    ),
    Rule(
        "gated_down_projection",
        role("mlp_down") & _GATED,
        GATED_RESIDUAL,
        "A standard deviation of the gain that makes up for the gate, 1 / sqrt(E[f(z)²]), over sqrt(fan_in). With "
        "depth it is divided by sqrt(2 L), so that the sum of all branches does not grow.",
        ("shazeer2020", "radford2019"),
        (
            Choice(RESIDUAL, "you follow GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019",)),
            Choice(LECUN_NORMAL, "the model is shallow, and its branches may add up", ("lecun1998",)),
        ),
        warnings=(
            "A gate times a value grows with the square of the signal: put the layer after a normalisation, and never "
            "stack it without one.",
        ),
    ),
    Rule(
        "transformer_residual_output",
        TRANSFORMER & role("attention_output", "mlp_down") & DEPTH_GIVEN,
        RESIDUAL,
        "GPT-2: the last layer of a residual branch gets 0.02 / sqrt(2 L), because the stream sums 2 L branches.",
        ("radford2019",),
        (
            Choice(ZEROS, "every block should be the identity at first", ("zhang2019",)),
            Choice(
                recipe("wang_init", layers=_layers, width=lambda layer: layer.width),
                "the other matrices start with small_init, as in GPT-NeoX",
                ("black2022",),
            ),
            Choice(LECUN_NORMAL, "there are only a few layers, and their branches may add up", ("lecun1998",)),
        ),
        zeros_are_fine=True,
    ),
    Rule(
        "transformer_residual_output_of_unknown_depth",
        TRANSFORMER & role("attention_output", "mlp_down"),
        TOKEN_NORMAL,
        "GPT-2's 0.02, as no depth is given: with L layers GPT-2 divides it by sqrt(2 L) here.",
        ("radford2019",),
        (
            Choice(ZEROS, "every block should be the identity at first", ("zhang2019",)),
            Choice(LECUN_NORMAL, "there are only a few layers, and their branches may add up", ("lecun1998",)),
        ),
        zeros_are_fine=True,
        warnings=("Give depth: the last layer of a residual branch should shrink as the number of layers grows.",),
    ),
    Rule(
        "transformer_attention_matrix",
        TRANSFORMER & role("qkv", "query", "key", "value") & ~architecture("gpt", "llama", "bert", "moe"),
        GLOROT_UNIFORM,
        "Queries, keys and values are d × d matrices without a nonlinearity: Glorot's scheme on each. On the three "
        "stacked, as PyTorch's MultiheadAttention draws them, the variance would be half.",
        ("glorot2010", "chen2021"),
        (
            Choice(TOKEN_NORMAL, "you follow GPT-2 and BERT", ("radford2019",)),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
            Choice(_SMALL_INIT, "the transformer is deep and has no warm-up", ("nguyen2019",)),
        ),
    ),
    Rule(
        "transformer",
        TRANSFORMER & _MATRIX & (HIDDEN | role("mlp_up", "mlp_gate", "qkv", "query", "key", "value")),
        TOKEN_NORMAL,
        "N(0, 0.02²), as in GPT-2, BERT and LLaMA. That is half to three quarters of the usual 1 / sqrt(d) where the "
        "width d is 600 to 1400.",
        ("radford2019",),
        (
            Choice(_ROOT, "the scale should be the same at every width", ("lecun1998",)),
            Choice(_SMALL_INIT, "the transformer is deep and has no warm-up", ("nguyen2019",)),
            Choice(GLOROT_UNIFORM, "you follow the encoder of the original paper's code", ("glorot2010",)),
        ),
    ),
    Rule(
        "actor_critic",
        architecture("actor_critic") & kind("dense", "conv") & HIDDEN,
        recipe("orthogonal", gain=round(math.sqrt(2.0), 12)),
        "Orthogonal with gain sqrt(2), the usual choice in on-policy learning. The heads have their own rules "
        "(role=policy_head, value_head).",
        ("andrychowicz2020", "saxe2013"),
        (
            Choice(HE_NORMAL, "orthogonal matrices take too long to make, and ReLU follows", ("he2015",)),
            Choice(GLOROT_UNIFORM, "orthogonal matrices take too long to make, and tanh follows", ("glorot2010",)),
        ),
    ),
    Rule(
        "ddpg",
        architecture("ddpg") & kind("dense", "conv") & HIDDEN,
        recipe("uniform", fan_in=lambda layer: layer.fan_in),
        "DDPG's hidden layers: uniform on ±1 / sqrt(fan_in).",
        ("lillicrap2015",),
        (Choice(HE_NORMAL, "rectifiers should keep the signal's scale", ("he2015",)),),
        bias=recipe("uniform", fan_in=lambda layer: layer.fan_in),
    ),
    Rule(
        "graph_network",
        architecture("gnn") & kind("dense") & HIDDEN,
        GLOROT_UNIFORM,
        "Glorot's uniform, as in the code of graph convolutions.",
        ("kipf2016", "glorot2010"),
        (Choice(HE_NORMAL, "there are perceptrons of several layers with ReLU inside, as in GIN", ("he2015",)),),
    ),
    Rule(
        "pinn",
        architecture("pinn") & kind("dense") & HIDDEN & activation("tanh"),
        GLOROT_UNIFORM,
        "Glorot's scheme with tanh, with which physics-informed networks were introduced.",
        ("raissi2019", "glorot2010"),
        (
            Choice(
                recipe("siren"),
                "you take sines instead of tanh, for high frequencies",
                ("sitzmann2020",),
                condition=activation("siren", "sin"),
            ),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
        ),
    ),
    Rule(
        "detector_convolution",
        architecture("detector") & kind("conv") & HIDDEN & PLAIN,
        recipe("normal", std=0.01),
        "RetinaNet: all new convolutions, those before the last ones of its heads too, start with N(0, 0.01²) and a "
        "bias of 0.",
        ("lin2017",),
        (
            Choice(HE_NORMAL, "it is in a backbone that is not trained before", ("he2015",)),
            Choice(GLOROT_UNIFORM, "keeping the gradient matters as much as keeping the signal", ("glorot2010",)),
        ),
        has_theory=False,
    ),
    Rule(
        "residual_convolution",
        kind("conv") & HIDDEN & SKIPS & normalization("batch") & activation(*RECTIFIERS),
        HE_FAN_OUT,
        "He's scheme by fan_out, as in the ResNets of its authors and of torchvision. Batch normalisation undoes the "
        "weights' scale, which here sets only the effective learning rate.",
        ("he2015", "ioffe2015"),
        (
            Choice(HE_NORMAL, "you prefer fan_in, which is the same where channels do not change", ("he2015",)),
            Choice(
                ORTHOGONAL_PRESERVING, "there are only a few blocks, and their kernels should keep norms", ("saxe2013",)
            ),
            Choice(
                BY_FORWARD_GAIN,
                "channels change by much from layer to layer: it takes the mean of both fans",
                ("glorot2010",),
            ),
        ),
        bias=None,
    ),
)
