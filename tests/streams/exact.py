"""The normal and its truncations with eighty digits, which no cancellation uses up."""

from __future__ import annotations

import mpmath

MP = mpmath.mp.clone()
MP.dps = 80


def upper_tail(x):
    return MP.erfc(MP.mpf(x) / MP.sqrt(2)) / 2


def mass(low, high):
    """The probability between two bounds."""
    return upper_tail(low) - upper_tail(high) if low >= 0 or high > 0 else upper_tail(-high) - upper_tail(-low)


def moments(low, high):
    """Mean and standard deviation between two bounds (Johnson, Kotz, Balakrishnan, section 13.10.1)."""
    low, high = MP.mpf(low), MP.mpf(high)
    total = mass(low, high)
    mean = (MP.npdf(low) - MP.npdf(high)) / total
    ends = [x * MP.npdf(x) if MP.isfinite(x) else MP.mpf(0) for x in (low, high)]
    return mean, MP.sqrt(1 + (ends[0] - ends[1]) / total - mean**2)
