"""The sigma before a cut that has a given standard deviation after it."""

from __future__ import annotations

from collections.abc import Callable


def sigma_before(after: Callable[[float], float], std: float, small: float, limit: float) -> float | None:
    """Return the sigma from `small` on with `after(sigma)` = `std`, to the last bit; None where `limit` is passed.

    `after` rises with sigma, and is at most `std` at `small`, which is above 0.
    """
    large = 2.0 * small
    while after(large) < std:
        small, large = large, 2.0 * large
        if not large < limit:
            return None
    while True:
        sigma = 0.5 * (small + large)
        if sigma in (small, large):
            return sigma
        if after(sigma) < std:
            small = sigma
        else:
            large = sigma
