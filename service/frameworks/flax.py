"""Flax's defaults, of linen and of nnx: flax/linen/{linear,attention,recurrent,normalization,activation}.py and
flax/nnx/nn/{linear,attention,recurrent,normalization,activations,lora}.py, with fans as `_compute_fans` in
jax/_src/nn/initializers.py.

Read in Flax 0.12.8 and JAX 0.10.2 (PyPI) and recorded from them in tests/frameworks/recorded/flax_defaults.json.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from service.frameworks.default_initializer import DefaultInitializer
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors, of_parts
from service.frameworks.rules import (
    ALL_ZEROS,
    NORMAL_OF_FEATURES,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.constant import Ones, Zeros
from service.initializers.initializer import Fan, Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.variance_scaling import HeUniform, LecunNormal
from service.tensors.errors import InvalidParameter


def _lecun(context: TensorContext, fan_in: float | None) -> Initializer:
    return LecunNormal(layout=context.layout, distribution="truncated_normal", fan_in=fan_in)


def _lecun_of_shape(context: TensorContext) -> Initializer:
    """LeCun's of a kernel whose last axis is out, the others making the fan-in."""
    if context.fan_in is None:
        context.require_matrix()
    return _lecun(context, context.fan_in)


def _lecun_of_first_axis(context: TensorContext) -> Initializer:
    context.require_matrix()
    return _lecun(context, context.size(0))


def _lecun_of_general(context: TensorContext) -> Initializer:
    """LeCun's of a kernel of batch, input and feature axes, how many of each its shape does not say."""
    if context.fan_in is None and len(context.shape) > 2:
        raise InvalidParameter(
            "fan_in",
            f"which axes are inputs, axis and batch_dims of the layer say: give fan_in, the product of those axes; "
            f"{math.prod(context.shape[:1])} when the first one is",
        )
    return _lecun_of_shape(context)


def _kernel(stored: str, gates: str = "") -> LayerTensor:
    return LayerTensor(TensorDefault("lecun_normal, truncated", _lecun_of_shape, ("fan_in",)), "in_out", gates, stored)


def _layer(stored: str) -> Tensors:
    return {"kernel": _kernel(stored), "bias": ZERO_VECTOR}


# Of more axes than two `axis` and `batch_dims` say which are which.
_LECUN_OF_GENERAL = LayerTensor(TensorDefault("lecun_normal, truncated", _lecun_of_general, ("fan_in",)), "in_out")
_LECUN_OF_FIRST_AXIS = LayerTensor(
    TensorDefault("lecun_normal, truncated", _lecun_of_first_axis), "in_out", stored="io+"
)
_DENSE = _layer("s*io")
_LORA: Tensors = {
    "lora_a": LayerTensor(of_matrix(HeUniform), "in_out"), "lora_b": LayerTensor(ALL_ZEROS, "in_out"),
}  # fmt: skip
_NORM: Tensors = {"scale": ONE_VECTOR, "bias": ZERO_VECTOR}


def _cell(inputs: tuple[str, ...], hidden: tuple[str, ...], biases: tuple[str, ...], gates: str = "") -> Tensors:
    """Return the tensors of a cell: one kernel a gate in linen, fused ones in nnx, dense_i and dense_h."""
    orthogonal = of_matrix(OrthogonalInitializer)
    return {
        **of_parts(inputs, {"kernel": _kernel("io")}),
        **of_parts(hidden, {"kernel": LayerTensor(orthogonal, "in_out")}),
        **of_parts(biases, {"bias": ZERO_VECTOR}),
        **({"dense_i.kernel": _kernel("io", gates)} if gates else {}),
        **({"dense_h.kernel": LayerTensor(orthogonal, "in_out", gates)} if gates else {}),
    }


_LAYERS = FrameworkLayers(
    title="Flax",
    version="0.12.8",
    layers={
        "Dense": _DENSE,
        "DenseGeneral": {"kernel": _LECUN_OF_GENERAL, "bias": ZERO_VECTOR},
        # Its equation does not count: the last axis is out, the others make the fan-in.
        "Einsum": _layer("io"),
        "Conv": _layer("k+io"),
        # (*positions, kernel · in, out), a kernel for each position, whose fan-in has the positions in it.
        "ConvLocal": _layer("s+io"),
        "ConvTranspose": _layer("k+io"),
        # As the kernel of the convolution that it transposes; the axis before the last makes the fan-in all the same.
        "ConvTranspose(transpose_kernel=True)": _layer("k+oi"),
        # variance_scaling(1, "fan_in", "normal", out_axis=0), whose in and out axes are one.
        "Embed": {"embedding": LayerTensor(NORMAL_OF_FEATURES, stored="io")},
        "LSTMCell": _cell(
            ("ii", "if", "ig", "io", "dense_i"),
            ("hi", "hf", "hg", "ho", "dense_h"),
            ("hi", "hf", "hg", "ho", "dense_h"),
            "ifgo",
        ),
        "GRUCell": _cell(
            ("ir", "iz", "in", "dense_i"), ("hr", "hz", "hn", "dense_h"), ("ir", "iz", "in", "hn", "dense_i"), "rzn"
        ),
        "MGUCell": {**_cell(("if", "in"), ("hf", "hn"), ("in", "hn")), "if.bias": ONE_VECTOR},
        "SimpleCell": _cell(("i", "dense_i"), ("h", "dense_h"), ("i", "dense_i")),
        "ConvLSTMCell": of_parts(
            ("ih", "hh"), {"kernel": _kernel("k+io", "igfo"), "bias": LayerTensor(ALL_ZEROS, gates="igfo")}
        ),
        "MultiHeadDotProductAttention": {
            **of_parts(("query", "key", "value"), {"kernel": _LECUN_OF_FIRST_AXIS, "bias": ZERO_VECTOR}),
            **of_parts(("out",), _layer("i+o")),
            **of_parts(("query_ln", "key_ln"), {"scale": ONE_VECTOR}),
        },
        "LoRA": _LORA,
        "LoRALinear": {**_DENSE, **_LORA},
        "PReLU": {"negative_slope": LayerTensor(constant(0.01))},
        "LayerNorm": _NORM,
        "RMSNorm": {"scale": ONE_VECTOR},
        "GroupNorm": _NORM,
        "InstanceNorm": _NORM,
        "BatchNorm": {**_NORM, "mean": ZERO_VECTOR, "var": ONE_VECTOR},
    },
    other_names={
        "Linear": "Dense",
        "LinearGeneral": "DenseGeneral",
        "OptimizedLSTMCell": "LSTMCell",
        "MultiHeadAttention": "MultiHeadDotProductAttention",
        "SelfAttention": "MultiHeadDotProductAttention",
    },
    # OptimizedLSTMCell and GRUCell stack them in nnx, not in linen.
    unfused=("LSTMCell",),
    types={
        "linear": "Dense", "conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose",
        "embedding": "Embed", "rnn": "SimpleCell", "lstm": "LSTMCell", "gru": "GRUCell",
        "attention": "MultiHeadDotProductAttention", "layer_norm": "LayerNorm", "rms_norm": "RMSNorm",
        "group_norm": "GroupNorm", "batch_norm": "BatchNorm", "instance_norm": "InstanceNorm", "prelu": "PReLU",
    },
    roles={
        "weight": ("kernel", "embedding", "dense_i.kernel", "ih.kernel", "query.kernel", "scale", "negative_slope"),
        "bias": ("bias", "dense_i.bias", "ih.bias", "query.bias"),
        "recurrent_weight": ("dense_h.kernel", "hh.kernel"),
        "recurrent_bias": ("dense_h.bias", "hh.bias"),
        "gate_weight": tuple(f"{gate}.kernel" for gate in ("ii", "ir", "if", "ig", "io", "iz", "in", "i")),
        "recurrent_gate_weight": tuple(f"{gate}.kernel" for gate in ("hi", "hr", "hf", "hg", "ho", "hz", "hn", "h")),
        "query_weight": ("query.kernel",),
        "key_weight": ("key.kernel",),
        "value_weight": ("value.kernel",),
        "output_weight": ("out.kernel",),
        "output_bias": ("out.bias",),
    },
)  # fmt: skip


class FlaxDefault(DefaultInitializer):
    """Flax's defaults."""

    name = "flax_default"

    fan_in: Annotated[
        Fan | None, Field(description="The product of the input axes; for a DenseGeneral of more axes than two.")
    ] = None

    layers = _LAYERS
    traps = (
        "Shapes are Flax's: kernel axes, in, out.",
        "lecun_normal is truncated at 2 sigmas there, and so it is here.",
        "linen's cells have a kernel for each gate (ii, if, …), which wants a name of its own here; nnx's fuse "
        "them in dense_i and dense_h, and dense_h is orthogonal as a whole.",
        "No bias of an LSTM's forget gate is 1: MGUCell alone has that; ConvLSTMCell adds 1 in the forward pass.",
        "A ConvLocal's fan-in counts all positions of its output, an Einsum's all axes but the last.",
    )
    example = "shape=784,256&layer=Dense&tensor=kernel&seed=42"


FLAX = Framework(
    name="flax",
    title="Flax",
    without_bias="use_bias=False",
    modules=("flax.linen.initializers", "flax.nnx.initializers"),
    source="google/flax flax/linen/initializers.py at 18f8f311",
    layout="in_out",
    calls=(
        Call("zeros_init()", Zeros()),
        Call("ones_init()", Ones()),
    ),
    aliases={FlaxDefault: ("flax_defaults",)},
    layers=_LAYERS,
    default=FlaxDefault,
)
