from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import hadamard

from tests.initializers.making import make
from tests.oracles import LAYOUTS, out_in_view, stored_shape


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("out", "in_"), [(4, 4), (3, 7), (8, 5), (8, 8), (9, 5), (1, 1), (0, 3), (3, 0)])
def test_zero_init_is_algorithm_1_of_its_paper(out, in_, layout):
    """As in the authors' code: eye, or eye · hadamard / 2^(c/2) · eye; at the kernel's centre for a convolution."""
    if out <= in_:
        expected = np.eye(out, in_)
    else:
        power = 2 ** int(np.ceil(np.log2(out)))
        expected = np.eye(out, power) @ (hadamard(power) / np.sqrt(power)) @ np.eye(power, in_)
    matrix = out_in_view(make("zero_init", stored_shape(out, in_, (), layout), layout=layout), layout)
    kernel = out_in_view(make("zero_init", stored_shape(out, in_, (3, 4), layout), layout=layout), layout)

    np.testing.assert_allclose(matrix, expected, atol=1e-7)
    np.testing.assert_array_equal(kernel[:, :, 1, 2], matrix)
    assert np.count_nonzero(kernel) == np.count_nonzero(matrix)
