"""Hugging Face transformers: how its layers are stored, and what they start with whatever the model.

What each family of models does otherwise stands in `service.frameworks.model_families.transformers`.
"""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.frameworks.layers import ONE_VECTOR, ZERO_VECTOR, FrameworkLayers, LayerTensor, Tensors
from service.frameworks.rules import TensorContext, TensorDefault
from service.initializers.initializer import Initializer
from service.initializers.random import NormalInitializer
from service.tensors.errors import InvalidParameter

CONV_1D = "Conv"
"""The layer that is GPT-2's Conv1D, a matrix stored (in, out), where it has two axes."""
_MATRIX_RANK = 2
_RANGE = TensorDefault("N(0, 0.02²)", lambda _: NormalInitializer(std=0.02))


def _range_of_matrix(context: TensorContext) -> Initializer:
    if len(context.shape) != _MATRIX_RANK:
        raise InvalidParameter("shape", "models differ in what they start convolutions with: give architecture")
    return NormalInitializer(std=0.02)


_RANGE_OF_MATRIX = TensorDefault("N(0, 0.02²)", _range_of_matrix)
_NORM: Tensors = {"weight": ONE_VECTOR, "bias": ZERO_VECTOR}

TRANSFORMERS = Framework(
    name="transformers",
    title="Hugging Face transformers",
    layers=FrameworkLayers(
        title="Hugging Face transformers",
        layers={
            "Linear": {"weight": LayerTensor(_RANGE, "out_in", stored="s*oi"), "bias": ZERO_VECTOR},
            "Embedding": {"weight": LayerTensor(_RANGE, stored="io")},
            # The others than GPT-2's are PyTorch's.
            CONV_1D: {"weight": LayerTensor(_RANGE_OF_MATRIX, stored="io oik+"), "bias": ZERO_VECTOR},
            "LayerNorm": _NORM,
            "RMSNorm": {"weight": ONE_VECTOR},
            "GroupNorm": _NORM,
            "BatchNorm": _NORM,
        },
        types={
            "linear": "Linear", "attention": "Linear", "embedding": "Embedding", "conv": "Conv",
            "layer_norm": "LayerNorm", "rms_norm": "RMSNorm", "group_norm": "GroupNorm", "batch_norm": "BatchNorm",
        },
        roles={"weight": ("weight",), "bias": ("bias",)},
    ),
)  # fmt: skip
