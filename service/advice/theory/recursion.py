"""The recursions of mean-field theory through the layers of a network, in kernels.

A `table` is that of an activation's moments over ln q (`activations/interpolation.py`). `scaling` is
the pair (w, b) in q' = w V(q) + b.
"""

from __future__ import annotations

import math

from service.activations.interpolation import D4, FIRST, STEP, V4, D, V, slope_at, value_at
from service.arithmetic.arrays import Doubles
from service.compilation import inlined, kernel

_Scaling = tuple[float, float]
_Network = tuple[float, float]
"""Steps from layer to layer, and 1 for orthogonal weights, else 0."""
_Blocks = tuple[float, float]
"""Residual blocks, and the layers in the branch of each."""

LOWEST, HIGHEST = -690.0, 690.0
"""Logarithms of the least and greatest second moments that are followed: those of binary64, about."""


def bounded_exp(logarithm: float) -> float:
    """Return the exponential of a number, of the nearest that is followed where it is not."""
    return math.exp(min(max(logarithm, LOWEST), HIGHEST))


_TABLE, _VECTOR = "float64[:, ::1]", "float64[::1]"


@inlined
def _signal(table: Doubles, scaling: _Scaling, log_q: float) -> float:
    """Return w V(q)."""
    return scaling[0] * math.exp(min(max(value_at(table, V, log_q), LOWEST), HIGHEST))


@inlined
def _log(x: float) -> float:
    return min(max(math.log(x), LOWEST), HIGHEST) if x > 0.0 else LOWEST


@kernel(f"void({_TABLE}, UniTuple(float64, 2), {_VECTOR})")
def find_fixed_point(table: Doubles, scaling: _Scaling, out: Doubles) -> None:
    """Put into `out` the ln q to which the recursion leads from q = 1: LOWEST for 0, HIGHEST for infinity.

    Where V falls with q, that is the one fixed point, whether or not it is stable.
    """
    x, low, high = 0.0, LOWEST, HIGHEST
    end = FIRST + STEP * (table.shape[1] - 1)
    while True:
        rise = _log(_signal(table, scaling, x) + scaling[1]) - x
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
def propagate(table: Doubles, scaling: _Scaling, network: _Network, out: Doubles) -> None:
    """Follow the pre-activations' second moment from 1, and the gradient, through the steps of `network`.

    The gradient's squared norm is multiplied by w D(q) at each. `out` gets ln q, the logarithm of its ratio,
    and the variances of both, times the number of units in a layer, by the noise of finite sums: of f(z)^2 forwards,
    and of f'(z)^2 u^2 backwards, u being normal; orthogonal weights add none of their own.
    """
    steps, isometric = network
    log_q, gradient, variance, gradient_variance, shared = 0.0, 0.0, 0.0, 0.0, 0.0
    log_w = _log(scaling[0])
    for _ in range(int(steps)):
        log_v, log_d = value_at(table, V, log_q), value_at(table, D, log_q)
        signal = _signal(table, scaling, log_q)
        share = signal / (signal + scaling[1]) if signal + scaling[1] > 0.0 else 1.0
        elasticity = share * slope_at(table, V, log_q)
        noise = math.exp(min(value_at(table, V4, log_q) - 2.0 * log_v, 300.0)) - 1.0
        noise -= isometric * 2.0 * elasticity * elasticity
        gradient_noise = 3.0 * math.exp(min(value_at(table, D4, log_q) - 2.0 * log_d, 300.0)) - 1.0
        gradient_noise -= isometric * 2.0
        shared += abs(slope_at(table, D, log_q)) * math.sqrt(variance)
        variance = elasticity * elasticity * variance + share * share * max(noise, 0.0)
        gradient_variance += max(gradient_noise, 0.0)
        gradient += log_w + log_d
        log_q = _log(signal + scaling[1])
    out[0] = log_q
    out[1] = gradient
    out[2] = variance
    out[3] = gradient_variance + shared * shared


@kernel(f"void({_TABLE}, UniTuple(float64, 2), UniTuple(float64, 2), {_VECTOR})")
def propagate_blocks(table: Doubles, scaling: _Scaling, blocks: _Blocks, out: Doubles) -> None:
    """Follow a residual stream's second moment from 1, and the gradient, through blocks x + f(x).

    At each the second moment of what the branch makes of the stream is added, and the gradient's squared norm is
    multiplied by 1 + the branch's w D(q), layer after layer. `out` gets ln q and the logarithm of the gradient's ratio.
    """
    count, layers = blocks
    log_q, gradient = 0.0, 0.0
    log_w = _log(scaling[0])
    for _ in range(int(count)):
        inner, jacobian = log_q, 0.0
        for _ in range(int(layers)):
            jacobian += log_w + value_at(table, D, inner)
            inner = _log(_signal(table, scaling, inner) + scaling[1])
        gradient += math.log1p(math.exp(min(max(jacobian, LOWEST), HIGHEST)))
        log_q = min(max(log_q, inner) + math.log1p(math.exp(-abs(log_q - inner))), HIGHEST)
    out[0] = log_q
    out[1] = gradient
