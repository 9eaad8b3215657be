from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


@pytest.mark.parametrize(("start", "end"), [(0.0, 1.0), (3.0, 6.0), (-1.0, -5.0), (0.1, 0.1)])
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_numbers_are_numpys(start, end, size):
    values = make("linspace", (3, size), dtype="float64", start=start, end=end)

    np.testing.assert_allclose(values, [np.linspace(start, end, size)] * 3, rtol=1e-14, atol=1e-15)


def test_both_ends_are_exact():
    values = make("linspace", (1000,), dtype="float64", start=0.1, end=1e300)

    assert (values[0], values[-1]) == (0.1, 1e300)


def test_a_scalar_has_no_ends():
    with pytest.raises(InvalidParameter) as caught:
        initialize("linspace", ())

    assert caught.value.parameter == "shape"
