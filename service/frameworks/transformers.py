"""Hugging Face transformers: `_init_weights` of BERT, GPT-2 and LLaMA, with the std initializer_range."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.frameworks.layers import ZERO_VECTOR, FrameworkLayers, LayerTensor
from service.frameworks.rules import TensorContext, TensorDefault
from service.initializers.initializer import Initializer
from service.initializers.random import NormalInitializer
from service.initializers.residual_branches import ResidualScaledNormal
from service.tensors.errors import InvalidParameter

_USUAL_DEPTH = 12
_MATRIX_RANK = 2
_RANGE = TensorDefault("N(0, 0.02²)", lambda _: NormalInitializer(std=0.02))


def _range_of_matrix(context: TensorContext) -> Initializer:
    if len(context.shape) != _MATRIX_RANK:
        raise InvalidParameter("shape", "models differ in what they start convolutions with")
    return NormalInitializer(std=0.02)


_RANGE_OF_MATRIX = TensorDefault("N(0, 0.02²)", _range_of_matrix)
_RESIDUAL = TensorDefault(
    "N(0, 0.02²/(2 layers))",
    lambda context: ResidualScaledNormal(layers=context.depth or _USUAL_DEPTH),
    ("depth",),
)

TRANSFORMERS = Framework(
    name="transformers",
    title="Hugging Face transformers",
    layers=FrameworkLayers(
        title="Hugging Face transformers",
        layers={
            "Linear": {"weight": LayerTensor(_RANGE, "out_in", stored="s*oi"), "bias": ZERO_VECTOR},
            "Embedding": {"weight": LayerTensor(_RANGE, stored="io")},
            # GPT-2's Conv1D is a matrix, stored (in, out); the others are PyTorch's.
            "Conv": {"weight": LayerTensor(_RANGE_OF_MATRIX, "in_out", stored="io oik+"), "bias": ZERO_VECTOR},
            "Conv1D (c_proj)": {"weight": LayerTensor(_RESIDUAL, "in_out"), "bias": ZERO_VECTOR},
        },
        types={
            "linear": "Linear", "attention": "Linear", "embedding": "Embedding",
            "residual_projection": "Conv1D (c_proj)",
        },
        roles={"weight": ("weight",), "bias": ("bias",)},
    ),
)  # fmt: skip
