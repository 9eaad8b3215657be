"""The error function in binary32 as XLA compiles it: x times a polynomial over another, both of x²."""

from __future__ import annotations

import numpy as np

from service.compilation import fma32, kernel
from service.streams.jax.bits import single, singles

_LAST = single(0x406F9C68)
"""Beyond it the function is 1."""
_N0, _N1, _N2, _N3, _N4 = singles(0x39702D51, 0x3B5F5DA2, 0x3D50B6EB, 0x3E3DA740, 0x3F906EBA)
_D0, _D1, _D2, _D3, _D4 = singles(0xB3FD3906, 0x37C588DF, 0x3A856D28, 0x3C6687D4, 0x3DE34C21)
_D5, _ONE = singles(0x3EFEB44A, 0x3F800000)


@kernel("float32(float32)")
def error_function(x: np.float32) -> np.float32:
    """Return erf(x)."""
    if abs(x) >= _LAST:
        return np.copysign(_ONE, x)
    s = x * x
    numerator = fma32(fma32(_N0, s, _N1), s, _N2)
    numerator = fma32(fma32(numerator, s, _N3), s, _N4)
    denominator = fma32(fma32(fma32(_D0, s, _D1), s, _D2), s, _D3)
    denominator = fma32(fma32(fma32(denominator, s, _D4), s, _D5), s, _ONE)
    return (x * numerator) / denominator
