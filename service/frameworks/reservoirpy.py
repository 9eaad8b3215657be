"""Names that ReservoirPy has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.reservoir import CycleReservoir, Reservoir

RESERVOIRPY = Framework(
    name="reservoirpy",
    title="ReservoirPy",
    aliases={
        Reservoir: ("random_sparse", "fast_spectral_initialization"),
        CycleReservoir: ("line", "ring"),
    },
)
