from __future__ import annotations

import numpy as np
import pytest

from service.linear_algebra.batch_product import product, transposed_product


def _one_after_another(matrix, batch):
    """The sums term by term, each product and each sum rounded to binary32."""
    total = np.zeros((matrix.shape[0], batch.shape[1]), np.float32)
    for k in range(matrix.shape[1]):
        total = total + matrix[:, k : k + 1] * batch[k : k + 1]
    return total


@pytest.mark.parametrize(("rows", "inner", "columns"), [(1, 1, 1), (7, 5, 3), (16, 8, 16), (33, 27, 17), (64, 100, 40)])
def test_sums_are_taken_in_ascending_order(rows, inner, columns):
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((rows, inner)).astype(np.float32)
    batch = rng.standard_normal((inner, columns)).astype(np.float32)
    expected = _one_after_another(matrix, batch)

    np.testing.assert_array_equal(product(matrix, batch), expected)
    np.testing.assert_array_equal(transposed_product(np.ascontiguousarray(matrix.T), batch), expected)
