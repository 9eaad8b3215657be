from __future__ import annotations

import math

import pytest
from scipy import stats

from service.streams.registry import DEFAULT_STREAM
from service.tensors.complex_laws import TruncatedComplexNormal, UniformDisk, of_dtype
from service.tensors.dtypes import DTYPES
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Constant, Normal, TruncatedNormal, Uniform, centred

COMPLEX64 = DTYPES["complex64"]
STREAM = DEFAULT_STREAM.open(1, "")


def test_a_uniform_law_is_a_disk_of_its_deviation():
    law = of_dtype(Uniform.with_std(0.3), COMPLEX64)

    assert law == UniformDisk.with_std(0.3)
    assert (law.mean, law.std) == (0.0, 0.3)
    assert law.bound == pytest.approx(0.3 * math.sqrt(2))
    assert law.facts == {"std": 0.3, "bound": law.bound}


@pytest.mark.parametrize("sigmas", [0.5, 2.0, 3.0])
def test_a_truncated_law_is_cut_at_as_many_deviations(sigmas):
    real = TruncatedNormal.symmetric(1.0, sigmas)
    law = of_dtype(real, COMPLEX64)

    assert isinstance(law, TruncatedComplexNormal)
    assert law.std == real.std
    assert law.bound == sigmas * law.std_before
    assert law.std_before * math.sqrt(stats.truncexpon(b=sigmas**2).mean()) == pytest.approx(real.std, rel=1e-9)


@pytest.mark.parametrize("law", [Normal(0.0, 1.0), Constant.of(2.0), centred("uniform", 0.0)])
def test_laws_that_are_complex_as_they_are_stay(law):
    assert of_dtype(law, COMPLEX64) is law


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
def test_real_dtypes_have_the_real_law(dtype):
    law = Uniform.with_std(1.0)

    assert of_dtype(law, DTYPES[dtype]) is law


@pytest.mark.parametrize(("dtype", "radius"), [("complex64", 1e-38), ("complex128", 1e-308)])
def test_a_disk_of_subnormal_numbers_is_refused(dtype, radius):
    with pytest.raises(InvalidParameter, match="too few numbers") as caught:
        UniformDisk.within(radius).source(STREAM, DTYPES[dtype])

    assert caught.value.parameter == "dtype"
    UniformDisk.within(8 * radius).source(STREAM, DTYPES[dtype])


def test_bounds_that_no_number_reaches_count_for_nothing():
    law = TruncatedComplexNormal.with_std(1.0, 1e30)

    assert 6.06 < law.largest(STREAM, COMPLEX64) < 6.2
    assert of_dtype(TruncatedNormal.with_std(1.0), COMPLEX64).largest(STREAM, COMPLEX64) == pytest.approx(
        2.079, rel=1e-3
    )
