from __future__ import annotations

import math

import numpy as np
import pytest

from service.delivery.limits import Limits
from service.formats.registry import FORMATS
from service.initializers.initializer import Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.settings import Settings
from service.streams.philox.stream import PhiloxStream
from service.tensors.dtypes import FLOAT32
from service.tensors.errors import OverLimit
from service.tensors.pattern import Pattern
from service.tensors.source import UniformSource
from tests.formats.tensors import OF_ELEMENTS, described, sliced

LIMITS = Limits(elements=1000, json_elements=100, matrix_work=10**7, matrix_elements=10**6)


@pytest.mark.parametrize("name", ["npy", "safetensors", "raw"])
def test_a_binary_reply_may_have_as_many_elements_as_the_limit(name):
    LIMITS.check(FORMATS[name].body(described((10, 100))).cost)
    with pytest.raises(OverLimit, match=r"1001 elements .* at most 1000") as caught:
        LIMITS.check(FORMATS[name].body(described((1001,))).cost)

    assert (caught.value.requested, caught.value.limit) == (1001, 1000)


def test_a_json_reply_has_a_limit_of_its_own_with_binary_as_the_way_round():
    LIMITS.check(FORMATS["json"].body(described((10, 10))).cost)
    with pytest.raises(OverLimit, match="format=npy") as caught:
        LIMITS.check(FORMATS["json"].body(described((101,))).cost)

    assert (caught.value.requested, caught.value.limit) == (101, 100)


def test_a_json_reply_over_both_limits_is_not_sent_to_binary_in_vain():
    with pytest.raises(OverLimit) as caught:
        LIMITS.check(FORMATS["json"].body(described((5000,))).cost)

    assert caught.value.limit == 1000


@pytest.mark.parametrize("shape", [(1_000_000, 0), (1000, 1000, 0), (50, 50, 50, 0, 7)])
def test_the_empty_lists_of_a_json_reply_count(shape):
    """2**48 of them are as little to be had as 2**48 numbers."""
    with pytest.raises(OverLimit):
        LIMITS.check(FORMATS["json"].body(described(shape)).cost)


def test_one_flat_list_is_the_way_round_many_lists():
    held = described((100, 1))
    with pytest.raises(OverLimit, match="flat=true"):
        LIMITS.check(FORMATS["json"].body(held).cost)

    LIMITS.check(FORMATS["json"].body(held, flat=True).cost)


@pytest.mark.parametrize("shape", [(0,), (0, 1_000_000), (5, 0, 10**9)])
def test_lists_that_are_not_written_do_not_count(shape):
    LIMITS.check(FORMATS["json"].body(described(shape)).cost)


def test_any_number_of_elements_can_be_counted():
    with pytest.raises(OverLimit) as caught:
        LIMITS.check(FORMATS["raw"].body(described((2**48,) * 32)).cost)

    assert caught.value.requested == 2**1536


@pytest.mark.parametrize("name", OF_ELEMENTS)
def test_of_a_slice_the_part_counts(name):
    whole = described((2**20, 2**20))
    LIMITS.check(FORMATS[name].body(sliced(whole, "5:6,0:100")).cost)
    with pytest.raises(OverLimit) as caught:
        LIMITS.check(FORMATS[name].body(sliced(whole, "5:6,0:1001")).cost)

    assert caught.value.requested == 1001


def _orthogonal(shape, **blocks):
    target = Target(shape, FLOAT32, PhiloxStream(0, ""))
    return described(shape, source=OrthogonalInitializer(**blocks).initialize(target).source)


def test_the_work_of_orthogonal_matrices_is_limited():
    limits = Limits(10**9, 10**9, matrix_work=10**7, matrix_elements=10**6)
    limits.check(FORMATS["npy"].body(_orthogonal((200, 200))).cost)
    with pytest.raises(OverLimit, match="smaller matrix") as caught:
        limits.check(FORMATS["npy"].body(_orthogonal((300, 300))).cost)

    assert caught.value.limit == 10**7
    assert caught.value.requested >= 300**3


def test_a_matrix_over_its_limit_is_told_that_in_every_format_for_none_is_within_it():
    limits = Limits(10**9, 100, matrix_work=10**7, matrix_elements=10**6)
    for name in ("json", "npy"):
        with pytest.raises(OverLimit, match="smaller matrix"):
            limits.check(FORMATS[name].body(_orthogonal((300, 300))).cost)
    with pytest.raises(OverLimit, match="format=npy"):
        limits.check(FORMATS["json"].body(_orthogonal((30, 30))).cost)


def test_blocks_make_large_matrices_affordable():
    Limits(10**9, 10**9, matrix_work=10**7, matrix_elements=10**6).check(
        FORMATS["npy"].body(_orthogonal((3000, 30), gates=10)).cost
    )


def test_very_many_tiny_matrices_are_work_too():
    with pytest.raises(OverLimit):
        Limits(10**9, 10**9, matrix_work=10**7, matrix_elements=10**6).check(
            FORMATS["npy"].body(_orthogonal((10**6, 1), groups=10**6)).cost
        )


def test_a_slice_of_an_orthogonal_matrix_takes_the_work_of_the_whole():
    limits = Limits(10**9, 10**9, matrix_work=10**7, matrix_elements=10**6)
    with pytest.raises(OverLimit, match="smaller matrix"):
        limits.check(FORMATS["npy"].body(sliced(_orthogonal((300, 300)), "0")).cost)


@pytest.mark.parametrize("text", ["...", "0:1"])
def test_an_orthogonal_matrix_that_no_memory_holds_is_refused_by_default(text):
    with pytest.raises(OverLimit):
        Settings().limits.check(FORMATS["npy"].body(sliced(_orthogonal((2**35, 1)), text)).cost)


def test_a_matrix_of_a_language_models_embedding_is_refused_with_what_it_takes_and_what_allows_it():
    """2.15e12 multiplications at 1e10 a second on each of two threads; 1.96 GiB, and 0.12 for one thread's tile."""
    limits = Settings(threads=2).limits
    with pytest.raises(OverLimit) as caught:
        limits.check(FORMATS["npy"].body(_orthogonal((128256, 4096))).cost)

    text = str(caught.value)
    assert "FANIN_MAX_MATRIX_WORK=2151778623488 and FANIN_MAX_MATRIX_ELEMENTS=525336576" in text
    assert "110 seconds, with FANIN_THREADS=2, and 2.1 GiB" in text


def test_the_settings_that_a_refusal_names_allow_the_matrix():
    settings = Settings(max_matrix_work=2151778623488, max_matrix_elements=525336576)
    settings.limits.check(FORMATS["npy"].body(_orthogonal((128256, 4096))).cost)


def test_only_the_settings_that_are_in_the_way_are_named():
    with pytest.raises(OverLimit) as caught:
        Limits(10**9, 10**9, matrix_work=10**7, matrix_elements=10**6).check(
            FORMATS["npy"].body(_orthogonal((300, 300))).cost
        )

    assert "FANIN_MAX_MATRIX_WORK=" in str(caught.value)
    assert "FANIN_MAX_MATRIX_ELEMENTS" not in str(caught.value)


def test_what_takes_longer_than_any_number_of_seconds_is_refused_too():
    with pytest.raises(OverLimit):
        Settings().limits.check(FORMATS["npy"].body(_orthogonal((2**900, 2**900))).cost)


SLOW = Pattern((2**20,), np.zeros_like, nanoseconds=1e4)
"""Ten seconds of a processor, about."""


@pytest.mark.parametrize("name", ["npy", "safetensors", "raw", "json"])
def test_what_is_estimated_to_take_too_long_is_refused_with_the_estimate_the_limit_and_the_way_round(name):
    cost = FORMATS[name].body(described((2**20,), source=SLOW)).cost
    with pytest.raises(OverLimit, match=r"at most 5: ask for parts of it with slice.*FANIN_MAX_SECONDS") as caught:
        Settings().limits.check(cost)

    assert caught.value.limit == 5
    assert 10 <= caught.value.requested <= 12
    Settings(max_seconds=12).limits.check(cost)


@pytest.mark.parametrize("name", ["npy", "raw", "json"])
def test_a_part_that_takes_little_of_what_takes_long_is_not_refused(name):
    Settings().limits.check(FORMATS[name].body(sliced(described((2**20,), source=SLOW), "5:100000")).cost)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float8_e5m2"])
def test_a_large_reply_of_quick_elements_is_not_refused_for_its_seconds(dtype):
    """2^35 uniform numbers take more than a minute to make, and longer to send."""
    source = UniformSource(PhiloxStream(0, ""), 0.0, 1.0)
    cost = FORMATS["raw"].body(described((2**35,), dtype, source=source)).cost

    assert cost.seconds > 30
    Settings().limits.check(cost)


@pytest.mark.parametrize("seconds", [5.1, 40.0])
def test_advice_over_the_limit_is_refused_with_what_allows_it(seconds):
    Settings().limits.check_answer(4.9, "ask for less")
    with pytest.raises(OverLimit, match=f"FANIN_MAX_SECONDS={math.ceil(seconds)}") as caught:
        Settings().limits.check_answer(seconds, "ask for less")

    assert (caught.value.requested, caught.value.limit) == (math.ceil(seconds), 5)
    Settings(max_seconds=math.ceil(seconds)).limits.check_answer(seconds, "ask for less")
