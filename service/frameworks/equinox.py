"""Equinox's defaults: equinox/nn/{_linear,_conv,_embedding,_rnn,_attention,_normalisation,_batch_norm,_activations}.py,
which draw without initializers.

Read in Equinox 0.13.8 (PyPI) and recorded from it in tests/frameworks/recorded/equinox_defaults.json.
"""

from __future__ import annotations

from service.frameworks.default_initializer import DefaultInitializer, LayerFanIn, StateUnits
from service.frameworks.framework import Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import (
    BIAS_OF_FAN_IN,
    STANDARD_NORMAL,
    UNIFORM_OF_FAN_IN,
    UNIFORM_OF_UNITS,
    constant,
)

_BIAS = LayerTensor(BIAS_OF_FAN_IN)
_LINEAR: Tensors = {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored="s*oi"), "bias": _BIAS}
# A transposed one's is (out, in / groups, *kernel) too; the bias is (out, 1, ...).
_CONV: Tensors = {"weight": LayerTensor(UNIFORM_OF_FAN_IN, "out_in", stored="oik+"), "bias": _BIAS}
_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}


def _recurrent(gates: str) -> Tensors:
    return {
        **dict.fromkeys(("weight_ih", "weight_hh"), LayerTensor(UNIFORM_OF_UNITS, "out_in", gates)),
        "bias": LayerTensor(UNIFORM_OF_UNITS, gates=gates),
    }


_LAYERS = FrameworkLayers(
    title="Equinox",
    version="0.13.8",
    layers={
        "Linear": _LINEAR,
        "Conv": _CONV,
        "ConvTranspose": _CONV,
        "Embedding": {"weight": LayerTensor(STANDARD_NORMAL, stored="io")},
        "GRUCell": {**_recurrent("rzn"), "bias_n": LayerTensor(UNIFORM_OF_UNITS)},
        "LSTMCell": _recurrent("ifgo"),
        "MultiheadAttention": of_parts(("query_proj", "key_proj", "value_proj", "output_proj"), _LINEAR),
        "PReLU": {"negative_slope": LayerTensor(constant(0.25))},
        "LayerNorm": _NORM,
        "RMSNorm": _NORM,
        "GroupNorm": _NORM,
        "BatchNorm": _NORM,
    },
    other_names={"GRU": "GRUCell", "LSTM": "LSTMCell"},
    types={
        "linear": "Linear", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "gru": "GRUCell", "lstm": "LSTMCell", "attention": "MultiheadAttention",
        "layer_norm": "LayerNorm", "rms_norm": "RMSNorm", "group_norm": "GroupNorm", "batch_norm": "BatchNorm",
        "prelu": "PReLU",
    },
    roles={
        "weight": ("weight", "weight_ih", "query_proj.weight", "negative_slope"),
        "bias": ("bias", "query_proj.bias"),
        "recurrent_weight": ("weight_hh",),
        "recurrent_bias": ("bias_n",),
        "query_weight": ("query_proj.weight",),
        "key_weight": ("key_proj.weight",),
        "value_weight": ("value_proj.weight",),
        "output_weight": ("output_proj.weight",),
        "output_bias": ("output_proj.bias",),
    },
)  # fmt: skip


class EquinoxDefault(DefaultInitializer):
    """Equinox's defaults."""

    name = "equinox_default"

    fan_in: LayerFanIn = None
    units: StateUnits = None

    layers = _LAYERS
    traps = (
        "Shapes are Equinox's, which are PyTorch's but for a transposed convolution, stored out, in, kernel axes.",
        "A convolution's bias has an axis of 1 for each dimension: shape=64,1,1.",
        "An LSTM's or GRU's cell has one bias of all gates; GRUCell's bias_n is added to the state's part alone.",
    )
    example = "shape=256,784&layer=Linear&tensor=weight&seed=42"


EQUINOX = Framework(
    name="equinox",
    title="Equinox",
    without_bias="use_bias=False",
    source="patrick-kidger/equinox equinox/nn at v0.13.8",
    aliases={EquinoxDefault: ("equinox_defaults",)},
    layers=_LAYERS,
    default=EquinoxDefault,
)
