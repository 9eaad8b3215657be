"""ViT (Dosovitskiy et al. 2021), DeiT (Touvron et al. 2021) and DINOv2 (Oquab et al. 2023), as in transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def vit(config: Config) -> Architecture:
    """Return the tensors of ViTModel or ViTForImageClassification."""
    model = Architecture(config.number("initializer_range", 0.02))
    has_head = not config.is_bare
    is_distilled = config.model_type == "deit"
    width = config.size("hidden_size")
    with model.within(config.model_type if has_head else ""):
        with model.within("embeddings"):
            tokens = ("cls_token", "distillation_token") if is_distilled else ("cls_token",)
            for token in tokens:
                _learnt(model, token, (1, 1, width), is_zero=is_distilled)
            _patches(model, config)
            positions = (1, _patch_count(config) + len(tokens), width)
            _learnt(model, "position_embeddings", positions, is_zero=is_distilled)
        with model.within("encoder"), model.layers("layer", config.count("num_hidden_layers")):
            _attention(model, config, width)
            inner = config.size("intermediate_size")
            model.linear("intermediate.dense", inner, width, bias=True)
            model.linear("output.dense", width, inner, bias=True)
            model.norm("layernorm_{before,after}", width, bias=True)
        model.norm("layernorm", width, bias=True)
        if not has_head:
            model.linear("pooler.dense", config.size("pooler_output_size", default=width), width, bias=True)
    if has_head:
        model.linear("classifier", config.labels(), width, bias=True)
    return model


def dinov2(config: Config) -> Architecture:
    """Return the tensors of Dinov2Model or Dinov2ForImageClassification."""
    width = config.size("hidden_size")
    inner = width * config.size("mlp_ratio", default=4)
    model = Architecture(config.number("initializer_range", 0.02))
    has_head = config.architecture == "Dinov2ForImageClassification"
    with model.within("dinov2" if has_head else ""):
        with model.within("embeddings"):
            _learnt(model, "cls_token", (1, 1, width))
            if config.flag("use_mask_token", True):
                model.add("mask_token", (1, width), "zeros")
            _patches(model, config)
            _learnt(model, "position_embeddings", (1, _patch_count(config) + 1, width))
        with model.within("encoder"), model.layers("layer", config.count("num_hidden_layers")):
            _attention(model, config, width)
            scale = config.number("layerscale_value", 1.0)
            model.add("{layer_scale1,layer_scale2}.lambda1", (width,), "constant", value=scale)
            if config.flag("use_swiglu_ffn", False):
                # Two thirds, rounded up to a multiple of 8.
                hidden = (int(inner * 2 / 3) + 7) // 8 * 8
                model.linear("mlp.weights_in", 2 * hidden, width, bias=True)
                model.linear("mlp.weights_out", width, hidden, bias=True)
            else:
                model.linear("mlp.fc1", inner, width, bias=True)
                model.linear("mlp.fc2", width, inner, bias=True)
            model.norm("{norm1,norm2}", width, bias=True)
        model.norm("layernorm", width, bias=True)
    if has_head:
        model.linear("classifier", config.labels(), 2 * width, bias=True)
    return model


def _learnt(model: Architecture, name: str, shape: tuple[int, ...], *, is_zero: bool = False) -> None:
    """Add a token or positions: a normal whose bounds, ±2, lie a hundred standard deviations away, or zeros."""
    if is_zero:
        model.add(name, shape, "zeros")
    else:
        model.normal(name, shape)


def _patches(model: Architecture, config: Config) -> None:
    width, patch = config.size("hidden_size"), _patch(config)
    model.normal("patch_embeddings.projection.weight", (width, config.size("num_channels", default=3), patch, patch))
    model.add("patch_embeddings.projection.bias", (width,), "zeros")


def _patch(config: Config) -> int:
    """Return how many pixels a patch has on each side."""
    return config.size("patch_size", default=14 if config.model_type == "dinov2" else 16)


def _patch_count(config: Config) -> int:
    return (config.size("image_size", default=224) // _patch(config)) ** 2


def _attention(model: Architecture, config: Config, width: int) -> None:
    config.check_heads("hidden_size", width, "num_attention_heads")
    bias = config.flag("qkv_bias", True)
    model.linear("attention.attention.{query,key,value}", width, width, bias=bias)
    model.linear("attention.output.dense", width, width, bias=True)
