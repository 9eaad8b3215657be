"""Keras 3's defaults: keras/src/layers/{core,convolutional,rnn,attention,normalization,activations}, and fans as
`compute_fans` in keras/src/initializers/random_initializers.py, which reads the last two axes and knows no groups.

Read in Keras 3.15.1 (PyPI) and recorded from it in tests/frameworks/recorded/keras_defaults.json.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, Field

from service.frameworks.arguments import SCALING_DISTRIBUTION
from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import (
    ALL_ZEROS,
    TensorContext,
    TensorDefault,
    of_matrix,
)
from service.frameworks.storage import bare_equation, letters_of_equation
from service.initializers.bias import LstmBias
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.spectral import Stft
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
from service.tensors.layout import Shape


def _glorot_of(context: TensorContext, inputs: Shape, outputs: Shape) -> Initializer:
    fan_in, fan_out = max(math.prod(inputs), 1), max(math.prod(outputs), 1)
    return GlorotUniform(layout=context.layout, fan_in=fan_in, fan_out=fan_out)


def _glorot_of_projection(context: TensorContext, inputs: int) -> Initializer:
    """Glorot's of the first `inputs` axes against the others; of two axes the first is the input."""
    context.require_matrix()
    inputs = min(inputs, len(context.shape) - 1)
    return _glorot_of(context, context.shape[:inputs], context.shape[inputs:])


def _glorot_of_equation(context: TensorContext) -> Initializer:
    """Glorot's with the axes that the output has as outputs and the others as inputs."""
    context.require_matrix()
    shape = context.shape
    if context.equation is None:
        if len(shape) > 2:
            raise InvalidParameter(
                "equation", "which axes are inputs, the equation of the layer says: give it, such as abc,cde->abde"
            )
        return _glorot_of(context, shape[:1], shape[1:])
    outputs = [axis != "i" for axis in letters_of_equation(context.equation)]
    if len(outputs) != len(shape):
        raise InvalidParameter(
            "equation", f"must name the {len(shape)} axes of the kernel, as abc,cd->abd does those of a matrix"
        )
    axes = list(zip(shape, outputs, strict=True))
    inputs = tuple(size for size, is_output in axes if not is_output)
    return _glorot_of(context, inputs, tuple(size for size, is_output in axes if is_output))


def _glorot_of_vector(context: TensorContext) -> Initializer:
    """A vector has its size for both fans."""
    if len(context.shape) != 1:
        raise InvalidParameter("shape", "this tensor is a vector, of rank 1")
    return _glorot_of(context, context.shape, context.shape)


def _glorot(stored: str) -> LayerTensor:
    return LayerTensor(of_matrix(GlorotUniform), "in_out", stored=stored)


# Of more axes than two the equation says which are which.
_GLOROT_OF_EQUATION = LayerTensor(TensorDefault("glorot_uniform", _glorot_of_equation, ("equation",)), "in_out")
# Its fans are the same, so that its axes make no difference.
_GLOROT_OF_VECTOR = LayerTensor(TensorDefault("glorot_uniform", _glorot_of_vector), "in_out", stored="")
_ORTHOGONAL = of_matrix(OrthogonalInitializer)
_INPUT_PROJECTION = LayerTensor(
    TensorDefault("glorot_uniform", lambda context: _glorot_of_projection(context, 1)), "in_out", stored="io+"
)
_OUTPUT_PROJECTION = LayerTensor(
    TensorDefault("glorot_uniform", lambda context: _glorot_of_projection(context, 2)), "in_out", stored="io iio+"
)
_NEAR_ZERO = LayerTensor(TensorDefault("U(±0.05)", lambda _: UniformInitializer(low=-0.05, high=0.05)), stored="io")
_HE_UNIFORM = LayerTensor(of_matrix(HeUniform), "in_out")
_ZERO_MATRIX = LayerTensor(ALL_ZEROS, "in_out")
_FORGET = TensorDefault("0, of the forget gate 1", lambda context: LstmBias(gate_order=context.gates))

_LORA: Tensors = {"lora_kernel_a": _HE_UNIFORM, "lora_kernel_b": _ZERO_MATRIX}
_DENSE: Tensors = {"kernel": _glorot("s*io"), "bias": ZERO_VECTOR, **_LORA}
_NORM: Tensors = {"gamma": ONE_VECTOR, "beta": ZERO_VECTOR}


def _recurrent(gates: str, bias: TensorDefault, stored: str = "io") -> Tensors:
    return {
        "kernel": LayerTensor(of_matrix(GlorotUniform), "in_out", gates, stored),
        "recurrent_kernel": LayerTensor(_ORTHOGONAL, "in_out", gates, stored),
        "bias": LayerTensor(bias, gates=gates),
    }


_LAYERS = FrameworkLayers(
    title="Keras",
    version="3.15.1",
    layers={
        "Dense": _DENSE,
        "EinsumDense": {
            "kernel": _GLOROT_OF_EQUATION, "bias": ZERO_VECTOR, **_LORA,
        },
        "Conv": {**_DENSE, "kernel": _glorot("k+io")},
        # (*kernel, out, in), read as if it were (*kernel, in, out): all the same to Glorot's.
        "ConvTranspose": {"kernel": _glorot("k+oi"), "bias": ZERO_VECTOR},
        # (*kernel, in, multiplier): read with a fan-in of all channels together.
        "DepthwiseConv": {"kernel": _glorot("k+so"), "bias": ZERO_VECTOR},
        "SeparableConv": {
            "depthwise_kernel": _glorot("k+so"), "pointwise_kernel": _glorot("k+io"), "bias": ZERO_VECTOR,
        },
        "Embedding": {"embeddings": _NEAR_ZERO, "lora_embeddings_a": _HE_UNIFORM, "lora_embeddings_b": _ZERO_MATRIX},
        "ReversibleEmbedding": {"embeddings": _NEAR_ZERO, "reverse_embeddings": _NEAR_ZERO},
        "LSTM": _recurrent("ifgo", _FORGET),
        "ConvLSTM": _recurrent("ifgo", _FORGET, "k+io"),
        # With reset_after=True, the default, the inputs and the state have a bias each.
        "GRU": {**_recurrent("zrn", ALL_ZEROS), "bias": LayerTensor(ALL_ZEROS, gates="zrn", rows=2)},
        "SimpleRNN": _recurrent("", ALL_ZEROS),
        "MultiHeadAttention": {
            **of_parts(("query", "key", "value", "gate"), {"kernel": _INPUT_PROJECTION, "bias": ZERO_VECTOR}),
            **of_parts(("attention_output",), {"kernel": _OUTPUT_PROJECTION, "bias": ZERO_VECTOR}),
        },
        "Attention": {"scale": ONE_VECTOR, "concat_score_weight": ONE_VECTOR},
        "AdditiveAttention": {"scale": _GLOROT_OF_VECTOR},
        "PReLU": {"alpha": ZERO_VECTOR},
        "LayerNormalization": _NORM,
        "RMSNormalization": {"scale": ONE_VECTOR},
        "GroupNormalization": _NORM,
        "BatchNormalization": {**_NORM, "moving_mean": ZERO_VECTOR, "moving_variance": ONE_VECTOR},
    },
    other_names={
        "Convolution": "Conv",
        "ConvolutionTranspose": "ConvTranspose",
        "DepthwiseConvolution": "DepthwiseConv",
        "SeparableConvolution": "SeparableConv",
        "LSTMCell": "LSTM",
        "GRUCell": "GRU",
        "SimpleRNNCell": "SimpleRNN",
        "GroupQueryAttention": "MultiHeadAttention",
        "GroupedQueryAttention": "MultiHeadAttention",
    },
    types={
        "linear": "Dense", "conv": "Conv", "depthwise_conv": "DepthwiseConv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiHeadAttention",
        "layer_norm": "LayerNormalization", "rms_norm": "RMSNormalization", "group_norm": "GroupNormalization",
        "batch_norm": "BatchNormalization", "prelu": "PReLU",
    },
    roles={
        "weight": ("kernel", "embeddings", "query.kernel", "depthwise_kernel", "gamma", "scale", "alpha"),
        "bias": ("bias", "query.bias", "beta"),
        "recurrent_weight": ("recurrent_kernel",),
        "recurrent_bias": (),
        "query_weight": ("query.kernel",),
        "key_weight": ("key.kernel",),
        "value_weight": ("value.kernel",),
        "output_weight": ("attention_output.kernel",),
        "output_bias": ("attention_output.bias",),
    },
)  # fmt: skip


class KerasDefault(DefaultInitializer):
    """Keras 3's defaults."""

    name = "keras_default"

    equation: Annotated[
        Annotated[str, AfterValidator(bare_equation)] | None,
        Field(
            max_length=64, description="An EinsumDense's equation, such as abc,cde->abde; a matrix does without one."
        ),
    ] = None

    layers = _LAYERS
    traps = (
        "Shapes are Keras's: kernel axes, in, out.",
        "A DepthwiseConv's kernel, (kernel, in, multiplier), has the fan-in in · kernel there, not a unit's.",
        "A grouped convolution's fan-out counts the units of all groups there.",
        "EinsumDense, and with it attention, tells inputs from outputs since Keras 3.15 (keras#22789). Before, it "
        "was glorot_uniform with layout=in_out.",
        "An LSTM's recurrent kernel is orthogonal as a whole (units, 4 units), not gate by gate.",
    )
    example = "shape=784,256&layer=Dense&tensor=kernel&seed=42"


KERAS = Framework(
    name="keras",
    title="Keras",
    without_bias="use_bias=False",
    modules=(
        "keras.initializers",
        "tf.keras.initializers",
        "tensorflow.keras.initializers",
        "tf_keras.initializers",
        "tf.compat.v1.keras.initializers",
        "tf.initializers",
        "tensorflow.initializers",
    ),
    signatures={
        "Constant": "value",
        "RandomUniform": "minval maxval seed",
        "RandomNormal": "mean stddev seed",
        "TruncatedNormal": "mean stddev seed",
        "VarianceScaling": "scale mode distribution seed",
        "GlorotUniform": "seed",
        "GlorotNormal": "seed",
        "HeUniform": "seed",
        "HeNormal": "seed",
        "LecunUniform": "seed",
        "LecunNormal": "seed",
        "Orthogonal": "gain seed",
        "Identity": "gain",
        "STFT": "side window scaling periodic",
    },
    source="keras/src/initializers, 3.15.1",
    layout="in_out",
    calls=(
        Call("Zeros()", Zeros(), other_names=("zeros",)),
        Call("Ones()", Ones(), other_names=("ones",)),
        Call("Constant()", ConstantInitializer(), other_names=("constant",)),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("RandomUniform()", UniformInitializer(low=-0.05, high=0.05), other_names=("random_uniform", "uniform")),
        Call("RandomNormal()", NormalInitializer(std=0.05), other_names=("random_normal", "normal")),
        Call("TruncatedNormal()", TruncatedNormalInitializer(std=0.05), other_names=("truncated_normal",)),
        Call(
            "VarianceScaling()",
            VarianceScaling(distribution="truncated_normal"),
            arguments={"distribution": SCALING_DISTRIBUTION},
            other_names=("variance_scaling",),
        ),
        Call("GlorotUniform()", GlorotUniform(), other_names=("glorot_uniform",)),
        Call("GlorotNormal()", GlorotNormal(distribution="truncated_normal"), other_names=("glorot_normal",)),
        Call("HeUniform()", HeUniform(), other_names=("he_uniform",)),
        Call("HeNormal()", HeNormal(distribution="truncated_normal"), other_names=("he_normal",)),
        Call("LecunUniform()", LecunUniform(), other_names=("lecun_uniform",)),
        Call("LecunNormal()", LecunNormal(distribution="truncated_normal"), other_names=("lecun_normal",)),
        Call("Orthogonal()", OrthogonalInitializer(), other_names=("orthogonal",)),
        Call("Identity()", Identity(), other_names=("identity",)),
        Call("STFT()", Stft()),
    ),
    aliases={
        Zeros: ("zero",),
        Ones: ("one",),
        UniformInitializer: ("random_uniform",),
        NormalInitializer: ("random_normal",),
        OrthogonalInitializer: ("OrthogonalInitializer",),
        Identity: ("IdentityInitializer",),
        Stft: ("STFTInitializer",),
        LstmBias: ("unit_forget_bias",),
        KerasDefault: ("keras_defaults",),
    },
    parameter_names={
        "alpha": ("negative_slope",),
        "maxval": ("high",),
        "minval": ("low",),
        "stddev": ("std",),
    },
    layers=_LAYERS,
    default=KerasDefault,
)
