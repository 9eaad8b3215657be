"""How numbers are rounded and written."""

from __future__ import annotations

_FREQUENT = (0.0, 1.0)
"""Numbers that need no rounding."""

_FARTHEST_RATIO = 1e299
"""Beyond such a ratio, or its inverse, no signal is followed."""

_LARGEST_DENOMINATOR = 12
"""Ratios from 1/12 to 11/12 are written as fractions, where they are ones."""
_FRACTION_PRECISION = 1e-6


def significant(number: float) -> float:
    """Return a number in the ten digits that it is worth."""
    if number in _FREQUENT:
        return number
    return float("%.10g" % number)  # noqa: UP031 (a third faster, and an answer has some sixty numbers)


def fan_number(fan: float) -> float:
    """Return a fan as `/weights` writes it: an integer where it is whole."""
    return int(fan) if fan.is_integer() else significant(fan)


def fan_text(fan: float) -> str:
    """Return a fan as a person would write it: whole numbers with all digits, 1769472."""
    return str(int(fan)) if float(fan).is_integer() else f"{fan:.6g}"


def ratio_text(ratio: float) -> str:
    """Return a ratio as a person would say it: 1/6, 0.394, 7.4e-39."""
    if 1.0 / (_LARGEST_DENOMINATOR + 1) < ratio < 1.0:
        for denominator in range(2, _LARGEST_DENOMINATOR + 1):
            numerator = round(ratio * denominator)
            difference = abs(numerator / denominator - ratio)
            if 0 < numerator < denominator and difference < _FRACTION_PRECISION * ratio:
                return f"{numerator}/{denominator}"
    if ratio >= _FARTHEST_RATIO:
        return f"over {_FARTHEST_RATIO:g}"
    if 0.0 < ratio <= 1.0 / _FARTHEST_RATIO:
        return f"under {1.0 / _FARTHEST_RATIO:g}"
    return f"{ratio:.3g}"
