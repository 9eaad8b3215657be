from __future__ import annotations

import numpy as np
import pytest

from service.streams.numpy import self_test
from service.streams.numpy.default_generator import GeneratorPosition
from service.streams.numpy.random_state import RandomStatePosition

POSITIONS = [
    (RandomStatePosition, self_test.reproduces_legacy_digest),
    (GeneratorPosition, self_test.reproduces_generator_digest),
]


@pytest.mark.parametrize("passes", [passes for _, passes in POSITIONS])
def test_this_process_makes_the_recorded_bits(passes):
    assert passes()


@pytest.mark.parametrize(("position", "passes"), POSITIONS)
def test_one_wrong_bit_of_a_normal_is_noticed(position, passes, monkeypatch):
    right = position.normals

    def wrong(self, dtype):
        draw = right(self, dtype)

        def drawn(count):
            made = draw(count)
            made[-1] = np.nextafter(made[-1], made.dtype.type(np.inf))
            return made

        return drawn

    monkeypatch.setattr(position, "normals", wrong)
    assert not passes()


@pytest.mark.parametrize(("position", "passes"), POSITIONS)
def test_one_wrong_bit_of_a_uniform_is_noticed(position, passes, monkeypatch):
    right = position.uniform

    def wrong(self, out, start, view):
        right(self, out, start, view)
        out[-1] = np.nextafter(out[-1], out.dtype.type(np.inf))

    monkeypatch.setattr(position, "uniform", wrong)
    assert not passes()
