from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from service.streams.philox.stream import PhiloxStream

SMALLEST_P = 1e-4


def permutations(size, lines, seed=1, name=""):
    """The permutations of many lines, one a row."""
    line, place = np.repeat(np.arange(lines), size), np.tile(np.arange(size), lines)
    return PhiloxStream(seed, name).permuted(line, place, size).reshape(lines, size)


@pytest.mark.parametrize("size", [*range(1, 40), 64, 100, 997, 1024, 1025])
def test_every_line_is_a_permutation(size):
    assert (np.sort(permutations(size, 20)) == np.arange(size)).all()


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_all_permutations_of_few_are_equally_likely(size):
    lines = 100_000
    codes = permutations(size, lines) @ size ** np.arange(size)
    counts = np.unique(codes, return_counts=True)[1]

    assert counts.size == math.factorial(size)
    assert stats.chisquare(counts).pvalue > SMALLEST_P


@pytest.mark.parametrize("size", [7, 20, 33, 100])
def test_every_place_goes_everywhere_as_often(size):
    lines = 20_000
    found = permutations(size, lines)
    counts = np.array([np.bincount(column, minlength=size) for column in found.T])
    statistic = ((counts - lines / size) ** 2).sum() / (lines / size)

    assert stats.chi2.sf(statistic, (size - 1) ** 2) > SMALLEST_P


@pytest.mark.parametrize("size", [8, 33])
def test_neighbouring_places_are_independent(size):
    found = permutations(size, 40_000)
    distances = np.bincount((found[:, 1] - found[:, 0]) % size, minlength=size)[1:]

    assert stats.chisquare(distances).pvalue > SMALLEST_P


def test_lines_seeds_and_names_have_permutations_of_their_own():
    rows = [*permutations(50, 2), permutations(50, 1, seed=2)[0], permutations(50, 1, name="a")[0]]

    assert all((a != b).any() for a, b in itertools.combinations(rows, 2))


def test_a_place_is_the_same_by_itself():
    whole = permutations(1000, 3)
    stream = PhiloxStream(1, "")
    for line, place in ((0, 0), (1, 999), (2, 17)):
        assert stream.permuted(np.array([line]), np.array([place]), 1000)[0] == whole[line, place]


def _specified(size, line, place, block):
    """The specification's section 9 in Python's integers."""
    mask = 2**64 - 1

    def mix(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    columns = math.isqrt(size - 1) + 1
    rows = -(-size // columns)
    key, step = block[0] + (block[1] << 32), (block[2] + (block[3] << 32)) | 1
    while True:
        right, left = divmod(place, columns)
        for r in range(0, 16, 2):
            left = (left + ((mix((right + key + r * step) & mask) >> 32) * columns >> 32)) % columns
            right = (right + ((mix((left + key + (r + 1) * step) & mask) >> 32) * rows >> 32)) % rows
        place = right * columns + left
        if place < size:
            return place


@pytest.mark.parametrize("size", [1, 5, 100, 2**20 + 7, 2**40 + 3])
def test_the_permutation_is_the_specified_one(size):
    seed, line = 42, 2**33 + 5
    counter = [line & 0xFFFFFFFF, line >> 32]
    digest = 0xE3B0C44298FC1C  # the first bytes of the SHA-256 of nothing, FIPS 180-4
    hashed = int.from_bytes(digest.to_bytes(7, "big"), "little")
    counter += [hashed & 0xFFFFFFFF, hashed >> 32 | 4 << 24]
    block = _philox(counter, [seed & 0xFFFFFFFF, seed >> 32])
    places = [0, size // 2, size - 1]
    found = PhiloxStream(seed, "").permuted(np.full(3, line), np.array(places), size)

    assert list(found) == [_specified(size, line, place, block) for place in places]


def _philox(counter, key):
    """Philox4x32-10 in Python's integers (Salmon et al., SC'11)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p, q = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (q >> 32) ^ c1 ^ k0, q & 0xFFFFFFFF, (p >> 32) ^ c3 ^ k1, p & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3
