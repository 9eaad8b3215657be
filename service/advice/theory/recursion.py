"""The recursions of mean-field theory through the layers of a network, in kernels.

A `table` is that of an activation's moments over ln q (`activations/interpolation.py`). `scaling` is
the pair (w, b) in q' = w V(q) + b.
"""

from __future__ import annotations

import math

from service.activations.interpolation import FIRST, STEP, D, V, value_at
from service.arithmetic.arrays import Doubles
from service.compilation import inlined, kernel

_Scaling = tuple[float, float]
_Blocks = tuple[float, float]
"""Residual blocks, and the layers in the branch of each."""

SETTLED = 1e-14
"""Steps of ln q below which it is taken to stand still: after 10,000 layers it would be 1e-10 further."""
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


@kernel(f"void({_TABLE}, UniTuple(float64, 2), float64, float64, {_VECTOR})")
def propagate(table: Doubles, scaling: _Scaling, steps: float, first: float, out: Doubles) -> None:
    """Follow ln q of the pre-activations from `first`, and the gradient, through so many steps.

    The gradient's squared norm is multiplied by w D(q) at each. `out` gets ln q and the logarithm of its ratio.
    """
    log_q, gradient = first, 0.0
    log_w = _log(scaling[0])
    for step in range(int(steps)):
        factor = log_w + value_at(table, D, log_q)
        gradient += factor
        following = _log(_signal(table, scaling, log_q) + scaling[1])
        settled = abs(following - log_q) < SETTLED
        log_q = following
        if settled:
            gradient += factor * (int(steps) - step - 1)
            break
    out[0] = log_q
    out[1] = gradient


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
