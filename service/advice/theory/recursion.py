"""The recursions of mean-field theory through the layers of a network, in kernels, and the error function.

A `table` has the logarithms of V, D, E[f^4] and E[f'^4] (`moments.py`) in rows 0 to 3 and their slopes in rows 4 to 7,
at ln q = FIRST, FIRST + STEP, ...; between them they are cubic (Hermite), beyond the ends straight. A `law` is the
pair of numbers (w, b) in q' = w V(q) + b.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.compilation import inlined, kernel

Double = NDArray[np.float64]
Law = tuple[float, float]
Network = tuple[float, float]
"""Steps from layer to layer, and 1 for orthogonal weights, else 0."""
Blocks = tuple[float, float]
"""Residual blocks, and the layers in the branch of each."""

FIRST, STEP = -28.0, 0.125
"""Of the tables, in ln q."""

LOWEST, HIGHEST = -690.0, 690.0
"""Logarithms of the least and greatest second moments that are followed: those of binary64, about."""


def bounded_exp(logarithm: float) -> float:
    """Return the exponential of a number, of the nearest that is followed where it is not."""
    return math.exp(min(max(logarithm, LOWEST), HIGHEST))


_CURVES = 4
_V, _D, _V4, _D4 = range(_CURVES)

_TABLE, _VECTOR = "float64[:, ::1]", "float64[::1]"


@kernel(f"void({_VECTOR}, {_VECTOR})")
def _erf(x: Double, out: Double) -> None:
    for i in range(x.size):
        out[i] = math.erf(x[i])


def erf(x: Any) -> Any:
    """Return the error function, elementwise."""
    flat = np.ascontiguousarray(x, np.float64).reshape(-1)
    out = np.empty_like(flat)
    _erf(flat, out)
    return out.reshape(np.shape(x))


@inlined
def _value(table: Double, curve: int, log_q: float) -> float:
    values, slopes = table[curve], table[_CURVES + curve]
    place = (log_q - FIRST) / STEP
    last = values.size - 1
    if place <= 0.0:
        return values[0] + slopes[0] * place * STEP
    if place >= last:
        return values[last] + slopes[last] * (place - last) * STEP
    i = int(place)
    t = place - i
    u = 1.0 - t
    low = values[i] * (1.0 + 2.0 * t) + slopes[i] * STEP * t
    high = values[i + 1] * (1.0 + 2.0 * u) - slopes[i + 1] * STEP * u
    return u * u * low + t * t * high


@inlined
def _slope(table: Double, curve: int, log_q: float) -> float:
    values, slopes = table[curve], table[_CURVES + curve]
    place = (log_q - FIRST) / STEP
    last = values.size - 1
    if place <= 0.0:
        return slopes[0]
    if place >= last:
        return slopes[last]
    i = int(place)
    t = place - i
    rise = (values[i + 1] - values[i]) / STEP
    return 6.0 * t * (1.0 - t) * rise + (1.0 - t) * (1.0 - 3.0 * t) * slopes[i] + t * (3.0 * t - 2.0) * slopes[i + 1]


@inlined
def _signal(table: Double, law: Law, log_q: float) -> float:
    """Return w V(q)."""
    return law[0] * math.exp(min(max(_value(table, _V, log_q), LOWEST), HIGHEST))


@inlined
def _log(x: float) -> float:
    return min(max(math.log(x), LOWEST), HIGHEST) if x > 0.0 else LOWEST


@kernel(f"void({_TABLE}, float64, {_VECTOR})")
def look_up(table: Double, log_q: float, out: Double) -> None:
    """Put into `out` the logarithms of V and D at `log_q`, and the slope of the first."""
    out[0], out[1], out[2] = _value(table, _V, log_q), _value(table, _D, log_q), _slope(table, _V, log_q)


@kernel(f"void({_TABLE}, UniTuple(float64, 2), {_VECTOR})")
def find_fixed_point(table: Double, law: Law, out: Double) -> None:
    """Put into `out` the ln q to which the law leads from q = 1: LOWEST for 0, HIGHEST for infinity.

    Where V falls with q, that is the one fixed point, whether or not it is stable.
    """
    x, low, high = 0.0, LOWEST, HIGHEST
    end = FIRST + STEP * (table.shape[1] - 1)
    while True:
        rise = _log(_signal(table, law, x) + law[1]) - x
        if rise >= 0.0:
            low = x
        if rise <= 0.0:
            high = x
        if low > LOWEST and high < HIGHEST:
            if high - low < 1e-13:
                break
            x = 0.5 * (low + high)
        else:
            x += 0.25 if rise > 0.0 else -0.25
            if x < FIRST or x > end:
                x = LOWEST if rise < 0.0 else HIGHEST
                break
    out[0] = x


@kernel(f"void({_TABLE}, UniTuple(float64, 2), UniTuple(float64, 2), {_VECTOR})")
def propagate(table: Double, law: Law, network: Network, out: Double) -> None:
    """Follow the pre-activations' second moment from 1, and the gradient, through the steps of `network`.

    The gradient's squared norm is multiplied by w D(q) at each. `out` gets ln q, the logarithm of its ratio,
    and the variances of both, times the number of units in a layer, by the noise of finite sums: of f(z)^2 forwards,
    and of f'(z)^2 u^2 backwards, u being normal; orthogonal weights add none of their own.
    """
    steps, isometric = network
    log_q, gradient, variance, gradient_variance, shared = 0.0, 0.0, 0.0, 0.0, 0.0
    log_w = _log(law[0])
    for _ in range(int(steps)):
        log_v, log_d = _value(table, _V, log_q), _value(table, _D, log_q)
        signal = _signal(table, law, log_q)
        share = signal / (signal + law[1]) if signal + law[1] > 0.0 else 1.0
        elasticity = share * _slope(table, _V, log_q)
        noise = math.exp(min(_value(table, _V4, log_q) - 2.0 * log_v, 300.0)) - 1.0
        noise -= isometric * 2.0 * elasticity * elasticity
        gradient_noise = 3.0 * math.exp(min(_value(table, _D4, log_q) - 2.0 * log_d, 300.0)) - 1.0
        gradient_noise -= isometric * 2.0
        shared += abs(_slope(table, _D, log_q)) * math.sqrt(variance)
        variance = elasticity * elasticity * variance + share * share * max(noise, 0.0)
        gradient_variance += max(gradient_noise, 0.0)
        gradient += log_w + log_d
        log_q = _log(signal + law[1])
    out[0] = log_q
    out[1] = gradient
    out[2] = variance
    out[3] = gradient_variance + shared * shared


@kernel(f"void({_TABLE}, UniTuple(float64, 2), UniTuple(float64, 2), {_VECTOR})")
def propagate_blocks(table: Double, law: Law, blocks: Blocks, out: Double) -> None:
    """Follow a residual stream's second moment from 1, and the gradient, through blocks x + f(x).

    At each the second moment of what the branch makes of the stream is added, and the gradient's squared norm is
    multiplied by 1 + the branch's w D(q), layer after layer. `out` gets ln q and the logarithm of the gradient's ratio.
    """
    count, layers = blocks
    log_q, gradient = 0.0, 0.0
    log_w = _log(law[0])
    for _ in range(int(count)):
        inner, jacobian = log_q, 0.0
        for _ in range(int(layers)):
            jacobian += log_w + _value(table, _D, inner)
            inner = _log(_signal(table, law, inner) + law[1])
        gradient += math.log1p(math.exp(min(max(jacobian, LOWEST), HIGHEST)))
        log_q = min(max(log_q, inner) + math.log1p(math.exp(-abs(log_q - inner))), HIGHEST)
    out[0] = log_q
    out[1] = gradient
