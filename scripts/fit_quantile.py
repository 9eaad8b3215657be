"""Fit the polynomials of stream version 1 and write `service/streams/philox/coefficients.json`.

    python -m scripts.fit_quantile > service/streams/philox/coefficients.json

Each rational function is the minimax approximation, in relative error, of the standard
normal quantile in the variable named beside it, found by Lawson's weighted least squares
and polished by the Remez exchange, in 50-digit arithmetic (mpmath). The error printed
with each set is that of the real-valued approximation before its coefficients are rounded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np

mp.mp.dps = 50

# mpmath has no types: a real number of any precision.
Real = Any
Function = Callable[[Real], Real]


@dataclass(frozen=True)
class Fit:
    """Numerator and denominator coefficients, constant term first, and the largest relative error."""

    numerator: list[Real]
    denominator: list[Real]
    error: Real


def upper_quantile(tail: Real) -> Real:
    """Return z with Q(z) = `tail`, 0 < tail < 1/2, by Newton's method on ln Q."""
    z = mp.sqrt(-2 * mp.log(tail))
    if z > 2:
        z -= (mp.log(z) + mp.log(2 * mp.pi) / 2) / z
    for _ in range(200):
        q = mp.erfc(z / mp.sqrt(2)) / 2
        step = (mp.log(q) - mp.log(tail)) * q / mp.npdf(z)
        z += step
        if abs(step) < mp.mpf(10) ** -44:
            return z
    raise ArithmeticError(f"no quantile for {tail}")


def quantile_over_offset(offset: Real) -> Real:
    """Return Phi^-1(1/2 + offset) / offset, whose limit at 0 is sqrt(2 pi)."""
    if offset < mp.mpf(10) ** -20:
        return mp.sqrt(2 * mp.pi)
    if offset < mp.mpf("0.49"):
        return mp.sqrt(2) * mp.erfinv(2 * offset) / offset
    return upper_quantile(mp.mpf(1) / 2 - offset) / offset


def by_logarithm(w: Real) -> Real:
    """Return Phi^-1(1/2 + x) / x where w = -ln(1 - 4 x^2), with no cancellation at either end."""
    offset = mp.sqrt(-mp.expm1(-w)) / 2
    if offset < mp.mpf("0.49"):
        return quantile_over_offset(offset)
    return upper_quantile(mp.exp(-w) / 4 / (mp.mpf(1) / 2 + offset)) / offset


def by_square(r: Real) -> Real:
    """Return Phi^-1(1/2 + x) / x where r = 0.180625 - x^2 (|x| at most 0.425)."""
    return quantile_over_offset(mp.sqrt(max(mp.mpf("0.180625") - r, mp.mpf(0))))


def by_root(start: str) -> Function:
    """Return the function of r = s - start that gives z with Q(z) = exp(-s^2)."""
    return lambda r: upper_quantile(mp.exp(-((mp.mpf(start) + r) ** 2)))


def evaluate(coefficients: list[Real], x: Real) -> Real:
    return mp.polyval(coefficients[::-1], x)


def weighted_start(function: Function, width: Real, degrees: tuple[int, int]) -> tuple[list[Real], list[Real]]:
    """Fit on [0, 1] (the argument scaled by `width`) by Lawson's iteration on the linearised problem."""
    m, n = degrees
    count = 100
    points = [(1 + mp.cos(mp.pi * (i + mp.mpf(1) / 2) / count)) / 2 for i in range(count)]
    values = [function(t * width) for t in points]
    weights, below = [mp.mpf(1)] * count, [mp.mpf(1)] * count
    for _ in range(12):
        normal, right = mp.zeros(m + n + 1), mp.zeros(m + n + 1, 1)
        for t, value, weight, scale in zip(points, values, weights, below, strict=True):
            g = mp.sqrt(weight) / scale
            row = [g * t**j / value for j in range(m + 1)] + [-g * t**j for j in range(1, n + 1)]
            for a, ra in enumerate(row):
                right[a] += ra * g
                for b, rb in enumerate(row):
                    normal[a, b] += ra * rb
        solution = mp.lu_solve(normal, right)
        p, q = list(solution[: m + 1]), [mp.mpf(1), *solution[m + 1 :]]
        below = [abs(evaluate(q, t)) for t in points]
        errors = [abs(evaluate(p, t) / evaluate(q, t) / v - 1) for t, v in zip(points, values, strict=True)]
        total = sum(a * b for a, b in zip(weights, errors, strict=True)) / count
        weights = [a * b / total + mp.mpf(10) ** -12 for a, b in zip(weights, errors, strict=True)]
    return p, q


def alternation(errors: list[Real], wanted: int) -> list[int]:
    """Return the indices of the largest errors, one for each run of equal sign."""
    peaks: list[int] = []
    for i, error in enumerate(errors):
        if peaks and errors[peaks[-1]] * error > 0:
            if abs(error) > abs(errors[peaks[-1]]):
                peaks[-1] = i
        else:
            peaks.append(i)
    while len(peaks) > wanted:
        peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
    return peaks


def rational(function: Function, width: str, degrees: tuple[int, int]) -> Fit:
    """Return the minimax rational approximation of `function` on [0, width], in relative error."""
    m, n = degrees
    unknowns = m + n + 2
    span = mp.mpf(width)
    p, q = weighted_start(function, span, degrees)
    count = 30 * unknowns
    grid = [(1 - mp.cos(mp.pi * i / count)) / 2 for i in range(count + 1)]
    values = [function(t * span) for t in grid]
    best = Fit(p, q, mp.inf)
    for _ in range(12):
        errors = [evaluate(p, t) / evaluate(q, t) / v - 1 for t, v in zip(grid, values, strict=True)]
        largest = max(map(abs, errors))
        if largest < best.error:
            best = Fit(p, q, largest)
        peaks = alternation(errors, unknowns)
        if len(peaks) < unknowns or largest < min(abs(errors[i]) for i in peaks) * mp.mpf("1.0005"):
            break
        level, sign = sum(abs(errors[i]) for i in peaks) / unknowns, mp.sign(errors[peaks[0]])
        for _ in range(10):
            matrix, right = mp.zeros(unknowns), mp.ones(unknowns, 1)
            for k, i in enumerate(peaks):
                s = (-1) ** k * sign
                for j in range(m + 1):
                    matrix[k, j] = grid[i] ** j / values[i]
                for j in range(1, n + 1):
                    matrix[k, m + j] = -(grid[i] ** j) * (1 + s * level)
                matrix[k, unknowns - 1] = -s
            solution = mp.lu_solve(matrix, right)
            change, level = abs(solution[unknowns - 1] - level), solution[unknowns - 1]
            if change < abs(level) * mp.mpf("1e-10"):
                break
        p, q = list(solution[: m + 1]), [mp.mpf(1), *solution[m + 1 : unknowns - 1]]
    return Fit(
        [c / span**j for j, c in enumerate(best.numerator)],
        [c / span**j for j, c in enumerate(best.denominator)],
        best.error,
    )


def logarithm() -> Fit:
    """Return c with ln(1 + f) = f (c0 + c1 f + ... + c7 f^7) on -1/3 <= f <= 1/3; the error is absolute."""
    third = mp.mpf(1) / 3
    high_first, _ = mp.chebyfit(lambda f: mp.log1p(f) / f if f else mp.mpf(1), [-third, third], 8, error=True)
    coefficients = list(reversed(high_first))
    worst = max(abs(f * evaluate(coefficients, f) - mp.log1p(f)) for f in mp.linspace(-third, third, 2001))
    return Fit(coefficients, [mp.mpf(1)], worst)


def single(coefficients: list[Real]) -> list[float]:
    """Round to binary32; the numbers print with the fewest digits that identify them."""
    return [float(str(np.float32(mp.nstr(c, 30)))) for c in coefficients]


def double(coefficients: list[Real]) -> list[float]:
    return [float(c) for c in coefficients]


def main() -> None:
    log = logarithm()
    full = rational(by_logarithm, "22.3", (6, 5))
    central = rational(by_square, "0.180625", (7, 7))
    near = rational(by_root("1.6"), "3.4", (7, 7))
    far = rational(by_root("5"), "22", (7, 7))
    functions = {
        "LOGARITHM_32": f"ln(1 + f) = f * polynomial(f), |f| <= 1/3; absolute error {mp.nstr(log.error, 3)}",
        "QUANTILE_32": "quantile(1/2 + x) = x * numerator(w) / denominator(w), w = -ln(1 - 4 x^2), "
        f"0 <= w <= 22.3; relative error {mp.nstr(full.error, 3)}",
        "CENTRAL_64": "quantile(1/2 + x) = x * numerator(r) / denominator(r), r = 0.180625 - x^2, "
        f"|x| <= 0.425; relative error {mp.nstr(central.error, 3)}",
        "NEAR_TAIL_64": "-quantile(exp(-s^2)) = numerator(s - 1.6) / denominator(s - 1.6), "
        f"1.6 <= s <= 5; relative error {mp.nstr(near.error, 3)}",
        "FAR_TAIL_64": "-quantile(exp(-s^2)) = numerator(s - 5) / denominator(s - 5), "
        f"5 <= s <= 27; relative error {mp.nstr(far.error, 3)}",
    }
    page = {
        "written_by": "python -m scripts.fit_quantile",
        "functions": functions,
        "coefficients": {
            "LOGARITHM_32": single(log.numerator),
            "QUANTILE_32_NUMERATOR": single(full.numerator),
            "QUANTILE_32_DENOMINATOR": single(full.denominator),
            "CENTRAL_64_NUMERATOR": double(central.numerator),
            "CENTRAL_64_DENOMINATOR": double(central.denominator),
            "NEAR_TAIL_64_NUMERATOR": double(near.numerator),
            "NEAR_TAIL_64_DENOMINATOR": double(near.denominator),
            "FAR_TAIL_64_NUMERATOR": double(far.numerator),
            "FAR_TAIL_64_DENOMINATOR": double(far.denominator),
        },
    }
    print(json.dumps(page, indent=1))


if __name__ == "__main__":
    main()
