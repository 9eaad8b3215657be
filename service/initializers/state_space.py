"""State space models: HiPPO's matrices, their diagonal forms, and Mamba's parameters."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from service.initializers.entry import Built, Entry, Initializer, Positive, Reference, Target, refuse_complex
from service.streams.transforms import exp, log
from service.tensors.errors import InvalidParameter
from service.tensors.pattern import Mapped, Pattern
from service.tensors.source import Uniform
from service.tensors.spec import Scalar

Index = NDArray[np.int64]

GU_HIPPO = Reference(
    "Albert Gu, Tri Dao, Stefano Ermon, Atri Rudra, Christopher Ré",
    "HiPPO: Recurrent Memory with Optimal Polynomial Projections",
    2020,
    "https://arxiv.org/abs/2008.07669",
)
GU_TRAIN = Reference(
    "Albert Gu, Isys Johnson, Aman Timalsina, Atri Rudra, Christopher Ré",
    "How to Train Your HiPPO: State Space Models with Generalized Orthogonal Basis Projections",
    2022,
    "https://arxiv.org/abs/2206.12037",
)
GU_DIAGONAL = Reference(
    "Albert Gu, Ankit Gupta, Karan Goel, Christopher Ré",
    "On the Parameterization and Initialization of Diagonal State Space Models",
    2022,
    "https://arxiv.org/abs/2206.11893",
)
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


def _odd(n: Index) -> NDArray[np.float64]:
    """Return sqrt(2 n + 1)."""
    found: NDArray[np.float64] = np.sqrt(2.0 * n + 1.0)
    return found


def _legs(n: Index, k: Index) -> NDArray[np.float64]:
    below = -np.sqrt((2.0 * n + 1.0) * (2.0 * k + 1.0))
    return np.where(n > k, below, np.where(n == k, -(n + 1.0), 0.0))


def _legt(n: Index, k: Index) -> NDArray[np.float64]:
    sign = np.where((n < k) & ((k - n) % 2 == 1), -1.0, 1.0)
    return -0.5 * _odd(n) * sign * _odd(k)


def _lmu(n: Index, k: Index) -> NDArray[np.float64]:
    is_negative = (n < k) | ((n - k) % 2 == 0)
    odd = (2.0 * n + 1.0).astype(np.float64)
    return np.where(is_negative, -odd, odd)


def _lagt(n: Index, k: Index) -> NDArray[np.float64]:
    return np.where(n > k, np.float64(-1.0), np.where(n == k, np.float64(-0.5), np.float64(0.0)))


_MATRICES = {"legs": _legs, "legt": _legt, "lmu": _lmu, "lagt": _lagt}

_VECTORS = {
    "legs": _odd,
    "legt": lambda n: 0.5 * _odd(n),
    "lmu": lambda n: (2.0 * n + 1.0) * np.where(n % 2 == 0, 1.0, -1.0),
    "lagt": lambda n: np.ones(n.shape),
}


class Hippo(Initializer):
    """HiPPO's state matrix A (rank 2) or its input vector B (rank 1)."""

    measure: Annotated[
        Literal["legs", "legt", "lmu", "lagt"],
        Field(
            description="legs: scaled Legendre; legt: translated Legendre; lmu: as in the Legendre Memory Unit; "
            "lagt: translated Laguerre."
        ),
    ] = "legs"
    entry: ClassVar[Entry] = Entry(
        name="hippo",
        summary="The matrices with which a state space model remembers its past as polynomial coefficients.",
        formula="legs: A[n, k] = -sqrt((2n+1)(2k+1)) if n > k, -(n+1) if n = k, else 0; B[n] = sqrt(2n+1)",
        when="State space models (S4 and its relatives).",
        references=(GU_HIPPO, GU_TRAIN),
        aliases={"S4": ("transition", "hippo_legs")},
        traps=(
            "A is for x' = A x + B u, as in the S4 code; HiPPO's paper writes x' = -A x + B u for legs.",
            "legt has the normalisation of the S4 code, lmu that of the Legendre Memory Unit: similar matrices.",
        ),
        ranks=(1, 2),
        random=False,
        example="shape=64,64&measure=legs",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        refuse_complex(target, "hippo")
        if target.rank not in (1, 2):
            raise InvalidParameter("shape", "hippo needs a shape of rank 2, for the matrix A, or 1, for the vector B")
        if len(set(target.shape)) > 1:
            raise InvalidParameter("shape", "hippo's A is square: give its order twice")
        order, is_matrix = target.shape[0], target.rank == 2
        formula = _MATRICES[self.measure] if is_matrix else _VECTORS[self.measure]
        facts: dict[str, Scalar] = {"measure": self.measure, "matrix": "A" if is_matrix else "B", "order": order}
        return Built(Pattern(target.shape, formula), facts, 2.0 * order + 1.0)


class S4d(Initializer):
    """The diagonal of a state space model's matrix."""

    kind: Annotated[
        Literal["lin", "inv", "inv2", "quad", "real"],
        Field(
            description="lin: as of a Fourier basis; inv: approximates HiPPO-LegS; inv2, quad: variants; real: without "
            "imaginary parts."
        ),
    ] = "lin"

    entry: ClassVar[Entry] = Entry(
        name="s4d",
        summary="The diagonal state matrix of S4D, the same for each row.",
        formula="lin: -1/2 + iπn; inv: -1/2 + i (N/π)(N/(2n+1) - 1); inv2: -1/2 + i (N/π)(N/(n+1) - 1); "
        "quad: -1/2 + i (2n+1)²/π; real: -(n+1); n = 0 ... N - 1",
        when="Diagonal state space models.",
        references=(GU_DIAGONAL,),
        aliases={"S4": ("s4d_lin", "s4d_inv", "s4d_real")},
        traps=(
            "N is the last axis, which holds one of each pair of conjugates: half the state size of the code.",
            "Take dtype=complex64 for all kinds but real.",
        ),
        ranks=(1, None),
        random=False,
        example="shape=64,32&kind=real",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        if not target.shape:
            raise InvalidParameter("shape", "s4d needs a shape of rank 1 or more, its last axis the state")
        if target.dtype.is_complex == (self.kind == "real"):
            wanted = "a real dtype" if self.kind == "real" else "dtype=complex64"
            raise InvalidParameter("dtype", f"kind={self.kind} needs {wanted}")
        size = target.shape[-1]

        def diagonal(*coordinates: Index) -> NDArray[Any]:
            return _diagonal(self.kind, coordinates[-1].astype(np.float64), size)

        largest = float(np.abs(_diagonal(self.kind, np.array([0.0, max(size - 1.0, 0.0)]), size)).max())
        return Built(Pattern(target.shape, diagonal), {"kind": self.kind, "order": size}, largest)


def _diagonal(kind: str, n: NDArray[np.float64], size: int) -> NDArray[Any]:
    if kind == "real":
        return -(n + 1.0)
    imaginary = {
        "lin": lambda: math.pi * n,
        "inv": lambda: size / math.pi * (size / (2.0 * n + 1.0) - 1.0),
        "inv2": lambda: size / math.pi * (size / (n + 1.0) - 1.0),
        "quad": lambda: (2.0 * n + 1.0) ** 2 / math.pi,
    }[kind]()
    return -0.5 + 1j * imaginary


class DtBias(Initializer):
    """The bias from which a softplus makes time steps that are spread evenly on a logarithmic scale."""

    dt_min: Annotated[Positive, Field(le=1e3, description="The least time step.")] = 0.001
    dt_max: Annotated[Positive, Field(le=1e3, description="The greatest time step.")] = 0.1
    floor: Annotated[float, Field(ge=1e-8, le=1e3, description="Time steps below it are raised to it.")] = 1e-4

    entry: ClassVar[Entry] = Entry(
        name="dt_bias",
        summary="Biases whose softplus is a time step, log-uniform between two bounds.",
        formula="b = dt + ln(1 - exp(-dt)), dt = max(exp(u), floor), u ~ U[ln dt_min, ln dt_max)",
        when="The time steps of Mamba, Mamba-2 and other selective state space models.",
        references=(GU_MAMBA, DAO_MAMBA),
        aliases={"Mamba": ("dt_proj.bias", "dt_bias")},
        traps=("S4 stores ln dt, without the softplus: that is transform=log in its own code.",),
        example="shape=96&seed=42",
    )

    def build(self, target: Target) -> Built:
        refuse_complex(target, "dt_bias")
        if not self.dt_min < self.dt_max:
            raise InvalidParameter("dt_max", f"dt_max must be above dt_min = {self.dt_min:g}")
        low, high, floor = log(self.dt_min), log(self.dt_max), self.floor

        def inverse_softplus(exponent: NDArray[np.float64]) -> NDArray[np.float64]:
            dt = np.maximum(exp(exponent), floor)
            found: NDArray[np.float64] = dt + log(1.0 - exp(-dt))
            return found

        ends = inverse_softplus(np.array([low, high]))
        facts: dict[str, Scalar] = {"dt_min": self.dt_min, "dt_max": self.dt_max, "floor": self.floor}
        source = Mapped(Uniform(target.stream, low, high), inverse_softplus)
        return Built(source, facts, float(np.abs(ends).max()) * (1.0 + 1e-12))


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

    low: Annotated[Positive, Field(le=1e9, description="Lower end of -A.")] = 1.0
    high: Annotated[Positive, Field(le=1e9, description="Upper end of -A.")] = 16.0

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
        return Built(Mapped(Uniform(target.stream, self.low, self.high), log), facts, largest)
