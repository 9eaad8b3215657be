"""What timm's and torchvision's models start with, against what scripts/record_image_models.py saw of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import get_args

import pytest

from service.advice.layer.description import ArchitectureName
from service.frameworks.models import MODELS
from tests.advice.asking import ask

RECORDED = Path(__file__).parents[1] / "frameworks" / "recorded" / "image_models.json"
RECORDS = {(record["layer"], record["tensor"]): record for record in json.loads(RECORDED.read_text())["records"]}

VIT, SWIN, BLOCK = "blocks.0", "layers.0.blocks.0", "encoder.layers.encoder_layer_0"
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
