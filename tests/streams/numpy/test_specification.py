"""What the page says, in Python, is what NumPy makes: 8,000 numbers reach the tails of the ziggurats too."""

from __future__ import annotations

import numpy as np
import pytest

from tests.streams.numpy import by_the_page

COUNT = 8_000


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_random_state_is_as_the_page_says(seed):
    ours, numpys = by_the_page.RandomState(seed), np.random.RandomState(seed)

    assert [ours.double() for _ in range(999)] == numpys.random_sample(999).tolist()
    assert [ours.normal() for _ in range(2001)] == numpys.standard_normal(2001).tolist()
    assert [ours.double() for _ in range(3)] == numpys.random_sample(3).tolist()
    assert [ours.normal() for _ in range(4)] == numpys.standard_normal(4).tolist()


@pytest.mark.parametrize("seed", [0, 2**32, 2**64 - 1])
def test_default_rng_is_as_the_page_says(seed):
    ours, numpys = by_the_page.Generator(seed), np.random.default_rng(seed)

    assert [ours.double() for _ in range(99)] == numpys.random(99).tolist()
    assert [ours.single() for _ in range(99)] == numpys.random(99, dtype=np.float32).tolist()
    assert [ours.double() for _ in range(3)] == numpys.random(3).tolist()
    assert [ours.normal() for _ in range(COUNT)] == numpys.standard_normal(COUNT).tolist()
    assert [ours.single_normal() for _ in range(COUNT)] == numpys.standard_normal(COUNT, dtype=np.float32).tolist()
