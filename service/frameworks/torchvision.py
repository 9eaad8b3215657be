"""torchvision: its layers are PyTorch's; what its models start with stands in `model_families`."""

from __future__ import annotations

from dataclasses import replace

from service.frameworks.framework import Framework
from service.frameworks.pytorch import PyTorchDefault

TORCHVISION = Framework(
    name="torchvision", title="torchvision", layers=replace(PyTorchDefault.layers, title="torchvision")
)
