"""What timm's and torchvision's models of images start with, besides PyTorch's defaults of their layers.

Read in timm 1.0.31 and torchvision 0.29.1, and recorded from them in tests/frameworks/recorded/image_models.json.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from service.frameworks.model_family import MATRIX_PARTS, ModelFamily, ModelPart
from service.frameworks.rules import (
    ALL_ZEROS,
    CUT_FAR_OUT,
    UNIFORM_OF_FAN_IN,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.initializer import Initializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform, HeNormal, HeUniform, LecunNormal
from service.initializers.vision import EfficientNetNormal

_LINEAR_PARTS: tuple[ModelPart, ...] = tuple(part for part in MATRIX_PARTS if part not in {"conv", "patch_embedding"})
_LINEAR: Mapping[ModelPart, TensorDefault] = dict.fromkeys(_LINEAR_PARTS, CUT_FAR_OUT)
_HE_FAN_OUT = of_matrix(HeNormal, "He's normal by fan_out", mode="fan_out")
_SMALL = TensorDefault("N(0, 0.01²)", lambda _: NormalInitializer(std=0.01))
_TINY = TensorDefault("N(0, 1e-6²)", lambda _: NormalInitializer(std=1e-6))
_TOKEN = TensorDefault("N(0, 0.02²)", lambda _: NormalInitializer(std=0.02))


def _units_uniform(context: TensorContext) -> Initializer:
    return UniformInitializer(fan_in=context.size(0))


def _grouped(context: TensorContext) -> Initializer:
    return EfficientNetNormal(groups=context.groups)


def _root_of_patch(context: TensorContext) -> Initializer:
    return TruncatedNormalInitializer(std=context.fan_in_of_shape() ** -0.5, bounds="absolute")


_UNITS_UNIFORM = TensorDefault("U(±1/sqrt(units))", _units_uniform)


_LECUN = of_matrix(LecunNormal, distribution="truncated_normal")


_INCEPTION = TensorDefault("N(0, 0.1²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.1, bounds="absolute"))
_OF_INCEPTION: Mapping[ModelPart, TensorDefault] = {
    **dict.fromkeys(MATRIX_PARTS, _INCEPTION),
    "auxiliary_head": TensorDefault(
        "N(0, 0.001²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.001, bounds="absolute")
    ),
}
"""The matrix alone of the auxiliary head is told apart: its kernels stand in modules that are, and start as all."""
_GOOGLENET = TensorDefault("N(0, 0.01²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.01, bounds="absolute"))
_UNITS_UNIFORM_OF_SIGMOID = of_matrix(HeUniform, "He's uniform by fan_out, of gain 1", mode="fan_out", gain=1.0)


def _of_block(context: TensorContext) -> Initializer:
    """Return what ends a branch of BEiT's, whose l-th block, counted from 0, divides by sqrt(2 (l + 1))."""
    layers = context.block + 1 if context.block is not None else context.depth or _USUAL_DEPTH
    return TruncatedNormalInitializer(std=0.02 / math.sqrt(2.0 * layers), bounds="absolute")


_USUAL_DEPTH = 12
_BRANCH_END = TensorDefault("N(0, 0.02²/(2 (l + 1))) in block l", _of_block, ("block", "depth"))


def _families(*families: ModelFamily) -> Mapping[str, ModelFamily]:
    return {family.name: family for family in families}


def _timm(name: str, title: str, place: str, **members: Any) -> ModelFamily:
    return ModelFamily(name, title, f"timm/models/{place}", std=None, **members)


_TIMM_VIT: Mapping[ModelPart, TensorDefault] = {
    **_LINEAR, "positional_embedding": CUT_FAR_OUT, "class_token": _TINY, "layer_scale": constant(1e-5),
}  # fmt: skip
"""Of the linear layers alone: the patch embedding has PyTorch's default."""
_CONVNEXT: Mapping[ModelPart, TensorDefault] = {
    **dict.fromkeys(MATRIX_PARTS, CUT_FAR_OUT), "layer_scale": constant(1e-6),
}  # fmt: skip

_VGG: Mapping[ModelPart, TensorDefault] = {"conv": _HE_FAN_OUT, **dict.fromkeys(("dense", "head"), _SMALL)}
_GROUPED = TensorDefault("N(0, 2 groups/fan_out)", _grouped, ("groups",))
_MIXER = of_matrix(GlorotUniform)

TIMM_MODELS = _families(
    _timm("vit", "ViT", "vision_transformer.py:1355", weights=_TIMM_VIT),
    _timm("deit", "DeiT", "vision_transformer.py:1355", weights=_TIMM_VIT),
    _timm("dinov2", "DINOv2", "vision_transformer.py:1355", weights=_TIMM_VIT),
    _timm("swin", "Swin", "swin_transformer.py:939", weights={**_LINEAR, "relative_position_bias": CUT_FAR_OUT}),
    _timm("convnext", "ConvNeXt", "convnext.py:645", weights=_CONVNEXT),
    _timm("convnextv2", "ConvNeXt V2", "convnext.py:645", weights=_CONVNEXT),
    _timm("resnet", "ResNet", "resnet.py:627", weights={"conv": _HE_FAN_OUT}),
    _timm("densenet", "DenseNet", "densenet.py:357", weights={"conv": of_matrix(HeNormal)}),
    _timm("vgg", "VGG", "vgg.py:353", weights=_VGG),
    _timm(
        "regnet", "RegNet", "regnet.py:862", weights={"conv": _GROUPED, **dict.fromkeys(("dense", "head"), _SMALL)}
    ),
    _timm("inception", "Inception", "inception_v3.py:369", weights=_OF_INCEPTION),
    _timm(
        "mixer", "MLP-Mixer", "mlp_mixer.py:529",
        weights={
            **dict.fromkeys(_LINEAR_PARTS, _MIXER), **dict.fromkeys(("conv", "patch_embedding"), _LECUN),
            "head": ALL_ZEROS,
        },
        biases=dict.fromkeys(("mlp_up", "mlp_down"), _TINY),
    ),
    _timm(
        "beit", "BEiT", "beit.py:648",
        weights={
            **_LINEAR, **dict.fromkeys(("attention_output", "mlp_down"), _BRANCH_END),
            **dict.fromkeys(("positional_embedding", "class_token"), CUT_FAR_OUT),
            "relative_position_bias": ALL_ZEROS, "layer_scale": constant(0.1),
        },
    ),
    *(
        _timm(
            name, title, "_efficientnet_builder.py:536",
            weights={
                "conv": _GROUPED,
                "head": _UNITS_UNIFORM,
                "dense": _UNITS_UNIFORM,
            },
        )
        for name, title in (("efficientnet", "EfficientNet"), ("mobilenet", "MobileNet"))
    ),
)  # fmt: skip


def _torchvision(name: str, title: str, place: str, **members: Any) -> ModelFamily:
    return ModelFamily(name, title, f"torchvision/models/{place}", std=None, **members)


_GLOROT = of_matrix(GlorotUniform)

TORCHVISION_MODELS = _families(
    _torchvision("resnet", "ResNet", "resnet.py:208", weights={"conv": _HE_FAN_OUT}),
    _torchvision("vgg", "VGG", "vgg.py:54", weights=_VGG),
    _torchvision("regnet", "RegNet", "regnet.py:365", weights=_VGG),
    _torchvision("inception", "Inception", "inception.py:88", weights=_OF_INCEPTION),
    _torchvision("googlenet", "GoogLeNet", "googlenet.py:96", weights=dict.fromkeys(MATRIX_PARTS, _GOOGLENET)),
    _torchvision(
        "squeezenet", "SqueezeNet", "squeezenet.py:86",
        weights={"conv": of_matrix(HeUniform), "head": _SMALL},
    ),
    _torchvision(
        "mnasnet", "MNASNet", "mnasnet.py:147",
        weights={"conv": _HE_FAN_OUT, **dict.fromkeys(("dense", "head"), _UNITS_UNIFORM_OF_SIGMOID)},
    ),
    _torchvision(
        "maxvit", "MaxViT", "maxvit.py:715",
        weights={**dict.fromkeys(MATRIX_PARTS, _TOKEN), "relative_position_bias": CUT_FAR_OUT},
    ),
    _torchvision("densenet", "DenseNet", "densenet.py:203", weights={"conv": of_matrix(HeNormal)}),
    _torchvision(
        "mobilenet", "MobileNet", "mobilenetv2.py:151",
        weights={"conv": _HE_FAN_OUT, **dict.fromkeys(("dense", "head"), _SMALL)},
    ),
    _torchvision(
        "efficientnet", "EfficientNet", "efficientnet.py:320",
        weights={"conv": _HE_FAN_OUT, **dict.fromkeys(("dense", "head"), _UNITS_UNIFORM)},
    ),
    _torchvision("convnext", "ConvNeXt", "convnext.py:164", weights=_CONVNEXT),
    _torchvision(
        "vit", "ViT", "vision_transformer.py:48 and :245",
        weights={
            **dict.fromkeys(("qkv", "mlp_up", "mlp_down"), _GLOROT),
            "attention_output": UNIFORM_OF_FAN_IN,
            "patch_embedding": TensorDefault("N(0, 1/fan_in), cut at ±2", _root_of_patch, ("fan_in",)),
            "head": ALL_ZEROS,
            "class_token": ALL_ZEROS,
            "positional_embedding": _TOKEN,
        },
        biases=dict.fromkeys(("mlp_up", "mlp_down"), _TINY),
    ),
    _torchvision(
        "swin", "Swin", "swin_transformer.py:601", weights={**_LINEAR, "relative_position_bias": CUT_FAR_OUT},
    ),
    _torchvision(
        "detector", "RetinaNet", "detection/retinanet.py:115",
        weights=dict.fromkeys(("conv", "head"), _SMALL),
    ),
)  # fmt: skip
