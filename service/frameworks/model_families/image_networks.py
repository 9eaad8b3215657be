"""What timm and torchvision start their networks of images with alike, besides PyTorch's defaults of the layers."""

from __future__ import annotations

from collections.abc import Mapping

from service.frameworks.model_families.family import MATRIX_PARTS, ModelPart
from service.frameworks.rules import (
    CUT_FAR_OUT,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.initializer import Initializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import HeNormal

LINEAR_PARTS: tuple[ModelPart, ...] = tuple(part for part in MATRIX_PARTS if part not in {"conv", "patch_embedding"})
LINEAR: Mapping[ModelPart, TensorDefault] = dict.fromkeys(LINEAR_PARTS, CUT_FAR_OUT)
HE_FAN_OUT = of_matrix(HeNormal, "He's normal by fan_out", mode="fan_out")
SMALL = TensorDefault("N(0, 0.01²)", lambda _: NormalInitializer(std=0.01))
TINY = TensorDefault("N(0, 1e-6²)", lambda _: NormalInitializer(std=1e-6))


def _units_uniform(context: TensorContext) -> Initializer:
    return UniformInitializer(fan_in=context.size(0))


UNITS_UNIFORM = TensorDefault("U(±1/sqrt(units))", _units_uniform)


_INCEPTION = TensorDefault("N(0, 0.1²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.1, bounds="absolute"))
OF_INCEPTION: Mapping[ModelPart, TensorDefault] = {
    **dict.fromkeys(MATRIX_PARTS, _INCEPTION),
    "auxiliary_head": TensorDefault(
        "N(0, 0.001²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.001, bounds="absolute")
    ),
}
"""The matrix alone of the auxiliary head is told apart: its kernels stand in modules that are, and start as all."""
CONVNEXT: Mapping[ModelPart, TensorDefault] = {
    **dict.fromkeys(MATRIX_PARTS, CUT_FAR_OUT), "layer_scale": constant(1e-6),
}  # fmt: skip

VGG: Mapping[ModelPart, TensorDefault] = {"conv": HE_FAN_OUT, **dict.fromkeys(("dense", "head"), SMALL)}
