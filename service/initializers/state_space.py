"""State space models' other parameters: time steps, Mamba's matrices, linear recurrent units."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from service.arithmetic.arrays import Doubles
from service.arithmetic.transforms import exp, log
from service.initializers.initializer import Initialization, Initializer, Target
from service.tensors.dtypes import refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Mapped, Pattern
from service.tensors.source import UniformSource
from service.tensors.spec import Scalar


def _rounded_up(largest: float) -> float:
    """Return more than what rounding makes of a largest value that was worked out in binary64."""
    return largest * (1.0 + 1e-12) + 1e-12


class DtBias(Initializer):
    """What a softplus or an exponential turns into time steps that are spread evenly on a logarithmic scale.

    The defaults are those of the Mamba code (`dt_min`, `dt_max`, `dt_init_floor`).
    """

    name = "dt_bias"

    dt_min: Annotated[float, Field(ge=1e-12, le=1e3, description="The least time step.")] = 0.001
    dt_max: Annotated[float, Field(ge=1e-12, le=1e3, description="The greatest time step.")] = 0.1
    floor: Annotated[float, Field(ge=1e-8, le=1e3, description="Time steps below it are raised to it.")] = 1e-4
    transform: Annotated[
        Literal["softplus", "exp"],
        Field(description="What the model applies to have the time steps: exp stores ln dt."),
    ] = "softplus"

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "dt_bias")
        if not self.dt_min < self.dt_max:
            raise InvalidParameter("dt_max", f"dt_max must be above dt_min = {self.dt_min:g}")
        low, high, floor = log(self.dt_min), log(self.dt_max), self.floor
        is_exponential = self.transform == "exp"

        def inverse(exponent: Doubles) -> Doubles:
            dt = np.maximum(exp(exponent), floor)
            values: Doubles = log(dt) if is_exponential else dt + log(1.0 - exp(-dt))
            return values

        ends = inverse(np.array([low, high]))
        facts: dict[str, Scalar] = {
            "dt_min": self.dt_min, "dt_max": self.dt_max, "floor": self.floor, "transform": self.transform,
        }  # fmt: skip
        source = Mapped(UniformSource(target.stream, low, high), inverse)
        return Initialization(source, facts, _rounded_up(float(np.abs(ends).max())))


class MambaALog(Initializer):
    """Mamba's state matrix, by its logarithm."""

    name = "mamba_a_log"
    ranks = (1, None)
    random = False

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "mamba_a_log")
        if not target.shape:
            raise InvalidParameter("shape", "mamba_a_log needs a shape of rank 1 or more, its last axis the state")
        source = Pattern(target.shape, lambda *coordinates: log(coordinates[-1] + 1.0))
        return Initialization(source, {"order": target.shape[-1]}, _rounded_up(math.log(max(target.shape[-1], 1))))


class Mamba2ALog(Initializer):
    """Mamba-2's state matrix, by its logarithm; the defaults are those of its code (`A_init_range`)."""

    name = "mamba2_a_log"

    low: Annotated[float, Field(ge=1e-9, le=1e9, description="Lower end of -A.")] = 1.0
    high: Annotated[float, Field(ge=1e-9, le=1e9, description="Upper end of -A.")] = 16.0

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "mamba2_a_log")
        if not self.low < self.high:
            raise InvalidParameter("high", f"high must be above low = {self.low:g}")
        largest = _rounded_up(max(abs(math.log(self.low)), abs(math.log(self.high))))
        facts: dict[str, Scalar] = {"low": self.low, "high": self.high}
        return Initialization(Mapped(UniformSource(target.stream, self.low, self.high), log), facts, largest)


_LEAST_UNIFORM = 2.0**-54
"""In place of a draw of 0, which has no logarithm; below all others."""


class Lru(Initializer):
    """The parameters of a linear recurrent unit; the defaults are the paper's (orvieto2023, appendix A)."""

    name = "lru"

    part: Annotated[
        Literal["nu_log", "theta_log", "gamma_log"],
        Field(
            description="nu_log: the eigenvalues' moduli are exp(-exp(nu_log)); theta_log: their phases are "
            "exp(theta_log); gamma_log: what scales the inputs is exp(gamma_log), for the nu_log of that seed and name."
        ),
    ]
    r_min: Annotated[float, Field(ge=0, lt=1, description="The least modulus.")] = 0.0
    r_max: Annotated[float, Field(ge=1e-3, le=1, description="The greatest modulus.")] = 1.0
    max_phase: Annotated[float, Field(ge=1e-6, le=6.2831854, description="The greatest phase, in radians.")] = 6.28

    def initialize(self, target: Target) -> Initialization:
        refuse_complex(target.dtype, "lru")
        if not self.r_min * self.r_min < self.r_max * self.r_max:
            raise InvalidParameter("r_max", f"r_max must be above r_min = {self.r_min:g}")
        facts: dict[str, Scalar] = {"part": self.part}
        if self.part == "theta_log":
            facts["max_phase"] = self.max_phase
            draws = UniformSource(target.stream.imaginary(), 0.0, self.max_phase)
            low, high = _LEAST_UNIFORM * self.max_phase, self.max_phase
        else:
            facts |= {"r_min": self.r_min, "r_max": self.r_max}
            draws = UniformSource(target.stream, self.r_min * self.r_min, self.r_max * self.r_max)
            low, high = max(draws.low, _LEAST_UNIFORM * draws.high), math.nextafter(draws.high, 0.0)

        def part(drawn: Doubles) -> Doubles:
            return self._of(np.clip(drawn, low, high))

        largest = float(np.abs(part(np.array([low, high]))).max())
        return Initialization(Mapped(draws, part), facts, _rounded_up(largest))

    def _of(self, drawn: Doubles) -> Doubles:
        """Return the part by its draws: of phases for theta_log, of squared moduli for the others."""
        values: Doubles = log(1.0 - drawn if self.part == "gamma_log" else drawn)
        if self.part == "nu_log":
            values = log(-0.5 * values)
        elif self.part == "gamma_log":
            values = 0.5 * values
        return values
