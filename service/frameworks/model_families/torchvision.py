"""What torchvision's models of images start with, besides PyTorch's defaults of their layers.

Read in torchvision 0.29.1, and recorded from it in tests/frameworks/recorded/image_models.json.
"""

from __future__ import annotations

from typing import Any

from service.frameworks.model_families.family import MATRIX_PARTS, ModelFamily, by_name
from service.frameworks.model_families.image_networks import (
    CONVNEXT,
    HE_FAN_OUT,
    LINEAR,
    OF_INCEPTION,
    SMALL,
    TINY,
    UNITS_UNIFORM,
    VGG,
)
from service.frameworks.rules import (
    ALL_ZEROS,
    CUT_FAR_OUT,
    UNIFORM_OF_FAN_IN,
    TensorContext,
    TensorDefault,
    of_matrix,
)
from service.initializers.initializer import Initializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer
from service.initializers.variance_scaling import GlorotUniform, HeNormal, HeUniform

_TOKEN = TensorDefault("N(0, 0.02²)", lambda _: NormalInitializer(std=0.02))


def _root_of_patch(context: TensorContext) -> Initializer:
    return TruncatedNormalInitializer(std=context.fan_in_of_shape() ** -0.5, bounds="absolute")


_GOOGLENET = TensorDefault("N(0, 0.01²), cut at ±2", lambda _: TruncatedNormalInitializer(std=0.01, bounds="absolute"))
_UNITS_UNIFORM_OF_SIGMOID = of_matrix(HeUniform, "He's uniform by fan_out, of gain 1", mode="fan_out", gain=1.0)


def _torchvision(name: str, title: str, place: str, **members: Any) -> ModelFamily:
    return ModelFamily(name, title, f"torchvision/models/{place}", std=None, **members)


_GLOROT = of_matrix(GlorotUniform)

TORCHVISION_MODELS = by_name(
    _torchvision("resnet", "ResNet", "resnet.py:208", weights={"conv": HE_FAN_OUT}),
    _torchvision("vgg", "VGG", "vgg.py:54", weights=VGG),
    _torchvision("regnet", "RegNet", "regnet.py:365", weights=VGG),
    _torchvision("inception", "Inception", "inception.py:88", weights=OF_INCEPTION),
    _torchvision("googlenet", "GoogLeNet", "googlenet.py:96", weights=dict.fromkeys(MATRIX_PARTS, _GOOGLENET)),
    _torchvision(
        "squeezenet", "SqueezeNet", "squeezenet.py:86",
        weights={"conv": of_matrix(HeUniform), "head": SMALL},
    ),
    _torchvision(
        "mnasnet", "MNASNet", "mnasnet.py:147",
        weights={"conv": HE_FAN_OUT, **dict.fromkeys(("dense", "head"), _UNITS_UNIFORM_OF_SIGMOID)},
    ),
    _torchvision(
        "maxvit", "MaxViT", "maxvit.py:715",
        weights={**dict.fromkeys(MATRIX_PARTS, _TOKEN), "relative_position_bias": CUT_FAR_OUT},
    ),
    _torchvision("densenet", "DenseNet", "densenet.py:203", weights={"conv": of_matrix(HeNormal)}),
    _torchvision(
        "mobilenet", "MobileNet", "mobilenetv2.py:151",
        weights={"conv": HE_FAN_OUT, **dict.fromkeys(("dense", "head"), SMALL)},
    ),
    _torchvision(
        "efficientnet", "EfficientNet", "efficientnet.py:320",
        weights={"conv": HE_FAN_OUT, **dict.fromkeys(("dense", "head"), UNITS_UNIFORM)},
    ),
    _torchvision("convnext", "ConvNeXt", "convnext.py:164", weights=CONVNEXT),
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
        biases=dict.fromkeys(("mlp_up", "mlp_down"), TINY),
    ),
    _torchvision(
        "swin", "Swin", "swin_transformer.py:601", weights={**LINEAR, "relative_position_bias": CUT_FAR_OUT},
    ),
    _torchvision(
        "detector", "RetinaNet", "detection/retinanet.py:115",
        weights=dict.fromkeys(("conv", "head"), SMALL),
    ),
)  # fmt: skip
