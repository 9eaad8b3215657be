"""Keras 3's defaults: keras/src/layers/{core,convolutional,rnn,attention,normalization,activations}, and fans as
`compute_fans` in keras/src/initializers/random_initializers.py, which reads the last two axes and knows no groups.

Read in Keras 3.15.1 (PyPI) and recorded from it in tests/frameworks/recorded/keras_defaults.json.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.layers import Framework, Tensors, of_parts
from service.frameworks.rules import (
    ALL_ONES,
    ALL_ZEROS,
    TensorContext,
    TensorDefault,
    of_matrix,
)
from service.initializers.bias import LstmBias
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import UniformInitializer
from service.initializers.variance_scaling import GlorotUniform, HeUniform
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape

_EQUATION = re.compile(r"([A-Za-z.]*),([A-Za-z]+)->([A-Za-z.]*)")


def _are_outputs(equation: str) -> list[bool]:
    """Return of each axis of an equation's kernel whether the output has it. Raises InvalidParameter."""
    found = _EQUATION.fullmatch(equation)
    if found is None or not set(found[2]) <= {*found[1], *found[3]}:
        raise InvalidParameter(
            "equation", "must be an einsum equation of an input, a kernel and an output, such as abc,cd->abd"
        )
    return [letter in found[3] for letter in found[2]]


def _equation(value: str) -> str:
    bare = value.replace(" ", "")
    _are_outputs(bare)
    return bare


def _glorot_of(inputs: Shape, outputs: Shape) -> Initializer:
    fan_in, fan_out = max(math.prod(inputs), 1), max(math.prod(outputs), 1)
    return GlorotUniform(layout="in_out", fan_in=fan_in, fan_out=fan_out)


def _glorot_of_projection(context: TensorContext, inputs: int) -> Initializer:
    """Glorot's of the first `inputs` axes against the others; of two axes the first is the input."""
    context.require_matrix()
    inputs = min(inputs, len(context.shape) - 1)
    return _glorot_of(context.shape[:inputs], context.shape[inputs:])


def _glorot_of_equation(context: TensorContext) -> Initializer:
    """Glorot's with the axes that the output has as outputs and the others as inputs."""
    context.require_matrix()
    shape = context.shape
    if context.equation is None:
        if len(shape) > 2:
            raise InvalidParameter(
                "equation", "which axes are inputs, the equation of the layer says: give it, such as abc,cde->abde"
            )
        return _glorot_of(shape[:1], shape[1:])
    outputs = _are_outputs(context.equation)
    if len(outputs) != len(shape):
        raise InvalidParameter(
            "equation", f"must name the {len(shape)} axes of the kernel, as abc,cd->abd does those of a matrix"
        )
    axes = list(zip(shape, outputs, strict=True))
    return _glorot_of(
        tuple(size for size, is_output in axes if not is_output), tuple(size for size, is_output in axes if is_output)
    )


def _glorot_of_vector(context: TensorContext) -> Initializer:
    """A vector has its size for both fans."""
    if len(context.shape) != 1:
        raise InvalidParameter("shape", "this tensor is a vector, of rank 1")
    return _glorot_of(context.shape, context.shape)


_GLOROT = of_matrix(GlorotUniform(layout="in_out"))
_ORTHOGONAL = of_matrix(OrthogonalInitializer(layout="in_out"))
_INPUT_PROJECTION = TensorDefault("glorot_uniform", lambda context: _glorot_of_projection(context, 1))
_OUTPUT_PROJECTION = TensorDefault("glorot_uniform", lambda context: _glorot_of_projection(context, 2))
_NEAR_ZERO = TensorDefault("U(±0.05)", lambda _: UniformInitializer(low=-0.05, high=0.05))
_HE_UNIFORM = of_matrix(HeUniform(layout="in_out"))
_FORGET = TensorDefault("0, of the forget gate 1", lambda _: LstmBias())

_LORA: Tensors = {"lora_kernel_a": _HE_UNIFORM, "lora_kernel_b": ALL_ZEROS}
_DENSE: Tensors = {"kernel": _GLOROT, "bias": ALL_ZEROS, **_LORA}
_RECURRENT: Tensors = {"kernel": _GLOROT, "recurrent_kernel": _ORTHOGONAL, "bias": ALL_ZEROS}
_NORM: Tensors = {"gamma": ALL_ONES, "beta": ALL_ZEROS}

KERAS = Framework(
    name="keras",
    title="Keras",
    version="3.15.1",
    layers={
        "Dense": _DENSE,
        "EinsumDense": {
            "kernel": TensorDefault("glorot_uniform", _glorot_of_equation, ("equation",)), "bias": ALL_ZEROS, **_LORA,
        },
        "Conv": _DENSE,
        # (*kernel, out, in), read as if it were (*kernel, in, out): all the same to Glorot's.
        "ConvTranspose": {"kernel": _GLOROT, "bias": ALL_ZEROS},
        # (*kernel, in, multiplier): a fan-in of all channels together.
        "DepthwiseConv": {"kernel": _GLOROT, "bias": ALL_ZEROS},
        "SeparableConv": {"depthwise_kernel": _GLOROT, "pointwise_kernel": _GLOROT, "bias": ALL_ZEROS},
        "Embedding": {"embeddings": _NEAR_ZERO, "lora_embeddings_a": _HE_UNIFORM, "lora_embeddings_b": ALL_ZEROS},
        "ReversibleEmbedding": {"embeddings": _NEAR_ZERO, "reverse_embeddings": _NEAR_ZERO},
        "LSTM": {**_RECURRENT, "bias": _FORGET},
        "ConvLSTM": {**_RECURRENT, "bias": _FORGET},
        "GRU": _RECURRENT,
        "SimpleRNN": _RECURRENT,
        "MultiHeadAttention": {
            **of_parts(("query", "key", "value", "gate"), {"kernel": _INPUT_PROJECTION, "bias": ALL_ZEROS}),
            **of_parts(("attention_output",), {"kernel": _OUTPUT_PROJECTION, "bias": ALL_ZEROS}),
        },
        "Attention": {"scale": ALL_ONES, "concat_score_weight": ALL_ONES},
        "AdditiveAttention": {"scale": TensorDefault("glorot_uniform", _glorot_of_vector)},
        "PReLU": {"alpha": ALL_ZEROS},
        "LayerNormalization": _NORM,
        "RMSNormalization": {"scale": ALL_ONES},
        "GroupNormalization": _NORM,
        "BatchNormalization": {**_NORM, "moving_mean": ALL_ZEROS, "moving_variance": ALL_ONES},
    },
    same={
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
    words={
        "linear": "Dense", "conv": "Conv", "depthwise_conv": "DepthwiseConv", "conv_transpose": "ConvTranspose",
        "embedding": "Embedding", "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "attention": "MultiHeadAttention",
        "layer_norm": "LayerNormalization", "rms_norm": "RMSNormalization", "group_norm": "GroupNormalization",
        "batch_norm": "BatchNormalization", "prelu": "PReLU",
    },
    roles={
        "weight": ("kernel", "embeddings", "query.kernel", "gamma", "scale", "alpha"),
        "bias": ("bias", "query.bias", "beta"),
        "recurrent_weight": ("recurrent_kernel",),
        "recurrent_bias": (),
        "output_weight": ("attention_output.kernel",),
        "output_bias": ("attention_output.bias",),
    },
)  # fmt: skip


class KerasDefault(DefaultInitializer):
    """Keras 3's defaults."""

    name = "keras_default"

    equation: Annotated[
        str | None,
        AfterValidator(_equation),
        Field(
            max_length=64, description="An EinsumDense's equation, such as abc,cde->abde; a matrix does without one."
        ),
    ] = None

    framework: ClassVar[Framework] = KERAS
    traps = (
        "Shapes are Keras's: kernel axes, in, out.",
        "A DepthwiseConv's kernel, (kernel, in, multiplier), has the fan-in in · kernel there, not a unit's.",
        "A grouped convolution's fan-out counts the units of all groups there.",
        "EinsumDense, and with it attention, tells inputs from outputs since Keras 3.15 (keras#22789). Before, it "
        "was glorot_uniform with layout=in_out.",
        "An LSTM's recurrent kernel is orthogonal as a whole (units, 4 units), not gate by gate.",
    )
    example = "shape=784,256&layer=Dense&tensor=kernel&seed=42"
