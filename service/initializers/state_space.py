"""State space models' other parameters: time steps, Mamba's matrices, linear recurrent units."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.entry import Built, Entry, Initializer, Reference, Target, refuse_complex
from service.initializers.hippo import GU_DIAGONAL
from service.streams.transforms import exp, log
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Mapped, Pattern
from service.tensors.source import UniformSource
from service.tensors.spec import Scalar

Double = NDArray[np.float64]

GU_MAMBA = Reference(
    "Albert Gu, Tri Dao",
    "Mamba: Linear-Time Sequence Modeling with Selective State Spaces",
    2023,
    "https://arxiv.org/abs/2312.00752",
)
DAO_MAMBA = Reference(
    "Tri Dao, Albert Gu",
    "Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality",
    2024,
    "https://arxiv.org/abs/2405.21060",
)
GU_S4 = Reference(
    "Albert Gu, Karan Goel, Christopher Ré",
    "Efficiently Modeling Long Sequences with Structured State Spaces",
    2021,
    "https://arxiv.org/abs/2111.00396",
)
ORVIETO = Reference(
    "Antonio Orvieto, Samuel L. Smith, Albert Gu, Anushan Fernando, Caglar Gulcehre, Razvan Pascanu, Soham De",
    "Resurrecting Recurrent Neural Networks for Long Sequences",
    2023,
    "https://arxiv.org/abs/2303.06349",
)


class DtBias(Initializer):
    """What a softplus or an exponential turns into time steps that are spread evenly on a logarithmic scale."""

    dt_min: Annotated[float, Field(ge=1e-12, le=1e3, description="The least time step.")] = 0.001
    dt_max: Annotated[float, Field(ge=1e-12, le=1e3, description="The greatest time step.")] = 0.1
    floor: Annotated[float, Field(ge=1e-8, le=1e3, description="Time steps below it are raised to it.")] = 1e-4
    transform: Annotated[
        Literal["softplus", "exp"],
        Field(description="What the model applies to have the time steps: exp stores ln dt."),
    ] = "softplus"

    entry: ClassVar[Entry] = Entry(
        name="dt_bias",
        summary="Biases whose softplus, or exponential, is a time step, log-uniform between two bounds.",
        formula="b = dt + ln(1 - exp(-dt)), or ln dt with transform=exp; dt = max(exp(u), floor), "
        "u ~ U[ln dt_min, ln dt_max)",
        when="The time steps of Mamba, Mamba-2 and other selective state space models; of S4 with transform=exp.",
        references=(GU_MAMBA, DAO_MAMBA, GU_S4),
        aliases={"Mamba": ("dt_proj.bias", "dt_bias"), "S4": ("inv_dt", "log_dt")},
        traps=(
            "Mamba has a softplus, S4 and S4D by default an exponential (dt_transform='exp'), with no floor then.",
            "S4 ties the time step over the state: its shape is H, 1.",
        ),
        example="shape=96&seed=42",
    )

    def build(self, target: Target) -> Built:
        refuse_complex(target, "dt_bias")
        if not self.dt_min < self.dt_max:
            raise InvalidParameter("dt_max", f"dt_max must be above dt_min = {self.dt_min:g}")
        low, high, floor = log(self.dt_min), log(self.dt_max), self.floor
        is_exponential = self.transform == "exp"

        def inverse(exponent: Double) -> Double:
            dt = np.maximum(exp(exponent), floor)
            found: Double = log(dt) if is_exponential else dt + log(1.0 - exp(-dt))
            return found

        ends = inverse(np.array([low, high]))
        facts: dict[str, Scalar] = {
            "dt_min": self.dt_min, "dt_max": self.dt_max, "floor": self.floor, "transform": self.transform,
        }  # fmt: skip
        source = Mapped(UniformSource(target.stream, low, high), inverse)
        return Built(source, facts, float(np.abs(ends).max()) * (1.0 + 1e-12) + 1e-12)


class MambaALog(Initializer):
    """Mamba's state matrix, by its logarithm."""

    entry: ClassVar[Entry] = Entry(
        name="mamba_a_log",
        summary="The logarithm of minus Mamba's diagonal state matrix, the same for each channel.",
        formula="A_log[d, n] = ln(n + 1); A = -exp(A_log), which is S4D-Real",
        when="Mamba's A_log, of shape channels × state.",
        references=(GU_MAMBA, GU_DIAGONAL),
        aliases={"Mamba": ("A_log",)},
        traps=("Mamba-2 has one number for a head, drawn: mamba2_a_log.",),
        ranks=(1, None),
        random=False,
        example="shape=96,16",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        refuse_complex(target, "mamba_a_log")
        if not target.shape:
            raise InvalidParameter("shape", "mamba_a_log needs a shape of rank 1 or more, its last axis the state")
        source = Pattern(target.shape, lambda *coordinates: log(coordinates[-1] + 1.0))
        return Built(source, {"order": target.shape[-1]}, math.log(max(target.shape[-1], 1)) + 1e-9)


class Mamba2ALog(Initializer):
    """Mamba-2's state matrix, by its logarithm."""

    low: Annotated[float, Field(ge=1e-9, le=1e9, description="Lower end of -A.")] = 1.0
    high: Annotated[float, Field(ge=1e-9, le=1e9, description="Upper end of -A.")] = 16.0

    entry: ClassVar[Entry] = Entry(
        name="mamba2_a_log",
        summary="The logarithm of minus Mamba-2's state matrix, one number for each head.",
        formula="A_log[h] = ln a, a ~ U[low, high)",
        when="Mamba-2's A_log.",
        references=(DAO_MAMBA,),
        aliases={"Mamba-2": ("mamba2_A_log",)},
        example="shape=24&seed=42",
    )

    def build(self, target: Target) -> Built:
        refuse_complex(target, "mamba2_a_log")
        if not self.low < self.high:
            raise InvalidParameter("high", f"high must be above low = {self.low:g}")
        largest = max(abs(math.log(self.low)), abs(math.log(self.high))) + 1e-9
        facts: dict[str, Scalar] = {"low": self.low, "high": self.high}
        return Built(Mapped(UniformSource(target.stream, self.low, self.high), log), facts, largest)


_LEAST_UNIFORM = 2.0**-54
"""In place of a draw of 0, which has no logarithm; below all others."""


class Lru(Initializer):
    """The parameters of a linear recurrent unit."""

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

    entry: ClassVar[Entry] = Entry(
        name="lru",
        summary="Eigenvalues of a linear recurrence, uniform on a ring of the complex plane, and what normalises them.",
        formula="nu_log = ln(-1/2 ln s), gamma_log = 1/2 ln(1 - s), s ~ U[r_min², r_max²) the squared modulus; "
        "theta_log = ln(max_phase · u), u ~ U[0, 1)",
        when="Linear recurrent units (LRU): long sequences, in parallel.",
        references=(ORVIETO,),
        aliases={"LRU": ("nu_log", "theta_log", "gamma_log")},
        traps=(
            "The three tensors of a layer have one seed and one name: gamma_log follows from nu_log, and theta_log is "
            "independent of both all the same.",
            "The unit's other matrices: B's two parts normal with std 1/sqrt(2 · inputs), C's 1/sqrt(state), D's 1.",
            "The three aliases name one entry: say which part.",
        ),
        example="shape=256&part=nu_log&r_min=0.9&r_max=0.999&seed=42",
    )

    def build(self, target: Target) -> Built:
        refuse_complex(target, "lru")
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

        def part(drawn: Double) -> Double:
            return self._of(np.clip(drawn, low, high))

        largest = float(np.abs(part(np.array([low, high]))).max())
        return Built(Mapped(draws, part), facts, largest * (1.0 + 1e-12) + 1e-12)

    def _of(self, drawn: Double) -> Double:
        """Return the part by its draws: of phases for theta_log, of squared moduli for the others."""
        found: Double
        if self.part == "theta_log":
            found = log(drawn)
        elif self.part == "nu_log":
            found = log(-0.5 * log(drawn))
        else:
            found = 0.5 * log(1.0 - drawn)
        return found
