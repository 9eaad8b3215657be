"""Schemes by the spectral condition: a matrix is to have the spectral norm sqrt(fan_out / fan_in)."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from service.initializers.fan_based import FanBased
from service.initializers.initializer import Initialization, NonNegative, Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.tensors.blocks import blocks
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans
from service.tensors.laws import Distribution, Law, centred


class SpectralOrthogonal(OrthogonalInitializer):
    """A Haar-distributed orthogonal matrix of the spectral norm that the condition asks for."""

    name = "spectral_orthogonal"

    gain: Annotated[NonNegative, Field(description="Multiplies the matrix.")] = 1.0
    scaling: Annotated[
        Literal["spectral", "muon"],
        Field(
            description="spectral: all singular values are sqrt(out / in); muon: the same, at least 1, as those of "
            "Muon's updates and of RWKV's matrices."
        ),
    ] = "spectral"

    def initialize(self, target: Target) -> Initialization:
        if isinstance(self.gates, tuple) and len(set(self.gates)) > 1:
            raise InvalidParameter("gates", "spectral_orthogonal takes gates of one size, by their number")
        weight = self.weight(target)
        run = blocks(weight, self.groups, self.gates)[0]
        ratio = 1.0 if 0 in target.shape else math.sqrt(run.rows / weight.columns)
        norm = self.gain * (max(1.0, ratio) if self.scaling == "muon" else ratio)
        own = {name: value for name, value in dict(self).items() if name in OrthogonalInitializer.model_fields}
        made = OrthogonalInitializer.model_validate({**own, "gain": norm}).initialize(target)
        facts = {**made.facts, "gain": self.gain, "scaling": self.scaling, "spectral_norm": norm}
        return made._replace(facts=facts)


class SpectralNormal(FanBased):
    """Independent draws of the spectral parametrisation (yang2023, parametrisation 1)."""

    name = "spectral_normal"
    fact_names = ("gain",)

    gain: Annotated[NonNegative, Field(description="Multiplies the standard deviation.")] = 1.0
    distribution: Annotated[Distribution, Field(description="The same standard deviation in another shape.")] = "normal"

    def law(self, fans: Fans) -> Law:
        fan_in, fan_out = fans.of("fan_in"), fans.of("fan_out")
        return centred(self.distribution, self.gain / math.sqrt(fan_in) * min(1.0, math.sqrt(fan_out / fan_in)))
