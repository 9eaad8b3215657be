"""Names that Megatron-LM has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.residual_branches import ResidualScaledNormal

MEGATRON_LM = Framework(
    name="megatron_lm",
    title="Megatron-LM",
    aliases={ResidualScaledNormal: ("scaled_init_method_normal",)},
)
