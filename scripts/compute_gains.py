"""Compute the gain of every activation and write `service/activations/gains.json`.

    python -m scripts.compute_gains > service/activations/gains.json

For a standard normal z, with 30-digit quadrature split at the kinks:
forward 1/sqrt(E[f(z)^2]), backward 1/sqrt(E[f'(z)^2]), centered 1/sqrt(Var f(z)).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath as mp

mp.mp.dps = 30

# mpmath has no types: a real number of any precision.
Real = Any
Function = Callable[[Real], Real]

SELU_SCALE = mp.mpf("1.0507009873554804934193349852946")
SELU_ALPHA = mp.mpf("1.6732632423543772848170429916717")
SIREN_OMEGA = 30


@dataclass(frozen=True)
class Activation:
    """A function, its derivative, and the points where either breaks."""

    function: Function
    derivative: Function
    kinks: tuple[float, ...] = ()


def sigmoid(z: Real) -> Real:
    return 1 / (1 + mp.exp(-z))


def sech2(z: Real) -> Real:
    return mp.sech(z) ** 2


def gelu_tanh_inner(z: Real) -> Real:
    return mp.sqrt(2 / mp.pi) * (z + mp.mpf("0.044715") * z**3)


def gelu_tanh_slope(z: Real) -> Real:
    return mp.sqrt(2 / mp.pi) * (1 + 3 * mp.mpf("0.044715") * z**2)


def exponential_linear(scale: Real, alpha: Real) -> Activation:
    return Activation(
        lambda z: scale * (z if z > 0 else alpha * mp.expm1(z)),
        lambda z: scale * (1 if z > 0 else alpha * mp.exp(z)),
        (0,),
    )


def clipped_line(slope: Real, offset: Real, low: Real, high: Real) -> Activation:
    ends = ((low - offset) / slope, (high - offset) / slope)
    return Activation(
        lambda z: min(max(slope * z + offset, low), high),
        lambda z: slope if ends[0] < z < ends[1] else mp.mpf(0),
        ends,
    )


def swish(beta: Real) -> Activation:
    return Activation(
        lambda z: z * sigmoid(beta * z),
        lambda z: sigmoid(beta * z) + beta * z * sigmoid(beta * z) * sigmoid(-beta * z),
    )


def softplus(z: Real) -> Real:
    return mp.log1p(mp.exp(-abs(z))) + max(z, 0)


def sine(omega: Real) -> Activation:
    return Activation(lambda z: mp.sin(omega * z), lambda z: omega * mp.cos(omega * z))


HALF, SIXTH, ONE = mp.mpf("0.5"), mp.mpf(1) / 6, mp.mpf(1)

ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(lambda z: z, lambda _: ONE),
    "sigmoid": Activation(sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": Activation(mp.tanh, sech2),
    "lecun_tanh": Activation(
        lambda z: mp.mpf("1.7159") * mp.tanh(2 * z / 3), lambda z: mp.mpf("1.7159") * 2 / 3 * sech2(2 * z / 3)
    ),
    "relu": Activation(lambda z: max(z, 0), lambda z: ONE * (z > 0), (0,)),
    "relu6": clipped_line(ONE, mp.mpf(0), mp.mpf(0), mp.mpf(6)),
    "elu": exponential_linear(ONE, ONE),
    "celu": exponential_linear(ONE, ONE),
    "selu": exponential_linear(SELU_SCALE, SELU_ALPHA),
    "gelu": Activation(lambda z: z * mp.ncdf(z), lambda z: mp.ncdf(z) + z * mp.npdf(z)),
    "gelu_tanh": Activation(
        lambda z: z / 2 * (1 + mp.tanh(gelu_tanh_inner(z))),
        lambda z: (1 + mp.tanh(gelu_tanh_inner(z))) / 2 + z / 2 * sech2(gelu_tanh_inner(z)) * gelu_tanh_slope(z),
    ),
    "quick_gelu": swish(mp.mpf("1.702")),
    "silu": swish(ONE),
    "mish": Activation(
        lambda z: z * mp.tanh(softplus(z)), lambda z: mp.tanh(softplus(z)) + z * sech2(softplus(z)) * sigmoid(z)
    ),
    "softplus": Activation(softplus, sigmoid),
    "softsign": Activation(lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2, (0,)),
    "hard_swish": Activation(
        lambda z: z * min(max(z + 3, 0), 6) / 6,
        lambda z: (2 * z + 3) / 6 if -3 < z < 3 else ONE * (z >= 3),
        (-3, 3),
    ),
    "hard_sigmoid": clipped_line(SIXTH, HALF, mp.mpf(0), ONE),
    "hard_sigmoid_keras2": clipped_line(mp.mpf("0.2"), HALF, mp.mpf(0), ONE),
    "hardtanh": clipped_line(ONE, mp.mpf(0), -ONE, ONE),
    "log_sigmoid": Activation(lambda z: -softplus(-z), lambda z: sigmoid(-z)),
    "tanhshrink": Activation(lambda z: z - mp.tanh(z), lambda z: mp.tanh(z) ** 2),
    "hardshrink": Activation(lambda z: z * (abs(z) > HALF), lambda z: ONE * (abs(z) > HALF), (-0.5, 0.5)),
    "softshrink": Activation(
        lambda z: mp.sign(z) * max(abs(z) - HALF, 0), lambda z: ONE * (abs(z) > HALF), (-0.5, 0.5)
    ),
    "sin": sine(ONE),
    "cos": Activation(mp.cos, lambda z: -mp.sin(z)),
    "squared_relu": Activation(lambda z: max(z, 0) ** 2, lambda z: 2 * max(z, 0), (0,)),
    "abs": Activation(abs, mp.sign, (0,)),
    "square": Activation(lambda z: z * z, lambda z: 2 * z),
    "gaussian": Activation(lambda z: mp.exp(-z * z), lambda z: -2 * z * mp.exp(-z * z)),
    "gaussian_half": Activation(lambda z: mp.exp(-z * z / 2), lambda z: -z * mp.exp(-z * z / 2)),
    "erf": Activation(mp.erf, lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z)),
    "arctan": Activation(mp.atan, lambda z: 1 / (1 + z * z)),
    "snake": Activation(lambda z: z + mp.sin(z) ** 2, lambda z: 1 + mp.sin(2 * z)),
    "exp": Activation(mp.exp, mp.exp),
}
GATED = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "swiglu": "silu", "bilinear": "linear"}
"""f(g) v with g, v independent: E[(f(g) v)^2] = E[f(g)^2]. The derivative by one argument has no one gain."""

MAXOUT_PIECES = (2, 3, 4, 5, 8)
RRELU_SLOPES = (ONE / 8, ONE / 3)


def expectation(function: Function, kinks: tuple[float, ...]) -> Real:
    points = sorted({mp.mpf(-14), *map(mp.mpf, range(-10, 11, 2)), *map(mp.mpf, kinks), mp.mpf(14)})
    return mp.quad(lambda z: function(z) * mp.npdf(z), points)


def gains(mean: Real, square: Real, slope_square: Real | None) -> dict[str, float | None]:
    return {
        "forward": float(1 / mp.sqrt(square)),
        "backward": None if slope_square is None else float(1 / mp.sqrt(slope_square)),
        "centered": float(1 / mp.sqrt(square - mean**2)),
    }


def of(activation: Activation) -> dict[str, float | None]:
    f, d, kinks = activation.function, activation.derivative, activation.kinks
    return gains(
        expectation(f, kinks), expectation(lambda z: f(z) ** 2, kinks), expectation(lambda z: d(z) ** 2, kinks)
    )


def siren() -> dict[str, float | None]:
    """sin(30 z) oscillates too fast for the panels; its moments are known in closed form."""
    decay = mp.exp(-2 * mp.mpf(SIREN_OMEGA) ** 2)
    return gains(mp.mpf(0), (1 - decay) / 2, mp.mpf(SIREN_OMEGA) ** 2 * (1 + decay) / 2)


def exponential() -> dict[str, float | None]:
    """Exp grows past the panels; E[exp(z)] = e^(1/2), E[exp(2z)] = e^2."""
    return gains(mp.exp(HALF), mp.exp(2), mp.exp(2))


def rrelu() -> dict[str, float | None]:
    low, high = RRELU_SLOPES
    slope, slope_square = (low + high) / 2, (high**3 - low**3) / (3 * (high - low))
    square = (1 + slope_square) / 2
    return gains((1 - slope) / mp.sqrt(2 * mp.pi), square, square)


def maxout(pieces: int) -> dict[str, float | None]:
    """The largest of independent standard normals has density k Phi^(k-1) phi; one piece has slope 1."""
    density = lambda z: pieces * mp.ncdf(z) ** (pieces - 1)
    return gains(expectation(lambda z: z * density(z), ()), expectation(lambda z: z * z * density(z), ()), ONE)


def gated(name: str) -> dict[str, float | None]:
    """The value v has mean zero, so the product has, and its variance is its second moment."""
    square = expectation(lambda z: ACTIVATIONS[name].function(z) ** 2, ACTIVATIONS[name].kinks)
    return gains(mp.mpf(0), square, None)


def main() -> None:
    table = {name: of(activation) for name, activation in ACTIVATIONS.items()}
    table["exp"] = exponential()
    table["siren"] = siren()
    table["rrelu"] = rrelu()
    table |= {name: gated(inner) for name, inner in GATED.items()}
    table |= {f"maxout_{pieces}": maxout(pieces) for pieces in MAXOUT_PIECES}
    print(json.dumps({"written_by": "python -m scripts.compute_gains", "gains": table}, indent=1))


if __name__ == "__main__":
    main()
