"""Swin (Liu et al. 2021): `modeling_swin.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def swin(config: Config) -> Architecture:
    """Return the tensors of SwinModel or SwinForImageClassification."""
    width, patch = config.size("embed_dim", default=96), config.size("patch_size", default=4)
    depths, heads = config.sizes("depths", (2, 2, 6, 2)), config.sizes("num_heads", (3, 6, 12, 24))
    config.check_stages("depths", "num_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    has_head = not config.is_bare
    last = width * 2 ** (len(depths) - 1)
    with model.within("swin" if has_head else ""):
        with model.within("embeddings"):
            model.normal(
                "patch_embeddings.projection.weight", (width, config.size("num_channels", default=3), patch, patch)
            )
            model.add("patch_embeddings.projection.bias", (width,), "zeros")
            model.norm("norm", width, bias=True)
            if config.flag("use_absolute_embeddings", False):
                patches = (config.size("image_size", default=224) // patch) ** 2
                model.add("position_embeddings", (1, patches, width), "zeros")
        for stage, depth in enumerate(depths):
            with model.within("encoder", "layers", str(stage)):
                _stage(model, config, width * 2**stage, depth, heads[stage] if stage < len(heads) else 1)
                if stage < len(depths) - 1:
                    outer = 4 * width * 2**stage
                    model.linear("downsample.reduction", outer // 2, outer)
                    model.norm("downsample.norm", outer, bias=True)
        model.norm("layernorm", last, bias=True)
    if has_head:
        model.linear("classifier", config.labels(), last, bias=True)
    return model


def _stage(model: Architecture, config: Config, width: int, depth: int, heads: int) -> None:
    inner = int(width * config.number("mlp_ratio", 4.0))
    config.part("the width of a stage", width, "num_heads", heads)
    window, bias = config.size("window_size", default=7), config.flag("qkv_bias", True)
    with model.layers("blocks", depth):
        model.norm("layernorm_{before,after}", width, bias=True)
        model.add("attention.self.relative_position_bias_table", ((2 * window - 1) ** 2, heads), "zeros")
        model.linear("attention.self.{query,key,value}", width, width, bias=bias)
        model.linear("attention.output.dense", width, width, bias=True)
        model.linear("intermediate.dense", inner, width, bias=True)
        model.linear("output.dense", width, inner, bias=True)
