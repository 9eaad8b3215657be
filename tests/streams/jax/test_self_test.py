from __future__ import annotations

import numpy as np
import pytest

from service.streams.jax import self_test
from service.streams.jax.draws import JaxDraws
from tests.streams.jax.drawing import DTYPES


def test_this_process_makes_the_promised_bits():
    assert self_test.reproduces_digest()


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize("is_normal", [False, True])
def test_one_wrong_bit_is_noticed(is_normal, dtype, monkeypatch):
    right = JaxDraws.fill

    def wrong(draws, out, start):
        right(draws, out, start)
        if draws.dtype == dtype and (draws.clip is not None) == is_normal:
            out[-1] = np.nextafter(out[-1], out.dtype.type(np.inf))

    monkeypatch.setattr(JaxDraws, "fill", wrong)
    assert not self_test.reproduces_digest()
