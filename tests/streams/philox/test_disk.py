from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp

from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Disk
from tests.streams.philox.test_stream import IMAGINARY, REFINEMENT, words

STREAM = PhiloxStream(42, "disk")
UNIFORM = Disk(3.0, 3.0, 0.0)
NORMAL = Disk(1.0, 0.5, float(1 - mp.exp(-4)))
DTYPES = {"complex64": 1e-7, "complex128": 4e-16}
"""Their names, and the error of a part relative to the modulus."""


def drawn(disk, dtype, count, start=0, stream=STREAM):
    out = np.empty(count, dtype)
    stream.disk(out, start, disk)
    return out


def uniforms(dtype, count, start, purpose):
    """The u of elements by section 2 of the specification."""
    high = words(STREAM, count, start, purpose)
    if dtype == "complex64":
        return [(mp.mpf(int(w)) + 0.5) / 2**32 for w in high]
    low = words(STREAM, count, start, purpose + REFINEMENT)
    return [(mp.mpf(int(w) * 2**20 + int(r) // 2**12) + 0.5) / 2**52 for w, r in zip(high, low, strict=True)]


@pytest.mark.parametrize("start", [0, 3, 2**34 - 5])
@pytest.mark.parametrize("disk", [UNIFORM, NORMAL], ids=["uniform", "normal"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_number_has_its_modulus_of_one_word_and_its_phase_of_another(dtype, disk, start):
    with mp.workdps(40):
        squares = uniforms(dtype, 50, start, 0)
        if disk.mass:
            squares = [-mp.log(1 - disk.mass * u) for u in squares]
        turns = uniforms(dtype, 50, start, IMAGINARY)
        exact = [disk.scale * mp.sqrt(s) * mp.expjpi(2 * t) for s, t in zip(squares, turns, strict=True)]
        made = [mp.mpc(complex(z)) for z in drawn(disk, dtype, 50, start)]
        errors = [abs(z - w) / abs(w) for z, w in zip(made, exact, strict=True)]

    assert max(errors) <= DTYPES[dtype]


@pytest.mark.parametrize("radius", [1.0, 0.3, 2.0**-125, 3e37])
@pytest.mark.parametrize("dtype", DTYPES)
def test_rounding_carries_no_number_to_its_radius_or_past_it(dtype, radius):
    """With the scale so large nearly all numbers lie on the greatest modulus, at all phases."""
    made = drawn(Disk(radius, radius * 100, 0.0), dtype, 200_000).astype(np.clongdouble) / radius
    squares = made.real**2 + made.imag**2

    assert squares.max() < 1.0
    assert np.quantile(squares, 0.01) > 1.0 - 2.0**-20


@pytest.mark.parametrize("dtype", DTYPES)
def test_any_stretch_is_that_of_the_whole(dtype):
    whole = drawn(NORMAL, dtype, 3000)

    for start, count in ((0, 1), (1, 600), (511, 514), (2999, 1)):
        assert np.array_equal(drawn(NORMAL, dtype, count, start), whole[start : start + count])


def test_the_numbers_of_a_narrow_cut_fill_the_disk_evenly():
    """Where the mass is so small that 1 - within is 1."""
    made = drawn(Disk(1e-9, 1.0, 1e-18), "complex128", 20_000)

    assert np.mean(np.abs(made) ** 2) == pytest.approx(0.5e-18, rel=0.02)
