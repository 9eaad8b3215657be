"""Names that xformers has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.residual_branches import SmallInit

XFORMERS = Framework(
    name="xformers",
    title="xformers",
    aliases={SmallInit: ("_small_init_",)},
)
