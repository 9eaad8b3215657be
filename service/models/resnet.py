"""ResNet (He et al. 2016): `modeling_resnet.py` of transformers, and the names of torchvision's `resnet.py`."""

from __future__ import annotations

from dataclasses import dataclass

from service.models.architecture import Architecture
from service.models.config import Config, InvalidConfig

TORCHVISION = "torchvision.models.ResNet"
"""The class whose names torchvision's files have."""

_REDUCTION = 4
"""By how much a bottleneck is narrower than its stage."""


@dataclass(frozen=True)
class _Names:
    """What a library calls the parts; stages, layers and convolutions are counted from 0."""

    stem: tuple[str, str]
    """A convolution and its normalization."""
    layer: str
    convolution: tuple[str, str]
    shortcut: tuple[str, str]
    head: str


_OF_TRANSFORMERS = _Names(
    stem=("embedder.embedder.convolution", "embedder.embedder.normalization"),
    layer="encoder.stages.{stage}.layers.{layer}",
    convolution=("layer.{index}.convolution", "layer.{index}.normalization"),
    shortcut=("shortcut.convolution", "shortcut.normalization"),
    head="classifier.1",
)

_OF_TORCHVISION = _Names(
    stem=("conv1", "bn1"),
    layer="layer{number}.{layer}",
    convolution=("conv{number}", "bn{number}"),
    shortcut=("downsample.0", "downsample.1"),
    head="fc",
)


def resnet(config: Config) -> Architecture:
    """Return the tensors of ResNetModel or ResNetForImageClassification, or of torchvision's ResNet."""
    config.check_stages("hidden_sizes", "depths")
    widths, depths = config.sizes("hidden_sizes", (256, 512, 1024, 2048)), config.sizes("depths", (3, 4, 6, 3))
    names = _OF_TORCHVISION if config.architecture == TORCHVISION else _OF_TRANSFORMERS
    has_prefix = names is _OF_TRANSFORMERS and not config.is_bare
    # Convolutions and the classifier have rules of their own.
    model = Architecture(0.0)
    with model.within("resnet" if has_prefix else ""):
        inputs = config.size("embedding_size", default=64)
        _convolution(model, names.stem, (inputs, config.size("num_channels", default=3), 7, 7))
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=False)):
            for layer in range(depth):
                with model.within(names.layer.format(stage=stage, number=stage + 1, layer=layer)):
                    _layer(model, config, names, (width, inputs))
                    if layer == 0 and (inputs != width or stage or config.flag("downsample_in_first_stage", False)):
                        _convolution(model, names.shortcut, (width, inputs, 1, 1))
                inputs = width
    if not config.is_bare:
        bound = inputs**-0.5
        model.add(f"{names.head}.weight", (config.labels(), inputs), "uniform", low=-bound, high=bound)
        model.add(f"{names.head}.bias", (config.labels(),), "uniform", low=-bound, high=bound)
    return model


def _layer(model: Architecture, config: Config, names: _Names, sizes: tuple[int, int]) -> None:
    """Add the convolutions of a layer, by its outputs and inputs."""
    width, inputs = sizes
    kind = config.members.get("layer_type", "bottleneck")
    if kind == "bottleneck":
        narrow = config.part("a width of hidden_sizes", width, "hidden_sizes", _REDUCTION)
        shapes = [(narrow, inputs, 1, 1), (narrow, narrow, 3, 3), (width, narrow, 1, 1)]
    elif kind == "basic":
        shapes = [(width, inputs, 3, 3), (width, width, 3, 3)]
    else:
        raise InvalidConfig("layer_type", "must be basic or bottleneck")
    for index, shape in enumerate(shapes):
        convolution, norm = (name.format(index=index, number=index + 1) for name in names.convolution)
        _convolution(model, (convolution, norm), shape)


def _convolution(model: Architecture, names: tuple[str, str], shape: tuple[int, ...]) -> None:
    """Add a convolution, He's by its outputs, and its batch normalization."""
    model.add(f"{names[0]}.weight", shape, "he_normal", mode="fan_out")
    model.batch_norm(names[1], shape[0])
