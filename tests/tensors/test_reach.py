"""What a tensor can reach: refused where its dtype does not hold that, made where it does, to the last number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from service.arithmetic.truncation import truncate
from service.requests.faults import InvalidRequest
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from service.streams.philox.quantile import LARGEST_32, LARGEST_64
from service.streams.philox.stream import PhiloxStream
from service.streams.registry import DEFAULT_STREAM
from service.tensors.dtypes import DTYPES
from service.tensors.laws import Normal, TruncatedNormal
from tests.streams.philox.inverse_philox import counter_of

KEY = next(key for key in ((k, 7) for k in range(1000)) if counter_of((0, 2**32 - 1, 2**31, 1), key)[1] < 2**28)
COUNTER = counter_of((0, 2**32 - 1, 2**31, 1), KEY)
START = 4 * (COUNTER[0] + (COUNTER[1] << 32))


@dataclass(frozen=True)
class ExtremeStream(PhiloxStream):
    """A stream whose elements START and START + 1 have the least and the greatest word."""

    @property
    def identity(self) -> tuple[int, int, int, int]:
        return COUNTER[2], COUNTER[3], KEY[0], KEY[1]


def extremes(law, dtype):
    out = np.empty(2, DTYPES[dtype].working)
    law.source(ExtremeStream(0, ""), DTYPES[dtype]).fill(out, START)
    return out


def test_the_extreme_words_give_the_largest_normals_of_float32():
    assert extremes(Normal(0.0, 1.0), "float32").tolist() == [-LARGEST_32, LARGEST_32]


def test_the_largest_normals_have_the_tails_of_the_least_uniforms():
    assert pytest.approx(stats.norm.isf(2.0**-33), rel=1e-6) == LARGEST_32
    assert pytest.approx(stats.norm.isf(2.0**-53), rel=1e-12) == LARGEST_64


@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.3, 0.1), (-7.7, 1e-3), (1e30, 3e29)])
def test_a_normal_reaches_in_float32_what_its_law_says_and_no_more(mean, std):
    law = Normal(mean, std)
    reached = float(np.abs(extremes(law, "float32")).max())
    assert reached == law.largest(ExtremeStream(0, ""), DTYPES["float32"])


def reaches(low, high, mean, std, dtype):
    law = TruncatedNormal.cut(Normal(mean, std), truncate((low - mean) / std, (high - mean) / std), low, high)
    return law.largest(DEFAULT_STREAM.open(1, ""), DTYPES[dtype]), float(np.abs(extremes(law, dtype)).max())


@pytest.mark.parametrize(
    ("low", "high", "mean", "std"),
    [(-1e6, 1e6, 0.0, 1.0), (-1e6, 10.0, 3.0, 1e4), (0.0, 1e6, 5e4, 2e3), (-1e5, 2e5, 5.9e4, 1e3)],
)
def test_a_truncated_normal_reaches_its_bounds_only_where_draws_lie_so_far_out(low, high, mean, std):
    told, reached = reaches(low, high, mean, std, "float16")
    assert reached <= told <= reached * (1 + 2e-6)


def asked(name, dtype, **members):
    values: dict[str, Any] = {"shape": [3, 3], "seed": 1, "dtype": dtype, **members}
    return parse_tensor(name, Members(values, in_body=True), threads=1)[0]


FITTING = [
    ("normal", "float16", {"std": 8000}),
    ("normal", "float16", {"std": 10337}),
    ("normal", "float16", {"mean": -65519, "std": 1e-3}),
    ("normal", "bfloat16", {"std": 5.3e37}),
    ("normal", "float8_e4m3fn", {"std": 60}),
    ("normal", "float8_e4m3fn", {"std": 73.2}),
    ("normal", "float8_e5m2", {"std": 9690}),
    ("normal", "float32", {"std": 5.368e37}),
    ("normal", "float64", {"std": 2.1897e307}),
    ("normal", "complex64", {"std": 7.59e37}),
    ("normal", "complex128", {"std": 3.09e307}),
    ("he_normal", "float16", {"fan_in": 1, "gain": 10000}),
    ("sparse", "float16", {"sparsity": 0.5, "std": 10337}),
    ("reservoir", "float16", {"distribution": "normal", "scaling": "circular_law", "spectral_radius": 5600}),
    ("truncated_normal", "float16", {"low": -1e6, "high": 1e6, "bounds": "absolute"}),
    ("truncated_normal", "float16", {"std": 32752}),
    ("uniform", "float16", {"low": 0, "high": 65520}),
    ("uniform", "float16", {"low": -65519.9, "high": 0}),
    ("uniform", "float8_e4m3fn", {"low": -464, "high": 464}),
    ("constant", "float16", {"value": 65519.99}),
    ("constant", "float8_e4m3fn", {"value": -464}),
    ("constant", "float32", {"value": 3.4028235e38}),
    ("orthogonal", "float16", {"gain": 65504}),
    ("orthogonal", "float8_e4m3fn", {"gain": 448}),
    ("delta_orthogonal", "float16", {"shape": [2, 1, 3], "gain": 65504}),
    ("convolution_orthogonal", "float16", {"shape": [3, 2, 3], "gain": 65504}),
    ("hippo", "float16", {"shape": [20000], "measure": "lmu"}),
]  # fmt: skip

PASSING = [
    ("normal", "float16", {"std": 10338}),
    ("normal", "float16", {"mean": 65519, "std": 1}),
    ("normal", "bfloat16", {"std": 5.37e37}),
    ("normal", "float8_e4m3fn", {"std": 73.3}),
    ("normal", "float8_e5m2", {"std": 9700}),
    ("normal", "float32", {"std": 5.37e37}),
    ("normal", "float64", {"std": 2.19e307}),
    ("normal", "complex64", {"std": 7.6e37}),
    ("normal", "complex128", {"std": 3.1e307}),
    ("sparse", "float16", {"sparsity": 0.5, "std": 10338}),
    ("truncated_normal", "float16", {"std": 32761}),
    ("truncated_normal", "float16", {"low": -1e6, "high": 1e6, "bounds": "absolute", "std": 10400}),
    ("uniform", "float16", {"low": 0, "high": 65521}),
    ("uniform", "float16", {"low": -65520, "high": 0}),
    ("uniform", "float16", {"low": 1e6, "high": 2e6}),
    ("constant", "float16", {"value": 65520}),
    # It rounds to 65520 in float32 first.
    ("constant", "float16", {"value": 65519.9999999}),
    ("constant", "float8_e4m3fn", {"value": 465}),
    ("constant", "float32", {"value": 3.5e38}),
    ("orthogonal", "float16", {"gain": 65520}),
    ("hippo", "float16", {"shape": [40000], "measure": "lmu"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dtype", "members"), FITTING)
def test_what_fits_is_made_and_is_finite(name, dtype, members):
    elements = asked(name, dtype, **members).read()
    assert np.isfinite(elements.astype(np.complex128)).all()


@pytest.mark.parametrize(("name", "dtype", "members"), PASSING)
def test_what_can_pass_the_range_is_refused(name, dtype, members):
    with pytest.raises(InvalidRequest) as refused:
        asked(name, dtype, **members)
    assert refused.value.faults[0].detail.startswith("the tensor can reach ±")


@pytest.mark.parametrize(
    ("dtype", "members"),
    [(dtype, members) for name, dtype, members in FITTING if name == "normal" and not dtype.startswith("complex")],
)
def test_the_extreme_words_of_what_fits_do_not_overflow(dtype, members):
    values = extremes(Normal(members.get("mean", 0.0), members["std"]), dtype)
    rounded = values.astype(DTYPES[dtype].storage).astype(np.float64)
    assert np.isfinite(rounded).all()
