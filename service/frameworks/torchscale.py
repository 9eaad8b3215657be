"""Names that TorchScale has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.transformer_stacks import DeepNorm, SubLN

TORCHSCALE = Framework(
    name="torchscale",
    title="TorchScale",
    aliases={
        DeepNorm: ("deepnorm",),
        SubLN: ("subln",),
    },
)
