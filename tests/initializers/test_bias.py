from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import special, stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import build, make


@pytest.mark.parametrize("prior", [0.01, 0.5, 0.9])
def test_the_prior_is_the_sigmoid_of_its_bias(prior):
    assert special.expit(make("prior_bias", (3,), dtype="float64", prior=prior)) == pytest.approx(prior, rel=1e-14)


def test_a_prior_of_one_in_a_hundred_is_the_focal_losss_bias():
    """RetinaNet: -log((1 - 0.01) / 0.01) = -4.595."""
    assert make("prior_bias", (1,))[0] == pytest.approx(-4.59512)


def gates(values, order="ifgo"):
    return dict(zip(order, values.reshape(4, -1), strict=True))


@pytest.mark.parametrize("order", ["ifgo", "iofg", "fiog"])
def test_only_the_forget_gate_is_open(order):
    found = gates(make("lstm_bias", (20,), gate_order=order), order)

    assert (found["f"] == 1).all()
    assert not any(found[gate].any() for gate in "igo")


def test_two_biases_that_add_have_half_each():
    assert set(make("lstm_bias", (8,), biases=2)) == {0.0, 0.5}


@pytest.mark.parametrize("order", ["ifgo", "iofg"])
def test_chronos_forget_gates_are_logarithms_of_uniforms(order):
    found = gates(make("chrono", (40_000,), longest=784.0, gate_order=order, dtype="float64"), order)

    assert stats.kstest(np.exp(found["f"]), stats.uniform(1, 782).cdf).pvalue > 1e-4
    np.testing.assert_array_equal(found["i"], -found["f"])
    assert not found["g"].any()
    assert not found["o"].any()


def test_chronos_two_biases_add_up():
    one, half = (make("chrono", (40,), longest=100.0, biases=biases, dtype="float64") for biases in (1, 2))

    np.testing.assert_array_equal(half + half, one)


@pytest.mark.parametrize("name", ["lstm_bias", "chrono"])
@pytest.mark.parametrize(("shape", "detail"), [((6,), "4 must divide 6"), ((4, 4), "rank 1"), ((), "rank 1")])
def test_what_is_no_bias_of_four_gates_is_refused(name, shape, detail):
    with pytest.raises(InvalidParameter, match=detail):
        build(name, shape, **({"longest": 9.0} if name == "chrono" else {}))


@pytest.mark.parametrize("order", ["ifg", "ifgg", "ifgoo", "IFGO", ""])
def test_an_order_without_all_gates_is_refused(order):
    with pytest.raises(ValidationError, match="each of the letters"):
        build("lstm_bias", (8,), gate_order=order)


def test_the_largest_forget_bias_is_that_of_the_longest_dependency():
    assert build("chrono", (400,), longest=50.0).largest == pytest.approx(math.log(50))
