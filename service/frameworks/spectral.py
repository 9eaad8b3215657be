"""Names that spectral parametrisations have for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.mup import UnitMuP
from service.initializers.spectral_condition import SpectralNormal, SpectralOrthogonal

MUON = Framework(
    name="muon",
    title="Muon",
    aliases={SpectralOrthogonal: ("muon", "spectral")},
)

NANOTRON = Framework(
    name="nanotron",
    title="nanotron",
    aliases={SpectralNormal: ("SpectralMupInit", "spectral_mup")},
)

UNIT_SCALING = Framework(
    name="unit_scaling",
    title="unit-scaling",
    aliases={UnitMuP: ("umup",)},
)
