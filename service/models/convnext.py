"""ConvNeXt (Liu et al. 2022): `modeling_convnext.py` of transformers."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config

_KERNEL = 7
"""Of the depthwise convolutions."""


def convnext(config: Config) -> Architecture:
    """Return the tensors of ConvNextModel or ConvNextForImageClassification."""
    widths, depths = config.sizes("hidden_sizes", (96, 192, 384, 768)), config.sizes("depths", (3, 3, 9, 3))
    config.check_stages("hidden_sizes", "depths")
    patch = config.size("patch_size", default=4)
    model = Architecture(config.number("initializer_range", 0.02))
    has_head = not config.is_bare
    with model.within("convnext" if has_head else ""):
        with model.within("embeddings"):
            _convolution(model, "patch_embeddings", (widths[0], config.size("num_channels", default=3), patch, patch))
            model.norm("layernorm", widths[0], bias=True)
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=False)):
            with model.within("encoder", "stages", str(stage)):
                if stage:
                    model.norm("downsampling_layer.0", widths[stage - 1], bias=True)
                    _convolution(model, "downsampling_layer.1", (width, widths[stage - 1], 2, 2))
                with model.layers("layers", depth):
                    _block(model, config, width)
        model.norm("layernorm", widths[-1], bias=True)
    if has_head:
        model.linear("classifier", config.labels(), widths[-1], bias=True)
    return model


def _block(model: Architecture, config: Config, width: int) -> None:
    _convolution(model, "dwconv", (width, 1, _KERNEL, _KERNEL))
    model.norm("layernorm", width, bias=True)
    model.linear("pwconv1", 4 * width, width, bias=True)
    model.linear("pwconv2", width, 4 * width, bias=True)
    scale = config.number("layer_scale_init_value", 1e-6)
    if scale > 0:
        model.add("layer_scale_parameter", (width,), "constant", value=scale)


def _convolution(model: Architecture, name: str, shape: tuple[int, ...]) -> None:
    model.normal(f"{name}.weight", shape)
    model.add(f"{name}.bias", shape[:1], "zeros")
