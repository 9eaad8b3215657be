"""Names that GPT-NeoX has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.residual_branches import ResidualScaledNormal, SmallInit, WangInit

GPT_NEOX = Framework(
    name="gpt_neox",
    title="GPT-NeoX",
    aliases={
        ResidualScaledNormal: ("scaled_normal",),
        SmallInit: ("small_init",),
        WangInit: ("wang_init",),
    },
)
