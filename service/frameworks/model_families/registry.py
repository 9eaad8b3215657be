"""All families of models whose own code is known, by the library that has it."""

from __future__ import annotations

from collections.abc import Mapping

from service.frameworks.model_families.family import ModelFamily
from service.frameworks.model_families.timm import TIMM_MODELS
from service.frameworks.model_families.torchvision import TORCHVISION_MODELS
from service.frameworks.model_families.transformers import TRANSFORMERS_MODELS

MODELS: Mapping[str, Mapping[str, ModelFamily]] = {
    "transformers": TRANSFORMERS_MODELS, "timm": TIMM_MODELS, "torchvision": TORCHVISION_MODELS,
}  # fmt: skip
"""By the library's name in requests, and by the family's."""
