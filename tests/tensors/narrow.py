"""All numbers of a narrow dtype, and rounding by looking for the nearest among them: an oracle."""

from __future__ import annotations

import functools

import numpy as np

from service.tensors.dtypes import DTYPES

NARROW = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")


@functools.cache
def finite_numbers(dtype):
    """Every finite number of a narrow dtype but -0, ascending, and its bits."""
    storage = DTYPES[dtype].storage
    bits = np.arange(2 ** (8 * storage.itemsize), dtype=f"u{storage.itemsize}")
    with np.errstate(invalid="ignore"):  # some are not numbers
        values = bits.view(storage).astype(np.float64)
    order = np.argsort(values)
    order = order[np.isfinite(values[order]) & (bits[order] != 2 ** (8 * storage.itemsize - 1))]
    return values[order], bits[order]


def nearest_even(singles, dtype):
    """Round by looking among all numbers of the dtype for the nearest; of two, that with even bits."""
    numbers, bits = finite_numbers(dtype)
    exact = singles.astype(np.float64)
    above = np.clip(np.searchsorted(numbers, exact), 1, numbers.size - 1)
    to_above, to_below = numbers[above] - exact, exact - numbers[above - 1]
    upwards = (to_above < to_below) | ((to_above == to_below) & (bits[above] % 2 == 0))
    return np.where(upwards, numbers[above], numbers[above - 1])
