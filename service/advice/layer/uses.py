"""Which layers have a use for a member of a description that not all have a use for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.advice.layer.description import LayerDescription
from service.advice.layer.layer import Layer
from service.advice.layer.model_part import model_tensor, own_code
from service.advice.layer.roles import CLASSIFIER_ROLES
from service.advice.layer.vocabulary import CONVOLUTIONS, LayerKind, fold_layer_word, is_convolutional_cell, layer_word
from service.advice.layer.weight_axes import is_of_axes, is_of_equation
from service.tensors.errors import InvalidParameter


@dataclass(frozen=True)
class Use:
    """Which layers use a member."""

    holds: Callable[[Layer], bool]
    users: str
    """For people."""


def _is_recurrent(layer: Layer) -> bool:
    return layer.is_recurrent


def _has_axes(layer: Layer) -> bool:
    return layer.axes is not None and not layer.is_recurrent


def _is_of_attention(layer: Layer) -> bool:
    is_of_module = layer.kind == "attention" or _is_of_transformer_layer(layer)
    return is_of_module or layer.role == "qkv" or _is_drawn_by_heads(layer)


def _is_of_transformer_layer(layer: Layer) -> bool:
    """Return whether it is a transformer's layer of PyTorch, or a part of one: linear1.weight."""
    word = layer.description.layer
    return fold_layer_word(word).startswith("transformer") and layer_word(word).kind == "attention"


def _is_drawn_by_heads(layer: Layer) -> bool:
    own, model = layer.weight.own, model_tensor(layer)
    by_model = model is not None and "head_size" in model.weight.takes
    return by_model or (own is not None and "head_size" in own.record.default.takes)


def _is_scaled_by_block(layer: Layer) -> bool:
    own = own_code(layer)
    return own is not None and "block" in own.weight.takes


def _has_independent_classes(layer: Layer) -> bool:
    if layer.role == "head":
        return layer.activation.name == "sigmoid" or layer.out == 1
    return layer.role in {"binary_head", "detector_head"} or layer.description.architecture == "linear_model"


def may_have_bias(layer: Layer) -> bool:
    """Return whether layers of the kind can have a bias, a number for each unit."""
    return layer.kind not in _WITHOUT_BIAS


_WITHOUT_BIAS: frozenset[LayerKind] = frozenset(
    (
        "embedding",
        "positional_embedding",
        "prelu",
        "layer_scale",
        "logit_scale",
        "lora",
        "s4",
        "s4d",
        "mamba",
        "mamba2",
        "parameter",
    )
)
_RECURRENT = Use(_is_recurrent, "recurrent layers (RNN, LSTM, GRU)")
_STACKS = Use(
    lambda layer: layer.is_numbered,
    "recurrent layers of PyTorch, Paddle and candle; elsewhere each layer and each direction is a layer of its own",
)
_ATTENTION = Use(_is_of_attention, "attention")
_DRAWN_BY_HEADS = Use(_is_drawn_by_heads, "burn's CrossAttention and T5's queries")

USES: Mapping[str, Use] = {
    "equation": Use(lambda layer: is_of_equation(layer.description.layer), "an EinsumDense"),
    "axis": Use(lambda layer: is_of_axes(layer.description.layer), "a DenseGeneral"),
    "heads": _ATTENTION,
    "kv_heads": _ATTENTION,
    "head_size": _DRAWN_BY_HEADS,
    "stride": Use(lambda layer: layer.kind in CONVOLUTIONS, "convolutions"),
    "block": Use(_is_scaled_by_block, "families that scale what ends a branch by its place (architecture=beit)"),
    "rank": Use(lambda layer: layer.kind in {"lora", "mamba"}, "low-rank adapters (layer=LoRA) and Mamba"),
    "longest": _RECURRENT,
    "dim_feedforward": Use(
        _is_of_transformer_layer,
        "a transformer's layer (TransformerEncoderLayer, TransformerDecoderLayer)",
    ),
    "num_layers": _STACKS,
    "bidirectional": _STACKS,
    "proj_size": Use(lambda layer: layer.kind == "lstm" and layer.is_numbered, "an LSTM of PyTorch"),
    "in_features": Use(_has_axes, "layers with a matrix or a kernel; give a recurrent layer's as inputs and units"),
    "out_features": Use(_has_axes, "layers with a matrix or a kernel; give a recurrent layer's as inputs and units"),
    "groups": Use(lambda layer: layer.axes is not None or layer.kind == "normalization", "convolutions"),
    "kernel_size": Use(
        lambda layer: layer.kind in CONVOLUTIONS or is_convolutional_cell(layer.description.layer), "convolutions"
    ),
    "units": _RECURRENT,
    "inputs": _RECURRENT,
    # Any layer has tensors by its framework's names; these two words are of a cell alone.
    "tensor": Use(
        lambda layer: layer.is_recurrent or layer.description.tensor not in {"input", "recurrent"}, _RECURRENT.users
    ),
    "padding_idx": Use(lambda layer: layer.kind == "embedding" and layer.axes is not None, "embeddings"),
    "tied": Use(lambda layer: layer.kind == "embedding", "embeddings, and heads that share their weights"),
    "classes": Use(
        lambda layer: layer.role in CLASSIFIER_ROLES or layer.description.tied,
        "classifiers: role=head, binary_head or detector_head",
    ),
    "bias": Use(
        lambda layer: layer.description.bias is not True or may_have_bias(layer),
        "layers that add a number to each unit, such as Linear, Conv and LSTM",
    ),
    "prior": Use(
        _has_independent_classes,
        "classifiers of one class against the rest: role=binary_head or detector_head, or role=head with a sigmoid",
    ),
}
"""By the member. Those that are absent are used by all layers, or refused by what they belong to."""


_DEFAULTS: Mapping[str, object] = {name: LayerDescription.model_fields[name].default for name in USES}


def check_uses(layer: Layer) -> None:
    """Raise InvalidParameter where the description says something that its layer has no use for."""
    description = layer.description
    given = USES.keys() & description.model_fields_set
    for name, use in USES.items() if given else ():
        if name in given and getattr(description, name) != _DEFAULTS[name] and not use.holds(layer):
            raise InvalidParameter(
                name,
                f"has no use in {_article(layer.kind)} {layer.kind} layer of the role {layer.role}, and is for "
                f"{use.users}; leave it out",
            )


def _article(kind: LayerKind) -> str:
    return "an" if kind[0] in "aeiou" or kind in {"rnn", "lstm", "s4", "s4d"} else "a"
