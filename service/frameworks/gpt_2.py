"""Names that GPT-2 has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.residual_branches import ResidualScaledNormal

GPT_2 = Framework(
    name="gpt_2",
    title="GPT-2",
    aliases={ResidualScaledNormal: ("gpt2_residual", "c_proj")},
)
