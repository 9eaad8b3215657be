"""Names that ReservoirComputing.jl has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.reservoir import CycleReservoir, Permutation, Reservoir

RESERVOIR_COMPUTING_JL = Framework(
    name="reservoir_computing_jl",
    title="ReservoirComputing.jl",
    aliases={
        Reservoir: ("rand_sparse",),
        CycleReservoir: ("delay_line", "delayline_backward", "simple_cycle", "cycle_jumps"),
        Permutation: ("permutation_init",),
    },
)
