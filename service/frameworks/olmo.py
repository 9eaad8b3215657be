"""Names that OLMo has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.residual_branches import Mitchell

OLMO = Framework(
    name="olmo",
    title="OLMo",
    aliases={Mitchell: ("mitchell",)},
)
