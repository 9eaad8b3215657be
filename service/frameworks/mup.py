"""Names that mup has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.mup import MuP

MUP = Framework(
    name="mup",
    title="mup",
    aliases={MuP: ("mup",)},
)
