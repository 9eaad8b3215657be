"""Rules by an explicit parametrisation: maximal update, and schemes that stand in the place of normalisation."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    DEPTH_GIVEN,
    SKIPS,
    TRANSFORMER,
    WEIGHTED,
    architecture,
    kind,
    member,
    normalization,
    role,
)
from service.advice.rules.recipes import GLOROT_UNIFORM, HE_NORMAL, LECUN_NORMAL, TOKEN_NORMAL, ZEROS
from service.advice.rules.rule import Choice, Rule

_MUP = member("parametrization", "mup")
_HEADS = role("head", "binary_head", "regression_head")
_MATRICES = kind("dense", "conv", "attention")


def _optimizer(layer: Layer) -> str | None:
    return "sgd" if layer.description.optimizer == "sgd" else None


def _base(layer: Layer) -> float | None:
    return layer.description.base_width


_MUP_HIDDEN = recipe("mup", role="hidden", optimizer=_optimizer, base_fan_in=_base, base_fan_out=_base)
_MUP_OUTPUT = recipe("mup", role="output", optimizer=_optimizer, base_fan_in=_base)
_MUP_INPUT = recipe("mup", role="input", optimizer=_optimizer, base_fan_out=_base)
_MUP_WARNING = (
    "Initialisation is one half of µP: also multiply each matrix's learning rate by learning_rate_multiplier, "
    "which the tensor's reply gives, and scale attention's logits by 1 / d instead of 1 / sqrt(d).",
)

_MATRIX = {
    "query": "query", "key": "key", "value": "value", "qkv": "value", "attention_output": "output",
    "mlp_up": "feed_forward", "mlp_gate": "feed_forward", "mlp_down": "feed_forward",
}  # fmt: skip


def _matrix(layer: Layer) -> str:
    return _MATRIX.get(layer.role, "feed_forward")


def _encoder_layers(layer: Layer) -> int | None:
    description = layer.description
    if description.encoder_layers or description.decoder_layers:
        return description.encoder_layers
    return layer.depth if description.architecture in {"bert", "vit", "transformer", "t5"} else None


def _decoder_layers(layer: Layer) -> int | None:
    description = layer.description
    if description.encoder_layers or description.decoder_layers:
        return description.decoder_layers
    return None if _encoder_layers(layer) else layer.depth


def _stack(layer: Layer) -> str | None:
    both = layer.description.encoder_layers and layer.description.decoder_layers
    return (layer.description.stack or "decoder") if both else None


_STACKS = {"encoder_layers": _encoder_layers, "decoder_layers": _decoder_layers, "stack": _stack}

DEEPNORM = recipe("deepnorm", matrix=_matrix, **_STACKS)

PARAMETRIZATION_RULES = (
    Rule(
        "mup_output",
        _MUP & _HEADS,
        ZEROS,
        "µP, the maximal update parametrisation: the readout starts at zero, so that the first logits do not depend "
        "on the width.",
        ("yang2022",),
        (
            Choice(
                _MUP_OUTPUT,
                "the first logits should be random: a variance of 1 / fan_in² at every width",
                ("yang2022",),
            ),
        ),
        warnings=_MUP_WARNING,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "mup_query",
        _MUP & role("query"),
        ZEROS,
        "µP: with queries of zero, attention is uniform at first at every width.",
        ("yang2022",),
        (Choice(_MUP_HIDDEN, "attention should differ from place to place from the start", ("yang2022",)),),
        warnings=_MUP_WARNING,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "mup_input",
        _MUP & (role("first") | kind("embedding")),
        _MUP_INPUT,
        "µP, the maximal update parametrisation: the variance of the input's matrix is 1 / fan_in, which does not "
        "depend on the width.",
        ("yang2022",),
        (
            Choice(
                LECUN_NORMAL, "you stay with the standard parametrisation: the distribution is the same", ("lecun1998",)
            ),
        ),
        warnings=_MUP_WARNING,
    ),
    Rule(
        "mup_hidden",
        _MUP & _MATRICES,
        _MUP_HIDDEN,
        "µP, the maximal update parametrisation: a variance of 1 / fan_in, and a learning rate that falls as the "
        "width grows. The best hyperparameters then often carry over from one width to another.",
        ("yang2022",),
        (
            Choice(
                LECUN_NORMAL, "you stay with the standard parametrisation: the distribution is the same", ("lecun1998",)
            ),
        ),
        warnings=_MUP_WARNING,
    ),
    Rule(
        "deepnorm",
        TRANSFORMER
        & ~architecture("bert")
        & _MATRICES
        & member("norm_position", "post")
        & DEPTH_GIVEN
        & role("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down", "hidden"),
        DEEPNORM,
        "DeepNorm: Glorot's scheme, scaled down by β in values, outputs and feed-forward layers, for residual "
        "connections scaled up by α: LayerNorm(α x + f(x)). The tensor's reply gives α as residual_alpha.",
        ("wang2022",),
        (
            Choice(
                TOKEN_NORMAL,
                "you normalise before the branch instead (pre-norm)",
                ("xiong2020",),
                condition=~member("norm_position", "post"),
            ),
            Choice(GLOROT_UNIFORM, "there are only a few layers, and a warm-up of the learning rate", ("glorot2010",)),
        ),
        warnings=(
            "It changes the model too: multiply each residual connection by α (residual_alpha in the tensor's reply). "
            "Without α take Glorot's scheme or N(0, 0.02²) as they are.",
            "Post-norm without this usually needs a warm-up: the gradient near the output is large at first.",
        ),
    ),
    Rule(
        "t_fixup",
        TRANSFORMER
        & _MATRICES
        & member("normalization", "none")
        & DEPTH_GIVEN
        & role("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down", "hidden"),
        recipe("t_fixup", matrix=_matrix, **_STACKS),
        "T-Fixup: Glorot's scheme, scaled down as the depth grows. Its authors trained transformers so without "
        "normalisation and without warm-up.",
        ("huang2020",),
        (
            Choice(
                recipe("residual_scaled_normal", layers=lambda layer: layer.depth),
                "you normalise after all",
                ("radford2019",),
                condition=~normalization("none"),
            ),
        ),
        warnings=("Initialise the embeddings for it too: normal with std = d^(-1/2) (9 N)^(-1/4).",),
    ),
    Rule(
        "fixup_last",
        WEIGHTED & SKIPS & normalization("none", "weight") & role("residual_last"),
        ZEROS,
        "Fixup: the last layer of each branch starts at zero, so that every block is the identity at first.",
        ("zhang2019",),
        (
            Choice(
                recipe(
                    "fixup",
                    branches=lambda layer: layer.depth or 1,
                    layers_per_branch=lambda layer: max(layer.description.layers_per_branch, 2),
                ),
                "this is not the last layer of its branch",
                ("zhang2019",),
            ),
        ),
        zeros_are_fine=True,
    ),
    Rule(
        "fixup_head",
        kind("dense", "conv") & SKIPS & normalization("none") & role("head") & ~TRANSFORMER,
        ZEROS,
        "Fixup: the classifier starts at zero, as the last layer of each branch does, so that the first loss is ln C.",
        ("zhang2019",),
        (
            Choice(
                LECUN_NORMAL,
                "logits should have unit variance, and the layers before it a gradient in the first step",
                ("lecun1998",),
            ),
        ),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "fixup",
        kind("dense", "conv") & SKIPS & normalization("none") & role("hidden") & DEPTH_GIVEN & ~TRANSFORMER,
        recipe(
            "fixup",
            branches=lambda layer: layer.depth,
            layers_per_branch=lambda layer: max(layer.description.layers_per_branch, 2),
        ),
        "Fixup: He's scheme times L^(-1/(2m - 2)) for L branches of m layers, and zeros in each branch's last layer, "
        "so that the blocks do not double the signal.",
        ("zhang2019",),
        (
            Choice(
                HE_NORMAL,
                "each branch ends in a factor that starts at zero (SkipInit, ReZero)",
                ("de2020", "bachlechner2020"),
            ),
            Choice(
                recipe("orthogonal", gain=math.sqrt(2.0)),
                "there are only a few blocks, and the signal may grow",
                ("saxe2013",),
            ),
        ),
        warnings=(
            "Fixup also has scalar biases before each layer and a multiplier at the end of each branch: add them.",
        ),
    ),
)
