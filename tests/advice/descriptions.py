"""Descriptions of layers at random: what a user may say together of a layer and of the network around it."""

from __future__ import annotations

import functools

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from service.activations.table import ACTIVATIONS
from service.advice.layer.architectures import ARCHITECTURES
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.layer.vocabulary import LAYER_ROLES
from service.advice.links import LinkOptions
from service.frameworks.registry import DESCRIBED
from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask

drawn = functools.partial(
    settings,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

_ACTIVATIONS = tuple(activation.name for activation in ACTIVATIONS)
_USUAL_ACTIVATIONS = ("relu", "tanh", "gelu", "silu", "sigmoid", "linear", "leaky_relu", "elu", "selu", "swiglu")
_CONVOLUTIONS = ("Conv2d", "Conv1d", "ConvTranspose2d", "DepthwiseConv2D")
_WEIGHTED = ("Linear", "Linear", "Linear", *_CONVOLUTIONS, "GCNConv", "attention")
_OTHERS = (
    "Embedding", "LSTM", "GRU", "RNN", "LayerNorm", "BatchNorm2d", "PReLU", "LayerScale", "LoRA", "S4", "S4D", "Mamba",
    "Mamba2", "PositionalEmbedding", "LogitScale", "SubpixelConv",
)  # fmt: skip
_ROLES_OF_ANY = ("hidden", "first", "residual_last")
_SIZES = (1, 10, 64, 256, 784, 4096)
_DEPTHS = (1, 2, 3, 5, 8, 12, 20, 29, 30, 50, 100)


def _maybe(draw, chance, values):
    """Return one of the values, in so many of a hundred cases; None in the others."""
    return draw(st.sampled_from(values)) if draw(st.integers(0, 99)) < chance else None


@st.composite
def descriptions(draw):
    """Return the members of a description, most of which are absent."""
    layer = draw(st.sampled_from(_WEIGHTED if draw(st.integers(0, 99)) < 85 else _OTHERS))
    members = {
        "activation": _maybe(draw, 50, _USUAL_ACTIVATIONS if draw(st.booleans()) else _ACTIVATIONS),
        "architecture": _maybe(draw, 45, tuple(ARCHITECTURES)),
        "role": _maybe(draw, 45, LAYER_ROLES if layer == "Linear" else _ROLES_OF_ANY) if layer in _WEIGHTED else None,
        "normalization": _maybe(draw, 40, ("none", "batch", "layer", "rms", "group", "instance", "weight")),
        "norm_position": _maybe(draw, 25, ("pre", "post")),
        "residual": _maybe(draw, 35, (True, False)),
        "layers_per_branch": _maybe(draw, 6, (1, 2, 3)),
        "depth": _maybe(draw, 55, _DEPTHS),
        "dropout": _maybe(draw, 20, (0.1, 0.5, 0.9)),
        "framework": _maybe(draw, 35, tuple(DESCRIBED)),
        "bias": _maybe(draw, 30, (True, False) if layer not in _OTHERS else (False,)),
        "parametrization": _maybe(draw, 6, ("mup",)),
        "optimizer": _maybe(draw, 6, ("sgd", "adam")),
    }
    if layer in _WEIGHTED and layer != "attention" and draw(st.integers(0, 99)) < 70:
        in_, out = draw(st.sampled_from(_SIZES)), draw(st.sampled_from(_SIZES))
        members |= {"in_features": in_, "out_features": in_ if draw(st.booleans()) else out}
    if layer in _CONVOLUTIONS:
        members |= {"kernel_size": _maybe(draw, 50, ([1], [3], [7])), "stride": _maybe(draw, 20, (2,))}
    return {"layer": layer, **{name: value for name, value in members.items() if value is not None}}


def resolved(members):
    """Return the layer; descriptions whose members do not go together are passed over."""
    try:
        return resolve(LayerDescription(**members), LinkOptions())
    except InvalidParameter:
        assume(False)


def answered(members, current=None):
    """Return the answer, which every description has whose members go together."""
    resolved(members)
    return ask(current=current, **members)
