from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import ndtri

from service.streams.jax.draws import JaxDraws
from service.streams.jax.fill import TILE
from service.streams.jax.keys import key_of_seed
from service.streams.view import View
from tests.streams.jax.drawing import DTYPES, KEY, KINDS, draw

STARTS = [0, 3, 2**32 - TILE // 2, 2**40 + 2]

each_dtype = pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@each_dtype
@each_kind
@pytest.mark.parametrize("start", STARTS)
def test_pieces_of_any_length_have_the_bits_of_the_whole(kind, dtype, start):
    draws = kind(dtype)
    lengths = [0, 1, 2, 3, 7, 15, 16, 17, 64, TILE - 1, TILE, TILE + 1, 1]
    ends = np.cumsum(lengths).tolist()
    whole = draw(draws, ends[-1], start)
    pieces = [draw(draws, n, start + end - n) for n, end in zip(lengths, ends, strict=True)]
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


@each_dtype
@each_kind
def test_a_part_has_the_elements_of_the_whole(kind, dtype):
    draws = kind(dtype)
    whole = draw(draws, 7 * 40 * 60).reshape(7, 40, 60)
    view = View(2 * 2400 + 5 * 60 + 3, (3, 30, 50), (2400, 60, 1))
    part = draw(draws.part(view), 3 * 30 * 50)
    assert part.tobytes() == np.ascontiguousarray(whole[2:5, 5:35, 3:53]).tobytes()


@pytest.mark.parametrize("threads", [2, 8])
@each_dtype
@each_kind
def test_any_number_of_threads_makes_the_same_bits(kind, dtype, threads):
    draws = kind(dtype)
    whole = draw(draws, 50_000)
    shared = np.empty_like(whole)

    def write(start):
        draws.fill(shared[start : start + 1999], start)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, reversed(range(0, shared.size, 1999))))
    assert shared.tobytes() == whole.tobytes()


@each_dtype
@each_kind
def test_numbers_are_those_of_the_dtype_and_rounding_changes_none(kind, dtype):
    numbers = draw(kind(dtype), 5000)
    assert (numbers.astype(dtype).astype(numbers.dtype) == numbers).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normals_are_quantiles_of_their_uniforms(dtype):
    """√2 erf⁻¹(u) = Φ⁻¹((1 + u)/2), by SciPy."""
    low = float(np.nextafter(DTYPES[dtype].type(-1), DTYPES[dtype].type(0)))
    uniforms = draw(JaxDraws.uniform(KEY, DTYPES[dtype], low, 1.0), 20_000).astype(np.float64)
    normals = draw(JaxDraws.normal(KEY, DTYPES[dtype]), 20_000)
    middle = np.abs(uniforms) < 0.9
    exact = ndtri(0.5 * (1.0 + uniforms[middle]))
    precision = np.finfo(dtype).eps
    assert (np.abs(normals[middle] - exact) <= 8 * precision * (1.0 + np.abs(exact))).all()


def test_a_truncated_normal_lies_strictly_between_its_bounds():
    """jax.random.truncated_normal: values in the open interval (lower, upper)."""
    for dtype in DTYPES.values():
        numbers = draw(JaxDraws.truncated_normal(KEY, dtype, -0.001, 1e-3), 3000)
        low, high = dtype.type(-0.001), dtype.type(1e-3)
        assert float(low) < numbers.min()
        assert numbers.max() < float(high)


def test_bounds_beyond_all_numbers_cut_none():
    """erf is ±1 there, so that u may be -1, whose normal is -∞ until it is clipped."""
    numbers = draw(JaxDraws.truncated_normal(KEY, DTYPES["bfloat16"], -50.0, 50.0), 3000)
    assert np.isfinite(numbers).all()


def test_a_seed_has_its_high_word_with_x64_alone():
    assert key_of_seed(2**40 + 7, with_x64=False) == (0, 7)
    assert key_of_seed(2**40 + 7, with_x64=True) == (256, 7)
