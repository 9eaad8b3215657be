"""The calls of torchtitan, which trains language models with PyTorch."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.residual_branches import ResidualScaledNormal

TORCHTITAN = Framework(
    name="torchtitan",
    title="torchtitan",
    source="pytorch/torchtitan torchtitan/models/common/param_init.py at 1486a8e",
    calls=(
        Call(
            'DepthScaledTruncNormal(n_layers=32)("layers.3.attention.wo.weight", w)',
            ResidualScaledNormal(layer=3),
            "Its bounds of ±2 are absolute, and cut nothing.",
        ),
    ),
)
