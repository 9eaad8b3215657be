"""How a model's inputs are made of images and of sound, as its `preprocessor_config.json` has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.models.config import Config

_HALVES = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
"""Means and standard deviations of the three colours: none, ImageNet's, and those of CLIP's images."""

_BICUBIC = 3
"""Of the ways to resample that Pillow counts."""


@dataclass(frozen=True)
class ImageProcessor:
    """The library's class for a family's images, and what it is told."""

    name: str
    colours: tuple[tuple[float, ...], tuple[float, ...]]
    is_cropped: bool = False
    """Whether the shorter side is resized, and the middle cut out."""
    has_shortest_edge: bool = False
    """Whether its size is that of the shorter side, and the class crops by itself."""

    def document(self, size: int) -> Mapping[str, Any]:
        """Return what makes images of so many pixels on each side."""
        square = {"height": size, "width": size}
        mean, std = self.colours
        return {
            "image_processor_type": self.name,
            "do_resize": True,
            "size": {"shortest_edge": size} if self.is_cropped or self.has_shortest_edge else square,
            "resample": _BICUBIC,
            "do_center_crop": self.is_cropped,
            **({"crop_size": square} if self.is_cropped else {}),
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": list(mean),
            "image_std": list(std),
        }


IMAGES: Mapping[str, ImageProcessor] = {
    "vit": ImageProcessor("ViTImageProcessor", _HALVES),
    "deit": ImageProcessor("DeiTImageProcessor", _IMAGENET),
    "dinov2": ImageProcessor("BitImageProcessor", _IMAGENET, is_cropped=True),
    "swin": ImageProcessor("ViTImageProcessor", _IMAGENET),
    "convnext": ImageProcessor("ConvNextImageProcessor", _IMAGENET, has_shortest_edge=True),
    "resnet": ImageProcessor("ConvNextImageProcessor", _IMAGENET, has_shortest_edge=True),
    "clip": ImageProcessor("CLIPImageProcessor", _CLIP, is_cropped=True),
    "clip_vision_model": ImageProcessor("CLIPImageProcessor", _CLIP, is_cropped=True),
}
"""By `model_type`."""


def preprocessor_config(config: Config) -> Mapping[str, Any] | None:
    """Return the document of a model; None of one that reads text alone. Raises InvalidConfig."""
    if config.model_type == "whisper":
        return {
            "feature_extractor_type": "WhisperFeatureExtractor",
            "processor_class": "WhisperProcessor",
            "feature_size": config.size("num_mel_bins", default=80),
        }
    processor = IMAGES.get(config.model_type)
    if processor is None:
        return None
    images = config.inner("vision_config") if config.model_type == "clip" else config
    document = processor.document(images.size("image_size", default=224))
    return {"processor_class": "CLIPProcessor", **document} if config.model_type == "clip" else document
