"""ln, exp, sine, cosine and arctangent of arrays and of single numbers, the same bits on every machine.

NumPy's and libm's differ from processor to processor. Sine and cosine are Taylor series in Horner's form,
with an error below 2 units in the last place of 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from service.arithmetic import elementary
from service.arithmetic.arrays import Doubles
from service.compilation import inlined, kernel

SINE_SERIES = tuple((-1.0) ** k / math.factorial(2 * k + 1) for k in range(9))
COSINE_SERIES = tuple((-1.0) ** k / math.factorial(2 * k) for k in range(9))
_TURN = 2.0 * math.pi

_SIGNATURE = "void(float64[::1], float64[::1])"


@kernel(_SIGNATURE)
def _log(x: Doubles, out: Doubles) -> None:
    for i in range(x.size):
        out[i] = elementary.log64(x[i])


@kernel(_SIGNATURE)
def _exp(x: Doubles, out: Doubles) -> None:
    for i in range(x.size):
        out[i] = elementary.exp64(x[i])


@kernel(_SIGNATURE)
def _arctangent(x: Doubles, out: Doubles) -> None:
    for i in range(x.size):
        out[i] = elementary.arctangent64(x[i])


@inlined
def _sine(angle: float) -> float:
    square = angle * angle
    total = SINE_SERIES[8]
    for i in range(7, -1, -1):
        total = total * square + SINE_SERIES[i]
    return angle * total


@inlined
def _cosine(angle: float) -> float:
    square = angle * angle
    total = COSINE_SERIES[8]
    for i in range(7, -1, -1):
        total = total * square + COSINE_SERIES[i]
    return total


@inlined
def cosine_and_sine_of_turns(x: float) -> tuple[float, float]:
    """Return cos(2 pi x) and sin(2 pi x), |x| <= 2**50; the bits of the functions of the same names."""
    quarters = np.floor(4.0 * x + 0.5)
    angle = (x - 0.25 * quarters) * _TURN
    quadrant = np.int64(quarters) & np.int64(3)
    even, odd = _cosine(angle), _sine(angle)
    cosine = odd if quadrant & np.int64(1) else even
    sine = even if quadrant & np.int64(1) else odd
    cosine = -cosine if quadrant == 1 or quadrant == 2 else cosine
    sine = -sine if quadrant >= 2 else sine
    return cosine, sine


@kernel("void(float64[::1], float64[::1], int64)")
def _turned(x: Doubles, out: Doubles, quarters_ahead: np.int64) -> None:
    for i in range(x.size):
        quarters = np.floor(4.0 * x[i] + 0.5)
        angle = (x[i] - 0.25 * quarters) * _TURN
        quadrant = (np.int64(quarters) + quarters_ahead) & np.int64(3)
        value = _sine(angle) if quadrant & np.int64(1) else _cosine(angle)
        out[i] = -value if quadrant == 1 or quadrant == 2 else value


def _mapped(function: Callable[..., None], x: Any, *more: int) -> Any:
    flat = np.ascontiguousarray(x, np.float64).reshape(-1)
    out = np.empty_like(flat)
    function(flat, out, *more)
    return float(out[0]) if np.ndim(x) == 0 else out.reshape(np.shape(x))


def log(x: Any) -> Any:
    """Return ln x of positive normal numbers, elementwise, in binary64."""
    return _mapped(_log, x)


def exp(x: Any) -> Any:
    """Return e**x, |x| <= 700, elementwise, in binary64; zero below -700."""
    return _mapped(_exp, x)


def arctangent(x: Any) -> Any:
    """Return the arctangent of x in radians, elementwise, in binary64."""
    return _mapped(_arctangent, x)


def cosine_of_turns(x: Any) -> Any:
    """Return cos(2 pi x), |x| <= 2**50, elementwise, in binary64; exact at quarters."""
    return _mapped(_turned, x, 0)


def sine_of_turns(x: Any) -> Any:
    """Return sin(2 pi x) likewise."""
    return _mapped(_turned, x, -1)


def power(base: float, exponent: float) -> float:
    """Return base**exponent for a positive base: exp(exponent ln base)."""
    return float(exp(exponent * log(base)))


def powers(base: Any, exponent: float) -> Any:
    """Return base**exponent of numbers that are 0, or positive and normal, for a positive exponent, elementwise."""
    is_positive = base > 0.0
    return np.where(is_positive, exp(exponent * log(np.where(is_positive, base, 1.0))), 0.0)
