"""What timm's and torchvision's models start with, against what scripts/record_image_models.py saw of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import get_args

import pytest

from service.advice.layer.description import ArchitectureName
from service.frameworks.model_families.registry import MODELS
from tests.advice.asking import ask

RECORDED = Path(__file__).parents[1] / "frameworks" / "recorded" / "image_models.json"
RECORDS = {(record["layer"], record["tensor"]): record for record in json.loads(RECORDED.read_text())["records"]}

VIT, SWIN, BLOCK = "blocks.0", "layers.0.blocks.0", "encoder.layers.encoder_layer_0"
BEIT = {"architecture": "beit"}
RESNET, MOBILENET = {"architecture": "resnet"}, {"architecture": "mobilenet"}

# The library and the model, the tensor, and the request for it.
CASES = [
    *(
        ("timm", model, tensor, layer, {"architecture": architecture, **members})
        for model, architecture in (("ViT", "vit"), ("ViT", "deit"), ("DINOv2", "dinov2"))
        for tensor, layer, members in (
            (f"{VIT}.attn.qkv.weight", "Linear", {"role": "qkv"}),
            (f"{VIT}.attn.proj.weight", "Linear", {"role": "attention_output"}),
            (f"{VIT}.mlp.fc1.weight", "fc1", {}),
            (f"{VIT}.mlp.fc2.weight", "fc2", {}),
            ("patch_embed.proj.weight", "PatchEmbed", {}),
            ("pos_embed", "pos_embed", {}),
            ("cls_token", "cls_token", {}),
            ("head.weight", "head", {}),
        )
    ),
    ("timm", "DINOv2", f"{VIT}.ls1.gamma", "LayerScale", {"architecture": "dinov2"}),
    ("timm", "Swin", f"{SWIN}.attn.qkv.weight", "Linear", {"architecture": "swin", "role": "qkv"}),
    ("timm", "Swin", f"{SWIN}.attn.relative_position_bias_table", "relative_position_bias_table",
     {"architecture": "swin"}),
    ("timm", "Swin", "patch_embed.proj.weight", "PatchEmbed", {"architecture": "swin"}),
    ("timm", "ConvNeXt", "stem.0.weight", "PatchEmbed", {"architecture": "convnext"}),
    ("timm", "ConvNeXt", "stages.1.blocks.0.conv_dw.weight", "Conv2d", {"architecture": "convnext", "groups": 48}),
    ("timm", "ConvNeXt", "stages.1.blocks.0.mlp.fc2.weight", "Linear", {"architecture": "convnext"}),
    ("timm", "ConvNeXt", "stages.1.blocks.0.gamma", "LayerScale", {"architecture": "convnext"}),
    ("timm", "ResNet", "conv1.weight", "Conv2d", RESNET),
    ("timm", "ResNet", "layer2.0.downsample.0.weight", "Conv2d", RESNET),
    ("timm", "ResNet", "fc.weight", "head", RESNET),
    ("timm", "MobileNet", "blocks.1.0.conv_dw.weight", "Conv2d", {**MOBILENET, "groups": 48}),
    ("timm", "MobileNet", "conv_head.weight", "Conv2d", MOBILENET),
    ("timm", "MobileNet", "classifier.weight", "head", MOBILENET),
    ("torchvision", "ViT", f"{BLOCK}.mlp.0.weight", "Linear", {"architecture": "vit", "role": "mlp_up"}),
    ("torchvision", "ViT", f"{BLOCK}.mlp.3.weight", "Linear", {"architecture": "vit", "role": "mlp_down"}),
    ("torchvision", "ViT", f"{BLOCK}.self_attention.in_proj_weight", "MultiheadAttention", {"architecture": "vit"}),
    ("torchvision", "ViT", f"{BLOCK}.self_attention.out_proj.weight", "MultiheadAttention",
     {"architecture": "vit", "tensor": "out_proj.weight"}),
    ("torchvision", "ViT", "conv_proj.weight", "PatchEmbed", {"architecture": "vit"}),
    ("torchvision", "ViT", "heads.head.weight", "head", {"architecture": "vit"}),
    ("torchvision", "ViT", "encoder.pos_embedding", "pos_embed", {"architecture": "vit"}),
    ("torchvision", "ViT", "class_token", "class_token", {"architecture": "vit"}),
    ("torchvision", "Swin", "features.1.0.attn.qkv.weight", "Linear", {"architecture": "swin", "role": "qkv"}),
    ("torchvision", "Swin", "features.1.0.mlp.3.weight", "Linear", {"architecture": "swin", "role": "mlp_down"}),
    ("torchvision", "Swin", "features.0.0.weight", "PatchEmbed", {"architecture": "swin"}),
    ("torchvision", "ConvNeXt", "features.0.0.weight", "PatchEmbed", {"architecture": "convnext"}),
    ("torchvision", "ConvNeXt", "features.1.0.block.5.weight", "Linear", {"architecture": "convnext"}),
    ("torchvision", "MobileNetV2", "features.1.conv.0.0.weight", "Conv2d", {**MOBILENET, "groups": 8}),
    ("torchvision", "MobileNetV2", "classifier.1.weight", "head", MOBILENET),
    ("torchvision", "EfficientNet", "features.1.0.block.0.0.weight", "Conv2d",
     {"architecture": "efficientnet", "groups": 32}),
    ("torchvision", "EfficientNet", "classifier.1.weight", "head", {"architecture": "efficientnet"}),
    ("torchvision", "DenseNet", "features.denseblock1.denselayer1.conv2.weight", "Conv2d",
     {"architecture": "densenet"}),
    ("torchvision", "DenseNet", "classifier.weight", "head", {"architecture": "densenet"}),
    ("torchvision", "ResNet-18", "layer1.0.conv2.weight", "Conv2d", {**RESNET, "role": "residual_last"}),
    ("torchvision", "ResNet-18", "fc.weight", "head", RESNET),
    *(
        ("timm", "Mixer", tensor, layer, {"architecture": "mixer"})
        for tensor, layer in (
            ("stem.proj.weight", "stem.proj"),
            ("blocks.0.mlp_tokens.fc1.weight", "blocks.0.mlp_tokens.fc1"),
            ("blocks.0.mlp_channels.fc2.weight", "blocks.0.mlp_channels.fc2"),
            ("head.weight", "head"),
        )
    ),
    ("timm", "BEiT", "blocks.0.attn.qkv.weight", "Linear", {**BEIT, "role": "qkv"}),
    ("timm", "BEiT", "blocks.0.attn.proj.weight", "blocks.0.attn.proj", BEIT),
    ("timm", "BEiT", "blocks.2.attn.proj.weight", "blocks.2.attn.proj", BEIT),
    ("timm", "BEiT", "blocks.2.mlp.fc2.weight", "fc2", {**BEIT, "block": 2, "depth": 24}),
    ("timm", "BEiT", "blocks.2.mlp.fc2.weight", "fc2", {**BEIT, "depth": 3}),
    ("timm", "BEiT", "blocks.0.gamma_1", "LayerScale", BEIT),
    ("timm", "BEiT", "cls_token", "cls_token", BEIT),
    ("timm", "RegNet", "stem.conv.weight", "Conv2d", {"architecture": "regnet"}),
    ("timm", "RegNet", "head.fc.weight", "head", {"architecture": "regnet"}),
    ("timm", "VGG", "features.3.weight", "Conv2d", {"architecture": "vgg"}),
    ("torchvision", "VGG", "features.3.weight", "Conv2d", {"architecture": "vgg"}),
    ("torchvision", "VGG", "classifier.3.weight", "Linear", {"architecture": "vgg"}),
    ("torchvision", "VGG", "classifier.6.weight", "classifier", {"architecture": "vgg"}),
    ("torchvision", "RegNet", "trunk_output.block1.block1-0.f.b.0.weight", "Conv2d",
     {"architecture": "regnet", "groups": 6}),
    ("torchvision", "RegNet", "fc.weight", "head", {"architecture": "regnet"}),
    ("torchvision", "Inception", "Mixed_5b.branch1x1.conv.weight", "Conv2d", {"architecture": "inception"}),
    ("torchvision", "Inception", "fc.weight", "head", {"architecture": "inception"}),
    ("torchvision", "GoogLeNet", "conv1.conv.weight", "Conv2d", {"architecture": "googlenet"}),
    ("torchvision", "GoogLeNet", "fc.weight", "head", {"architecture": "googlenet"}),
    ("torchvision", "MobileNetV3", "features.3.block.1.0.weight", "Conv2d", {**MOBILENET, "groups": 88}),
    ("torchvision", "MobileNetV3", "classifier.3.weight", "head", MOBILENET),
    ("torchvision", "SqueezeNet", "features.3.expand3x3.weight", "Conv2d", {"architecture": "squeezenet"}),
    ("torchvision", "SqueezeNet", "classifier.1.weight", "Conv2d", {"architecture": "squeezenet", "role": "head"}),
    ("torchvision", "MNASNet", "layers.0.weight", "Conv2d", {"architecture": "mnasnet"}),
    ("torchvision", "MNASNet", "classifier.1.weight", "head", {"architecture": "mnasnet"}),
    ("torchvision", "MaxViT", "blocks.0.layers.0.layers.MBconv.layers.conv_b.0.weight", "Conv2d",
     {"architecture": "maxvit", "groups": 128}),
    ("torchvision", "MaxViT", "blocks.0.layers.0.layers.window_attention.mlp_layer.3.weight", "Linear",
     {"architecture": "maxvit", "role": "mlp_down"}),
    ("torchvision", "MaxViT", "classifier.5.weight", "head", {"architecture": "maxvit"}),
    # Their code draws nothing, and their layers keep PyTorch's default.
    ("torchvision", "ShuffleNet", "conv1.0.weight", "Conv2d", {}),
    ("torchvision", "ShuffleNet", "fc.weight", "head", {}),
    ("torchvision", "RetinaNet head", "regression_head.conv.0.0.weight", "Conv2d", {"architecture": "detector"}),
    ("torchvision", "RetinaNet head", "regression_head.bbox_reg.weight", "Conv2d",
     {"architecture": "detector", "role": "regression_head"}),
    ("torchvision", "RetinaNet head", "classification_head.cls_logits.weight", "Conv2d",
     {"architecture": "detector", "role": "detector_head"}),
]  # fmt: skip


@pytest.mark.parametrize(("library", "model", "tensor", "layer", "members"), CASES)
def test_the_default_is_what_the_library_gave_its_model(library, model, tensor, layer, members):
    record = RECORDS[f"{library} {model}", tensor]
    request = {"layer": layer, "framework": library, "shape": record["shape"], **members}
    weights = ask(**request)["framework_default"]["weights"]
    size = math.prod(record["shape"])

    assert weights["std"] == pytest.approx(record["std"], rel=6 / math.sqrt(2 * size) + 1e-3, abs=1e-12)
    if 0.0 < record["largest"] < 2.0 * record["std"]:
        assert weights["bound"] == pytest.approx(record["largest"], rel=0.02)


@pytest.mark.parametrize(
    ("library", "model", "tensor", "request_"),
    [
        ("timm", "ViT", f"{VIT}.mlp.fc1.bias", {"layer": "fc1", "architecture": "vit"}),
        ("torchvision", "ViT", f"{BLOCK}.mlp.0.bias", {"layer": "fc1", "architecture": "vit"}),
        ("timm", "ResNet", "fc.bias", {"layer": "head", **RESNET}),
        ("timm", "MobileNet", "classifier.bias", {"layer": "head", **MOBILENET}),
        ("torchvision", "Swin", "features.0.0.bias", {"layer": "PatchEmbed", "architecture": "swin"}),
    ],
)
def test_so_is_the_bias(library, model, tensor, request_):
    shape = RECORDS[f"{library} {model}", tensor.replace("bias", "weight")]["shape"]
    bias = ask(**request_, framework=library, shape=shape)["framework_default"]["bias"]
    record = RECORDS[f"{library} {model}", tensor]

    assert bias["std"] == pytest.approx(record["std"], rel=6 / math.sqrt(2 * record["shape"][0]))


def test_families_may_be_named():
    assert {name for families in MODELS.values() for name in families} <= {*get_args(ArchitectureName)}


@pytest.mark.parametrize("library", ["timm", "torchvision"])
def test_other_networks_have_pytorchs_defaults(library):
    for layer, shape in (("Linear", [8, 4]), ("Conv2d", [8, 4, 3, 3]), ("Embedding", [8, 4]), ("LSTM", [32, 8])):
        own = ask(layer, framework=library, shape=shape)["framework_default"]["weights"]
        pytorchs = ask(layer, framework="pytorch", shape=shape)["framework_default"]["weights"]

        assert (own["std"], own["bound"]) == (pytorchs["std"], pytorchs["bound"])
