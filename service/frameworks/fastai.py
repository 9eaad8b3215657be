"""Names that fastai has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.resampling import Icnr

FASTAI = Framework(
    name="fastai",
    title="fastai",
    aliases={Icnr: ("icnr_init",)},
)
