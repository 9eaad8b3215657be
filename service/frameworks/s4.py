"""Names that S4 has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.hippo import Hippo
from service.initializers.s4d import S4d
from service.initializers.state_space import DtBias

S4 = Framework(
    name="s4",
    title="S4",
    aliases={
        Hippo: ("transition", "hippo_legs", "rank_correction"),
        S4d: ("s4d_lin", "s4d_inv", "s4d_legs", "s4d_real"),
        DtBias: ("inv_dt", "log_dt"),
    },
)
