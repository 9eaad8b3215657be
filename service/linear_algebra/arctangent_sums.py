"""Where a sum of arctangents has given values, the same bits on every machine.

The frequencies of the normal part of HiPPO-LegS are such places. For a state of N, that part is -1/2 + K with
K[n, k] = 1/2 v[n] v[k] sgn(k - n), v[n] = sqrt(2n + 1). With a[n] = n + 1/2 and s[n] the sum of v[k] x[k] over k > n
less that over k < n, K x = λ x says (λ + a[n + 1]) s[n + 1] = (λ - a[n]) s[n], and the two ends together that the
product of (λ - a[n]) / (λ + a[n]) over all n is -1. For λ = i μ this is: the sum of arctan(μ / a[n]) is π (N + 1) / 2
modulo π.
"""

from __future__ import annotations

import math

import numpy as np

from service.arithmetic import elementary
from service.arithmetic.arrays import Doubles
from service.compilation import kernel

_PI = math.pi
_MOST_STEPS = 100
"""More than the steps, which stop by themselves, have ever been seen to be."""


@kernel("void(float64[::1])")
def fill_frequencies(out: Doubles) -> None:
    """Put μ[0] < μ[1] < ... into `out`, of length N/2: the sum of arctan(μ[m] / (n + 1/2)) over n < N is π (m + 1/2).

    Newton's method from the root before: the sum is concave, so that no step goes beyond the root. N² steps of some
    nanoseconds, about ten times.
    """
    terms = 2 * out.size
    x = 0.0
    for m in range(out.size):
        wanted = _PI * (m + 0.5)
        for _ in range(_MOST_STEPS):
            total, lost, slope = 0.0, 0.0, 0.0
            for n in range(terms):
                a = n + 0.5
                slope += a / (a * a + x * x)
                # Kahan's summation: what rounding takes is added to the next term.
                term = elementary.arctangent64(x / a) - lost
                sum_ = total + term
                lost = (sum_ - total) - term
                total = sum_
            beyond = x + (wanted - total) / slope
            if not beyond > x:
                break
            x = beyond
        out[m] = x


def frequencies(count: int) -> Doubles:
    """Return the `count` frequencies of HiPPO-LegS's normal part of order 2 * count, ascending."""
    out = np.empty(count)
    fill_frequencies(out)
    return out
