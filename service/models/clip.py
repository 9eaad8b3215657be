"""CLIP (Radford et al. 2021): `modeling_clip.py` of transformers, with standard deviations of its own."""

from __future__ import annotations

from collections.abc import Callable

from service.models.architecture import Architecture
from service.models.config import Config

_TOKEN_STD = 0.02


def clip(config: Config) -> Architecture:
    """Return the tensors of CLIPModel, or of CLIPForImageClassification, which has no text."""
    factor, projected = config.number("initializer_factor", 1.0), config.size("projection_dim", default=512)
    model = Architecture(_TOKEN_STD)
    is_classifier = config.architecture.endswith("ForImageClassification")
    if not is_classifier:
        model.add("logit_scale", (), "constant", value=config.number("logit_scale_init_value", 2.6592))
        with model.within("text_model"):
            width = _text(model, config.inner("text_config"))
        model.linear("text_projection", projected, width, std=factor * width**-0.5)
    with model.within("vision_model"):
        width = _vision(model, config.inner("vision_config"))
    if is_classifier:
        model.linear("classifier", config.labels(), width, bias=True, std=factor * width**-0.5)
    else:
        model.linear("visual_projection", projected, width, std=factor * width**-0.5)
    return model


def clip_text_model(config: Config) -> Architecture:
    """Return the tensors of CLIPTextModel or CLIPTextModelWithProjection."""
    return _tower(config, _text, "text_model", "text_projection")


def clip_vision_model(config: Config) -> Architecture:
    """Return the tensors of CLIPVisionModel or CLIPVisionModelWithProjection."""
    return _tower(config, _vision, "vision_model", "visual_projection")


def _tower(config: Config, add: Callable[[Architecture, Config], int], prefix: str, projection: str) -> Architecture:
    """Return the tensors of one of the two towers, with what projects its outputs where its class has that."""
    model = Architecture(_TOKEN_STD)
    with model.within("" if config.is_bare else prefix):
        width = add(model, config)
    if not config.is_bare:
        std = config.number("initializer_factor", 1.0) * width**-0.5
        model.linear(projection, config.size("projection_dim", default=512), width, std=std)
    return model


def _text(model: Architecture, config: Config) -> int:
    """Add what reads texts; return its width."""
    width = config.size("hidden_size", default=512)
    std = _TOKEN_STD * config.number("initializer_factor", 1.0)
    model.embedding("embeddings.token_embedding", config.size("vocab_size", default=49408), width, std=std)
    positions = config.size("max_position_embeddings", default=77)
    model.embedding("embeddings.position_embedding", positions, width, std=std)
    _layers(model, config, width, 2048)
    model.norm("final_layer_norm", width, bias=True)
    return width


def _vision(model: Architecture, config: Config) -> int:
    """Add what reads images; return its width."""
    width, patch = config.size("hidden_size", default=768), config.size("patch_size", default=32)
    factor = config.number("initializer_factor", 1.0)
    std = config.number("initializer_range", 0.02) * factor
    with model.within("embeddings"):
        model.normal("class_embedding", (width,), factor * width**-0.5)
        channels = config.size("num_channels", default=3)
        model.normal("patch_embedding.weight", (width, channels, patch, patch), std)
        positions = (config.size("image_size", default=224) // patch) ** 2 + 1
        model.embedding("position_embedding", positions, width, std=std)
    _layers(model, config, width, 3072)
    # So spelt in the files.
    model.norm("{pre_layrnorm,post_layernorm}", width, bias=True)
    return width


def _layers(model: Architecture, config: Config, width: int, usual_inner: int) -> None:
    layers, inner = config.count("num_hidden_layers", default=12), config.size("intermediate_size", default=usual_inner)
    factor = config.number("initializer_factor", 1.0)
    config.check_heads("hidden_size", width, "num_attention_heads")
    inward = factor * width**-0.5 * (2 * layers) ** -0.5
    with model.within("encoder"), model.layers("layers", layers):
        model.linear("self_attn.{q,k,v}_proj", width, width, bias=True, std=inward)
        model.linear("self_attn.out_proj", width, width, bias=True, std=factor * width**-0.5)
        model.linear("mlp.fc1", inner, width, bias=True, std=factor * (2 * width) ** -0.5)
        model.linear("mlp.fc2", width, inner, bias=True, std=inward)
        model.norm("{layer_norm1,layer_norm2}", width, bias=True)
