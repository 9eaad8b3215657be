"""DL4J's initializers and defaults: deeplearning4j-nn/src/main/java/org/deeplearning4j/nn. A network's layers have
WeightInitXavier and a bias of 0, where nobody says otherwise: conf/NeuralNetConfiguration.java at 0374a8ad.

Fans and shapes are those of params/{Default at 1b8273eb, Convolution at 07351c17, Convolution3D and Deconvolution at
026a1a5d, Deconvolution3D at 29104083, DepthwiseConvolution and SeparableConvolution at 08dac0b3, EmbeddingLayer at
44945f4a, LSTM at 0811dc1e, GravesLSTM and GravesBidirectionalLSTM at 08dac0b3, SimpleRnn at 02afce4b,
BatchNormalization at 0811dc1e}ParamInitializer.java. The forget gate's bias: conf/layers/AbstractLSTM.java at 553a4dd7;
conf/layers/PReLULayer.java at 6c2a64ff; conf/layers/LayerNormalization.java at 0f0cbeb0.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import TensorContext, TensorDefault, of_matrix
from service.frameworks.storage import in_words, letters
from service.initializers.bias import LstmBias
from service.initializers.constant import Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.initializer import LARGEST_FAN, SMALLEST_FAN, Initializer, PositiveInteger
from service.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Geometry, fans
from service.tensors.layout import WEIGHTS

_CUT = 0.87962566103423978
"""The standard deviation of a standard normal cut at ±2."""
_SQRT_2 = math.sqrt(2.0)
_SQRT_3 = math.sqrt(3.0)

_LSTM_GATES = "ifog"


def _xavier(fan_in: float, fan_out: float, parameter: str) -> GlorotNormal:
    """WeightInitXavier: N(0, 2 / (fan_in + fan_out)). Raises InvalidParameter."""
    if not (max(fan_in, fan_out) <= LARGEST_FAN and fan_out >= SMALLEST_FAN):
        raise InvalidParameter(parameter, f"no layer has a fan_out of {fan_out:g}; check it and the shape")
    return GlorotNormal(layout="in_out", fan_in=fan_in, fan_out=fan_out)


def _of_convolution(drawn: str) -> TensorDefault:
    """Of a kernel whose axes are those of a pattern when it is drawn: strides divide its fan_out."""

    def scheme(context: TensorContext) -> Initializer:
        rank = len(context.shape)
        layout = letters(drawn, rank)
        if layout is None:
            raise InvalidParameter("shape", f"DL4J stores this weight as {in_words(drawn)}")
        named = WEIGHTS.canonical(layout, rank)
        if context.strides == 1:
            return GlorotNormal(layout=named)
        found = fans(Geometry(context.shape, named))
        divided = _xavier(found.of("fan_in"), found.of("fan_out") / context.strides, "strides")
        return GlorotNormal(layout=named, fan_out=divided.fan_out)

    return TensorDefault("glorot_normal, fan_out = out · kernel / strides", scheme, ("strides",))


def _pointwise(context: TensorContext) -> Initializer:
    """Of a kernel (out, in · multiplier, 1, 1), whose fan_out is taken to be its fan_in."""
    context.require_matrix()
    return _xavier(context.size(1), context.size(1), "shape")


def _embedding(context: TensorContext) -> Initializer:
    context.require_matrix()
    return _xavier(1.0, context.size(-1), "shape")


def _of_inputs(context: TensorContext) -> Initializer:
    """Of an LSTM's (in, 4 · units), read as fan_in = units, fan_out = in + units."""
    context.require_matrix()
    units, rest = divmod(context.shape[-1], len(_LSTM_GATES))
    if rest:
        raise InvalidParameter("shape", f"the last axis is {len(_LSTM_GATES)} gates of one size")
    return _xavier(max(units, 1), context.shape[0] + units or 1, "shape")


def _of_state(context: TensorContext) -> Initializer:
    """Of an LSTM's (units, 4 · units), likewise; Graves's has three columns more."""
    context.require_matrix()
    if context.inputs is None:
        raise InvalidParameter("inputs", "DL4J draws an LSTM's RW with fan_out = inputs + units: give the inputs")
    return _xavier(context.size(0), context.inputs + context.size(0), "inputs")


def _convolution(stored: str, drawn: str = "") -> Tensors:
    weight = LayerTensor(_of_convolution(drawn or stored), "out_in", stored=stored, has_flat_kernel=True)
    return {"W": weight, "b": ZERO_VECTOR}


_MATRIX = of_matrix(GlorotNormal)
_STATE = TensorDefault("glorot_normal, fan_in = units, fan_out = inputs + units", _of_state, ("inputs",))
_LSTM: Tensors = {
    "W": LayerTensor(
        TensorDefault("glorot_normal, fan_in = units, fan_out = in + units", _of_inputs), "in_out", _LSTM_GATES
    ),
    "RW": LayerTensor(_STATE, "in_out", _LSTM_GATES),
    "b": LayerTensor(
        TensorDefault("0, of the forget gate 1", lambda context: LstmBias(gate_order=context.gates)), gates=_LSTM_GATES
    ),
}
_NORM: Tensors = {"gamma": ONE_VECTOR, "beta": ZERO_VECTOR}

_LAYERS = FrameworkLayers(
    title="DL4J",
    version="1.0.0-SNAPSHOT",
    layers={
        # g is the gain of hasLayerNorm.
        "DenseLayer": {"W": LayerTensor(_MATRIX, "in_out", stored="s*io"), "b": ZERO_VECTOR, "g": ONE_VECTOR},
        "ConvolutionLayer": _convolution("oik+"),
        # (in, out, *kernel) in two dimensions, (*kernel, out, in) in three.
        "Deconvolution": _convolution("iokk kkkoi"),
        # (*kernel, in, multiplier), read with a fan-in of all channels together.
        "DepthwiseConvolution": _convolution("k+so", "k+io"),
        # (multiplier, in, *kernel), likewise.
        "SeparableConvolution": {
            **_convolution("osk+", "oik+"),
            "pW": LayerTensor(TensorDefault("glorot_normal, fan_out = fan_in", _pointwise), "out_in", stored="oikk"),
        },
        # It has a bias where hasBias says so.
        "EmbeddingLayer": {"W": LayerTensor(TensorDefault("glorot_normal, fan_in = 1", _embedding), "in_out")},
        "LSTM": _LSTM,
        # (units, 4 · units + 3): the last columns are those of the peepholes.
        "GravesLSTM": {**_LSTM, "RW": LayerTensor(_STATE, "in_out", stored="")},
        "SimpleRnn": {
            **dict.fromkeys(("W", "RW"), LayerTensor(_MATRIX, "in_out")), "b": ZERO_VECTOR,
        },
        "PReLULayer": {"W": ZERO_VECTOR},
        "LayerNormalization": _NORM,
        "BatchNormalization": {**_NORM, "mean": ZERO_VECTOR, "var": ONE_VECTOR, "log10stdev": ZERO_VECTOR},
    },
    other_names={
        "OutputLayer": "DenseLayer",
        "RnnOutputLayer": "DenseLayer",
        "Convolution": "ConvolutionLayer",
        "EmbeddingSequenceLayer": "EmbeddingLayer",
        "GravesBidirectionalLSTM": "GravesLSTM",
    },
    # GravesBidirectionalLSTM's.
    other_tensors={"WF": "W", "WB": "W", "RWF": "RW", "RWB": "RW", "bF": "b", "bB": "b"},
    types={
        "linear": "DenseLayer", "conv": "ConvolutionLayer", "depthwise_conv": "DepthwiseConvolution",
        "conv_transpose": "Deconvolution", "embedding": "EmbeddingLayer", "rnn": "SimpleRnn", "lstm": "LSTM",
        "layer_norm": "LayerNormalization", "batch_norm": "BatchNormalization", "prelu": "PReLULayer",
    },
    roles={"weight": ("W", "gamma"), "bias": ("b", "beta"), "recurrent_weight": ("RW",)},
)  # fmt: skip


class Dl4jDefault(DefaultInitializer):
    """DL4J's defaults."""

    name = "dl4j_default"

    inputs: Annotated[
        PositiveInteger | None, Field(description="The size of the layer's input; for the RW of an LSTM.")
    ] = None
    strides: Annotated[
        PositiveInteger,
        Field(description="The product of a convolution's strides, which divides its fan_out there: 4 for 2 × 2."),
    ] = 1

    layers = _LAYERS
    traps = (
        "The layers give the fans there, not the shapes: an LSTM's W (in, 4 · units) and RW (units, 4 · units) have "
        "the fan_in units and the fan_out in + units.",
        "A convolution's fan_out is divided by its strides there: give strides.",
        "An Embedding's fan_in is 1 there, so that it does not depend on the vocabulary; in older releases it did.",
        "An LSTM's gates are i, f, o, g; the forget gate's bias is 1, as forgetGateBiasInit has it.",
        "Biases are rows, 1 × n, there; give n for the shape.",
        "A one-dimensional convolution's weight is out, in, kernel, 1.",
        "What the network's weightInit says holds for its layers; these are those of a network that says nothing.",
    )
    example = "shape=784,256&layer=DenseLayer&tensor=W&seed=42"


DL4J = Framework(
    name="dl4j",
    title="DL4J",
    without_bias="hasBias(false)",
    modules=("WeightInit", "org.deeplearning4j.nn.weights.WeightInit", "dl4j.WeightInit"),
    source="deeplearning4j-nn org/deeplearning4j/nn/weights/WeightInitUtil.java at 04ca4c7a; truncation: "
    "WeightInitVarScalingNormalFanAvg.java at da4bf020",
    shapes="The layers give the fans there.",
    calls=(
        Call("WeightInit.ZERO", Zeros()),
        Call("WeightInit.ONES", Ones()),
        Call("WeightInit.IDENTITY", Identity()),
        Call("WeightInit.UNIFORM", LecunUniform(gain=1.0 / _SQRT_3), is_alias=False),
        Call("WeightInit.NORMAL", LecunNormal(), is_alias=False),
        Call("WeightInit.LECUN_NORMAL", LecunNormal()),
        Call("WeightInit.LECUN_UNIFORM", LecunUniform(gain=_SQRT_3)),
        Call("WeightInit.XAVIER", GlorotNormal()),
        Call("WeightInit.XAVIER_UNIFORM", GlorotUniform()),
        Call("WeightInit.XAVIER_FAN_IN", LecunNormal()),
        Call(
            "WeightInit.XAVIER_LEGACY",
            GlorotNormal(gain=1.0 / _SQRT_2),
            "For matrices; of a kernel it adds the first two axes: give fan_in and fan_out.",
        ),
        Call("WeightInit.SIGMOID_UNIFORM", GlorotUniform(gain=4.0)),
        Call("WeightInit.RELU", HeNormal()),
        Call("WeightInit.RELU_UNIFORM", HeUniform()),
        Call("WeightInit.VAR_SCALING_UNIFORM_FAN_IN", VarianceScaling(scale=3.0, distribution="uniform")),
        Call(
            "WeightInit.VAR_SCALING_UNIFORM_FAN_OUT", VarianceScaling(scale=3.0, mode="fan_out", distribution="uniform")
        ),
        Call(
            "WeightInit.VAR_SCALING_UNIFORM_FAN_AVG", VarianceScaling(scale=3.0, mode="fan_avg", distribution="uniform")
        ),
        Call(
            "WeightInit.VAR_SCALING_NORMAL_FAN_AVG",
            VarianceScaling(scale=_CUT * _CUT, mode="fan_avg", distribution="truncated_normal"),
            "Releases before the truncation had distribution=normal and scale=1.",
        ),
    ),
    aliases={
        VarianceScaling: (
            "VAR_SCALING_NORMAL_FAN_IN",
            "VAR_SCALING_NORMAL_FAN_OUT",
            "VAR_SCALING_NORMAL_FAN_AVG",
            "VAR_SCALING_UNIFORM_FAN_IN",
            "VAR_SCALING_UNIFORM_FAN_OUT",
            "VAR_SCALING_UNIFORM_FAN_AVG",
        ),
        Dl4jDefault: ("dl4j_defaults",),
    },
    layers=_LAYERS,
    default=Dl4jDefault,
)
