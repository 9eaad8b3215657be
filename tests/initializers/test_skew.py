from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make, tensor

KINDS = ("cayley", "henaff")
DRAWS = {"henaff": stats.uniform(-np.pi, 2 * np.pi), "cayley": stats.uniform(0, np.pi / 2)}

each_kind = pytest.mark.parametrize("kind", KINDS)


def expected(kind, order, seed):
    """`henaff_init_` and `cayley_init_` of Lezcano-Casado's expRNN, initialization.py, of the same draws."""
    blocks = order // 2
    unit = make("uniform", (blocks,), seed=seed, dtype="float64")
    drawn = DRAWS[kind].ppf(unit)
    if kind == "cayley":
        drawn = -np.sqrt((1 - np.cos(drawn)) / (1 + np.cos(drawn)))
    matrix = np.zeros((order, order))
    for block, s in enumerate(drawn):
        matrix[2 * block, 2 * block + 1] = s
        matrix[2 * block + 1, 2 * block] = -s
    return matrix


@each_kind
@pytest.mark.parametrize("order", [0, 1, 2, 3, 8, 9, 200])
def test_the_matrix_is_exprnns_with_block_i_drawn_from_element_i(order, kind):
    made = make("skew", (order, order), kind=kind, seed=3, dtype="float64")

    np.testing.assert_allclose(made, expected(kind, order, seed=3), rtol=1e-12, atol=1e-12)


@each_kind
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_dtype_only_rounds(dtype, kind):
    exact = make("skew", (50, 50), kind=kind, dtype="float64")

    np.testing.assert_array_equal(make("skew", (50, 50), kind=kind, dtype=dtype), exact.astype(np.float32))


@each_kind
def test_its_exponential_is_a_rotation(kind):
    rotation = expm(make("skew", (9, 9), kind=kind, dtype="float64"))

    np.testing.assert_allclose(rotation @ rotation.T, np.eye(9), atol=1e-13)
    assert np.linalg.det(rotation) == pytest.approx(1)


@pytest.mark.slow
@each_kind
def test_the_angles_are_spread_evenly(kind):
    values = make("skew", (4000, 4000), kind=kind)[np.arange(0, 4000, 2), np.arange(1, 4000, 2)].astype(float)
    drawn = -2 * np.arctan(values) if kind == "cayley" else values

    assert stats.kstest(drawn, DRAWS[kind].cdf).pvalue > 1e-3


@pytest.mark.slow
@each_kind
def test_the_bound_told_holds(kind):
    values = make("skew", (4000, 4000), kind=kind, dtype="float64")
    bound = initialize("skew", (4000, 4000), kind=kind).facts["bound"]

    assert 0.99 * bound < np.abs(values).max() <= bound


@each_kind
def test_a_matrix_too_large_to_make_can_be_looked_into(kind):
    order, place = 10**6, 123_456
    small = tensor("skew", (order, order), kind=kind, text=f"{place}:{place + 3},{place - 1}:{place + 4}").read()
    column = tensor("skew", (order, order), kind=kind, text=f":,{place}").read()
    s = small.reshape(3, 5)[0, 2]

    assert s != 0
    assert np.flatnonzero(small).tolist() == [2, 6, 14]
    assert small[6] == -s
    assert np.flatnonzero(column).tolist() == [place + 1]
    assert column[place + 1] == -s


@pytest.mark.parametrize("shape", [(), (4,), (4, 5), (2, 4, 4)])
def test_what_is_no_square_is_refused(shape):
    with pytest.raises(InvalidParameter, match="rank 2, a square") as caught:
        initialize("skew", shape)

    assert caught.value.parameter == "shape"
