"""CLIP (Radford et al. 2021): `modeling_clip.py` of transformers, with standard deviations of its own."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config

_TOKEN_STD = 0.02


def clip(config: Config) -> Architecture:
    """Return the tensors of CLIPModel."""
    factor, projected = config.number("initializer_factor", 1.0), config.size("projection_dim", default=512)
    text, vision = config.inner("text_config"), config.inner("vision_config")
    model = Architecture(_TOKEN_STD)
    model.add("logit_scale", (), "constant", value=config.number("logit_scale_init_value", 2.6592))
    with model.within("text_model"):
        width = text.size("hidden_size", default=512)
        std = _TOKEN_STD * text.number("initializer_factor", 1.0)
        model.embedding("embeddings.token_embedding", text.size("vocab_size", default=49408), width, std=std)
        positions = text.size("max_position_embeddings", default=77)
        model.embedding("embeddings.position_embedding", positions, width, std=std)
        _layers(model, text, width, 2048)
        model.norm("final_layer_norm", width, bias=True)
    model.linear("text_projection", projected, width, std=factor * width**-0.5)
    with model.within("vision_model"):
        width, patch = vision.size("hidden_size", default=768), vision.size("patch_size", default=32)
        of_vision = vision.number("initializer_factor", 1.0)
        std = vision.number("initializer_range", 0.02) * of_vision
        with model.within("embeddings"):
            model.normal("class_embedding", (width,), of_vision * width**-0.5)
            channels = vision.size("num_channels", default=3)
            model.normal("patch_embedding.weight", (width, channels, patch, patch), std)
            positions = (vision.size("image_size", default=224) // patch) ** 2 + 1
            model.embedding("position_embedding", positions, width, std=std)
        _layers(model, vision, width, 3072)
        # So spelt in the files.
        model.norm("{pre_layrnorm,post_layernorm}", width, bias=True)
    model.linear("visual_projection", projected, width, std=factor * width**-0.5)
    return model


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
