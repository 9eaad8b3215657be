"""Powers of ten to 64 and to 128 bits, computed exactly when the module is imported."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _significand(exponent: int, bits: int) -> int:
    """Return 10**exponent scaled by a power of two into [2**(bits - 1), 2**bits), rounded up to an integer."""
    power: int = 10 ** abs(exponent)
    length = power.bit_length()
    if exponent >= 0:
        return -((-power << bits) >> length)
    # 2**-length < 1 / power < 2**(1 - length), for power is not a power of two.
    return -(-(1 << (bits - 1 + length)) // power)


FIRST_32, LAST_32 = -36, 45
"""The powers by which a binary32 number, or one of a narrower dtype, may have to be multiplied.

They are those of -floor(log10(2**q)), -149 <= q <= 104, and up to q = 120 for bfloat16.
"""

FIRST_64, LAST_64 = -292, 324
"""The same for binary64, -1074 <= q <= 971."""

_exact = [_significand(exponent, 128) for exponent in range(FIRST_64, LAST_64 + 1)]

POWERS_32: NDArray[np.uint64] = np.array(
    [_significand(exponent, 64) for exponent in range(FIRST_32, LAST_32 + 1)], np.uint64
)
POWERS_64_HIGH: NDArray[np.uint64] = np.array([value >> 64 for value in _exact], np.uint64)
POWERS_64_LOW: NDArray[np.uint64] = np.array([value & (2**64 - 1) for value in _exact], np.uint64)
