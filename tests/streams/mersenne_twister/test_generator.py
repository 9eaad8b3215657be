"""The words, against those of NumPy's MT19937, seeded by one number as RandomState is."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from service.streams.mersenne_twister.generator import Generator

COUNT = 200_000


def _numpys(seed, count):
    generator = np.random.MT19937()
    generator._legacy_seeding(seed)
    return generator.random_raw(count).astype(np.uint32)


@pytest.mark.parametrize("seed", [0, 42, 5489, 2**32 - 1])
def test_the_words_are_those_of_another_implementation(seed):
    assert (Generator(seed).words(0, 3000) == _numpys(seed, 3000)).all()


def test_words_can_be_asked_for_in_any_order():
    words, generator = _numpys(42, COUNT), Generator(42)
    for first in (150_000, 3, 623, 624, 199_000, 77_777, 0):
        assert (generator.words(first, 1000) == words[first : first + 1000]).all()


def test_states_are_forgotten_and_made_again():
    words, generator = _numpys(7, 10**7), Generator(7)
    places = np.random.default_rng(1).integers(0, 10**7 - 50, 600)
    for first in map(int, places):
        assert (generator.words(first, 50) == words[first : first + 50]).all()
    assert len(generator._states) <= 256


def test_threads_read_from_one_generator_at_the_same_time():
    words, generator = _numpys(9, COUNT), Generator(9)
    wrong: list[int] = []

    def read(begin):
        places = range(begin, COUNT - 500, 4000)
        wrong.extend(at for at in places if (generator.words(at, 500) != words[at : at + 500]).any())

    threads = [threading.Thread(target=read, args=(begin,)) for begin in (0, 1000, 2000, 3000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
