"""What timm's models of images start with, besides PyTorch's defaults of their layers.

Read in timm 1.0.31, and recorded from it in tests/frameworks/recorded/image_models.json.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from service.frameworks.model_families.family import ModelFamily, ModelPart, by_name
from service.frameworks.model_families.image_networks import (
    CONVNEXT,
    HE_FAN_OUT,
    LINEAR,
    LINEAR_PARTS,
    OF_INCEPTION,
    SMALL,
    TINY,
    UNITS_UNIFORM,
    VGG,
)
from service.frameworks.rules import (
    ALL_ZEROS,
    CUT_FAR_OUT,
    TensorContext,
    TensorDefault,
    constant,
    of_matrix,
)
from service.initializers.initializer import Initializer
from service.initializers.random import TruncatedNormalInitializer
from service.initializers.variance_scaling import GlorotUniform, HeNormal, LecunNormal
from service.initializers.vision import EfficientNetNormal


def _grouped(context: TensorContext) -> Initializer:
    return EfficientNetNormal(groups=context.groups)


_LECUN = of_matrix(LecunNormal, distribution="truncated_normal")


def _of_block(context: TensorContext) -> Initializer:
    """Return what ends a branch of BEiT's, whose l-th block, counted from 0, divides by sqrt(2 (l + 1))."""
    layers = context.block + 1 if context.block is not None else context.depth or _USUAL_DEPTH
    return TruncatedNormalInitializer(std=0.02 / math.sqrt(2.0 * layers), bounds="absolute")


_USUAL_DEPTH = 12
_BRANCH_END = TensorDefault("N(0, 0.02²/(2 (l + 1))) in block l", _of_block, ("block", "depth"))


def _timm(name: str, title: str, place: str, **members: Any) -> ModelFamily:
    return ModelFamily(name, title, f"timm/models/{place}", std=None, **members)


_TIMM_VIT: Mapping[ModelPart, TensorDefault] = {
    **LINEAR, "positional_embedding": CUT_FAR_OUT, "class_token": TINY, "layer_scale": constant(1e-5),
}  # fmt: skip
"""Of the linear layers alone: the patch embedding has PyTorch's default."""
_GROUPED = TensorDefault("N(0, 2 groups/fan_out)", _grouped, ("groups",))
_MIXER = of_matrix(GlorotUniform)

TIMM_MODELS = by_name(
    _timm("vit", "ViT", "vision_transformer.py:1355", weights=_TIMM_VIT),
    _timm("deit", "DeiT", "vision_transformer.py:1355", weights=_TIMM_VIT),
    _timm("dinov2", "DINOv2", "vision_transformer.py:1355", weights=_TIMM_VIT),
    _timm("swin", "Swin", "swin_transformer.py:939", weights={**LINEAR, "relative_position_bias": CUT_FAR_OUT}),
    _timm("convnext", "ConvNeXt", "convnext.py:645", weights=CONVNEXT),
    _timm("convnextv2", "ConvNeXt V2", "convnext.py:645", weights=CONVNEXT),
    _timm("resnet", "ResNet", "resnet.py:627", weights={"conv": HE_FAN_OUT}),
    _timm("densenet", "DenseNet", "densenet.py:357", weights={"conv": of_matrix(HeNormal)}),
    _timm("vgg", "VGG", "vgg.py:353", weights=VGG),
    _timm(
        "regnet", "RegNet", "regnet.py:862", weights={"conv": _GROUPED, **dict.fromkeys(("dense", "head"), SMALL)}
    ),
    _timm("inception", "Inception", "inception_v3.py:369", weights=OF_INCEPTION),
    _timm(
        "mixer", "MLP-Mixer", "mlp_mixer.py:529",
        weights={
            **dict.fromkeys(LINEAR_PARTS, _MIXER), **dict.fromkeys(("conv", "patch_embedding"), _LECUN),
            "head": ALL_ZEROS,
        },
        biases=dict.fromkeys(("mlp_up", "mlp_down"), TINY),
    ),
    _timm(
        "beit", "BEiT", "beit.py:648",
        weights={
            **LINEAR, **dict.fromkeys(("attention_output", "mlp_down"), _BRANCH_END),
            **dict.fromkeys(("positional_embedding", "class_token"), CUT_FAR_OUT),
            "relative_position_bias": ALL_ZEROS, "layer_scale": constant(0.1),
        },
    ),
    *(
        _timm(
            name, title, "_efficientnet_builder.py:536",
            weights={
                "conv": _GROUPED,
                "head": UNITS_UNIFORM,
                "dense": UNITS_UNIFORM,
            },
        )
        for name, title in (("efficientnet", "EfficientNet"), ("mobilenet", "MobileNet"))
    ),
)  # fmt: skip
