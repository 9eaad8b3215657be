"""What the explorer reads from bytes, against NumPy's dtypes and those of ml_dtypes."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from tests.pages.scripts import run_script


def _codes(bits):
    return np.arange(2**bits, dtype=f"u{bits // 8}").tobytes()


@pytest.mark.parametrize(
    ("name", "dtype", "data"),
    [
        ("float8_e4m3fn", ml_dtypes.float8_e4m3fn, _codes(8)),
        ("float8_e5m2", ml_dtypes.float8_e5m2, _codes(8)),
        ("bfloat16", ml_dtypes.bfloat16, _codes(16)),
        ("float16", np.float16, _codes(16)),
        ("float32", np.float32, np.linspace(-3, 3, 7, dtype=np.float32).tobytes()),
        ("float64", np.float64, np.linspace(-3, 3, 7).tobytes()),
        ("int64", np.int64, np.arange(-3, 4, dtype=np.int64).tobytes()),
        ("int32", np.int32, np.arange(-3, 4, dtype=np.int32).tobytes()),
        ("uint8", np.uint8, bytes(range(7))),
        ("bool", np.bool_, bytes([0, 1, 1])),
        ("complex64", np.complex64, (np.arange(4) + 2j).astype(np.complex64).tobytes()),
        ("complex128", np.complex128, (np.arange(4) + 2j).tobytes()),
    ],
)
def test_bytes_are_read_as_what_they_are(name, dtype, data):
    read = [float(value) for value in run_script("decode.mjs", name, given=data)]

    with np.errstate(invalid="ignore"):
        numbers = np.frombuffer(data, dtype).real.astype(np.float64)
    np.testing.assert_array_equal(read, numbers)
