from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import ndtri

from service.streams.philox import fill
from service.streams.place import WHOLE
from tests.streams.distributions import DISTRIBUTIONS, DTYPES, STREAM
from tests.streams.philox.inverse_philox import counter_of

TILE = fill.TILE
STARTS = [0, 3, 2**34 - 4099, 2**40 + 2]

each_distribution = pytest.mark.parametrize("distribution", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


@each_dtype
@each_distribution
@pytest.mark.parametrize("start", STARTS)
def test_pieces_of_any_length_have_the_bits_of_the_whole(distribution, dtype, start):
    lengths = [0, 1, 2, 3, 4, 5, 7, 64, TILE - 1, TILE, TILE + 1, 1]
    ends = np.cumsum(lengths).tolist()
    whole = distribution.draw(ends[-1], dtype, start)
    pieces = [distribution.draw(n, dtype, start + end - n) for n, end in zip(lengths, ends, strict=True)]
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


@each_dtype
@each_distribution
def test_an_element_read_alone_has_the_bits_that_it_has_in_the_whole(distribution, dtype):
    whole = distribution.draw(2 * TILE, dtype)
    alone = [distribution.draw(1, dtype, i)[0] for i in range(TILE - 40, TILE + 40)]
    assert np.array(alone).tobytes() == whole[TILE - 40 : TILE + 40].tobytes()


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@each_dtype
@each_distribution
def test_any_number_of_threads_makes_the_same_bits(distribution, dtype, threads):
    whole = distribution.draw(50_000, dtype)
    shared = np.empty_like(whole)

    def write(start):
        shared[start : start + 1999] = distribution.draw(min(1999, shared.size - start), dtype, start)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, reversed(range(0, shared.size, 1999))))
    assert shared.tobytes() == whole.tobytes()


@each_distribution
def test_only_the_stretch_asked_for_is_written(distribution):
    buffer = np.full(30, 7.0, np.float32)
    distribution.write(STREAM, buffer[10:20], 5)
    assert np.array_equal(buffer != 7.0, np.repeat([False, True, False], 10))


def test_the_outermost_words_give_the_outermost_quantiles():
    key = (1, 2)
    block = (0, 2**32 - 1, 2**31, 4)
    c0, c1, c2, c3 = counter_of(block, key)
    out = np.empty(4, np.float32)
    fill.normal32(out, 4 * (c0 | c1 << 32), WHOLE, (c2, c3, *key), (0.0, 1.0), (0.0, 1.0), (-np.inf, np.inf))
    exact = ndtri((np.array(block) + 0.5) * 2.0**-32)
    assert (np.abs(out - exact) <= 7 * np.spacing(np.abs(exact).astype(np.float32))).all()
