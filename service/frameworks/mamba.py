"""Names that Mamba has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.state_space import DtBias, Mamba2ALog, MambaALog

MAMBA = Framework(
    name="mamba",
    title="Mamba",
    aliases={
        DtBias: ("dt_proj.bias", "dt_bias"),
        MambaALog: ("A_log",),
    },
)

MAMBA_2 = Framework(
    name="mamba_2",
    title="Mamba-2",
    aliases={Mamba2ALog: ("mamba2_A_log",)},
)
