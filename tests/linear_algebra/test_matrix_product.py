from __future__ import annotations

import numpy as np
import pytest

from service.linear_algebra.matrix_product import multiply

SHAPES = [(1, 1, 1), (2, 3, 4), (5, 8, 1), (65, 16, 257), (130, 17, 600), (99, 50, 30), (0, 3, 2), (2, 0, 3)]

each_shape = pytest.mark.parametrize(("rows", "inner", "columns"), SHAPES, ids=str)


def factors(rows, inner, columns):
    generator = np.random.default_rng(1)
    return generator.standard_normal((rows, inner)), generator.standard_normal((inner, columns))


@each_shape
def test_the_terms_are_added_one_after_another(rows, inner, columns):
    left, right = factors(rows, inner, columns)
    expected = np.zeros((rows, columns))
    for k in range(inner):
        expected = expected + np.outer(left[:, k], right[k])

    assert multiply(left, right, threads=2).tobytes() == expected.tobytes()


@each_shape
def test_the_product_is_numpys(rows, inner, columns):
    left, right = factors(rows, inner, columns)

    np.testing.assert_allclose(multiply(left, right, threads=2), left @ right, rtol=0, atol=1e-12)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_makes_the_same_bits(threads):
    left, right = factors(300, 120, 200)

    assert multiply(left, right, threads).tobytes() == multiply(left, right, threads=1).tobytes()
