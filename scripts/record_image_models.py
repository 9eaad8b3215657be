"""Record what timm's, torchvision's and DiT's models start with, in `tests/frameworks/recorded/image_models.json`.

Run in an environment with timm and torchvision, with the path of a checkout of facebookresearch/DiT:
`PYTHONPATH=CHECKOUT python -m scripts.record_image_models > FILE`.
"""

from __future__ import annotations

import importlib
from importlib.metadata import version

import torch
from timm import create_model
from timm.models.beit import Beit
from timm.models.convnext import ConvNeXt
from timm.models.mlp_mixer import MlpMixer
from timm.models.resnet import BasicBlock, ResNet
from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from torchvision.models import (
    DenseNet,
    convnext,
    efficientnet_b0,
    googlenet,
    inception_v3,
    maxvit,
    mnasnet0_5,
    mobilenet_v2,
    mobilenet_v3_small,
    regnet_y_400mf,
    resnet18,
    shufflenet_v2_x0_5,
    squeezenet1_1,
    swin_transformer,
    vgg11,
)
from torchvision.models import VisionTransformer as TorchvisionVisionTransformer
from torchvision.models.detection.retinanet import RetinaNetHead

from scripts.records import record, write

_VIT = {"img_size": 32, "patch_size": 8, "embed_dim": 192, "depth": 1, "num_heads": 3, "num_classes": 10}
_LARGE = (
    "timm ResNet", "timm ConvNeXt", "MobileNetV2", "ResNet-18", "EfficientNet", "DenseNet", "MobileNet", "MobileNetV3",
    "VGG", "RegNet", "Inception", "GoogLeNet", "SqueezeNet", "MNASNet", "ShuffleNet",
)  # fmt: skip
_KEPT = (
    "classifier", "fc", "conv1", "layer1.0", "layer2.0.downsample", "features.1.", "features.conv0", "stem",
    "conv_stem", "stages.1", "features.denseblock1.denselayer1", "blocks.1.0", "conv_head", "features.3.", "head.fc",
    "trunk_output.block1.block1-0", "Mixed_5b.branch1x1", "AuxLogits", "inception3a.branch1", "layers.0",
)  # fmt: skip
_BLOCK = [convnext.CNBlockConfig(96, None, 2)]


def _models() -> dict[str, nn.Module]:
    dit = importlib.import_module("models").DiT
    return {
        "timm ViT": VisionTransformer(**_VIT),
        "timm ViT (jax)": VisionTransformer(**_VIT, weight_init="jax"),
        "timm ViT (moco)": VisionTransformer(**_VIT, weight_init="moco"),
        "DiT": dit(input_size=16, patch_size=2, hidden_size=192, depth=1, num_heads=3, num_classes=100),
        "timm DINOv2": VisionTransformer(**_VIT, init_values=1e-5),
        "timm ConvNeXt": ConvNeXt(depths=(1, 1, 1, 1), dims=(32, 48, 64, 80), num_classes=10),
        "timm ResNet": ResNet(BasicBlock, (1, 1, 1, 1), num_classes=10),
        "timm MobileNet": create_model("mobilenetv2_050", num_classes=100),
        "timm Swin": SwinTransformer(
            img_size=32, patch_size=4, embed_dim=48, depths=(1, 1), num_heads=(2, 4), window_size=4, num_classes=10
        ),
        "torchvision ViT": TorchvisionVisionTransformer(32, 8, 1, 4, 192, 768, num_classes=10),
        "torchvision Swin": swin_transformer.SwinTransformer([4, 4], 48, [1, 1], [2, 4], [4, 4], num_classes=10),
        "torchvision EfficientNet": efficientnet_b0(),
        "torchvision DenseNet": DenseNet(block_config=(2, 2), num_classes=10),
        "torchvision ConvNeXt": convnext.ConvNeXt(_BLOCK, num_classes=10),
        "torchvision MobileNetV2": mobilenet_v2(width_mult=0.25),
        "torchvision ResNet-18": resnet18(),
        "torchvision RetinaNet head": RetinaNetHead(64, 3, 10),
        "timm Mixer": MlpMixer(num_classes=10, img_size=32, patch_size=8, num_blocks=1, embed_dim=192),
        "timm BEiT": Beit(
            img_size=32,
            patch_size=8,
            embed_dim=192,
            depth=3,
            num_heads=3,
            num_classes=10,
            init_values=0.1,
            use_abs_pos_emb=False,
            use_rel_pos_bias=True,
            head_init_scale=0.001,
        ),
        "timm RegNet": create_model("regnety_002", num_classes=100),
        "timm VGG": create_model("vgg11", num_classes=10),
        "torchvision VGG": vgg11(num_classes=10),
        "torchvision RegNet": regnet_y_400mf(num_classes=100),
        "torchvision Inception": inception_v3(num_classes=100, init_weights=True),
        "torchvision GoogLeNet": googlenet(num_classes=100, init_weights=True, aux_logits=False),
        "torchvision MobileNetV3": mobilenet_v3_small(num_classes=100),
        "torchvision SqueezeNet": squeezenet1_1(num_classes=100),
        "torchvision MNASNet": mnasnet0_5(num_classes=100),
        "torchvision ShuffleNet": shufflenet_v2_x0_5(num_classes=100),
        "torchvision MaxViT": maxvit.MaxVit(
            input_size=(64, 64),
            stem_channels=16,
            partition_size=2,
            block_channels=[32],
            block_layers=[1],
            head_dim=8,
            stochastic_depth_prob=0.0,
            num_classes=10,
        ),
    }


def main() -> None:
    torch.manual_seed(0)
    records = [
        record(name, tensor, values.detach().numpy(), {})
        for name, model in _models().items()
        for tensor, values in model.named_parameters()
        if values.ndim > 1 or "gamma" in tensor or tensor.endswith("bias")
    ]
    kept = [entry for entry in records if not entry["layer"].endswith(_LARGE) or _is_kept(entry["tensor"])]
    versions = {"timm": version("timm"), "torchvision": version("torchvision"), "DiT": "ed81ce2"}
    write(versions, "scripts/record_image_models.py", kept)


def _is_kept(tensor: str) -> bool:
    """Return whether a tensor of a large model is one of the few that are kept."""
    return tensor.startswith(_KEPT)


if __name__ == "__main__":
    main()
