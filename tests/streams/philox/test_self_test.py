from __future__ import annotations

import numpy as np
import pytest

from service.streams.philox import self_test
from service.streams.philox.stream import PhiloxStream
from tests.streams.distributions import DTYPES


def test_this_process_makes_the_promised_bits():
    assert self_test.reproduces_digest()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_one_wrong_bit_is_noticed(distribution, dtype, monkeypatch):
    right = getattr(PhiloxStream, distribution)

    def wrong(stream, out, *arguments):
        right(stream, out, *arguments)
        if out.dtype == dtype:
            out[-1] = np.nextafter(out[-1], dtype(np.inf))

    monkeypatch.setattr(PhiloxStream, distribution, wrong)
    assert not self_test.reproduces_digest()
