from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import special, stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


@pytest.mark.parametrize("prior", [0.01, 0.5, 0.9])
def test_the_prior_is_the_sigmoid_of_its_bias(prior):
    assert special.expit(make("prior_bias", (3,), dtype="float64", prior=prior)) == pytest.approx(prior, rel=1e-14)


def test_a_prior_of_one_in_a_hundred_is_the_focal_losss_bias():
    """RetinaNet: -log((1 - 0.01) / 0.01) = -4.595."""
    assert make("prior_bias", (1,))[0] == pytest.approx(-4.59512)


def gates(values, order="ifgo"):
    return dict(zip(order, values.reshape(len(order), -1), strict=True))


@pytest.mark.parametrize("order", ["ifgo", "iofg", "fiog"])
def test_only_the_forget_gate_is_open(order):
    found = gates(make("lstm_bias", (20,), gate_order=order), order)

    assert (found["f"] == 1).all()
    assert not any(found[gate].any() for gate in "igo")


@pytest.mark.parametrize("order", ["rzn", "zrn", "nzr"])
def test_only_the_update_gate_is_open(order):
    found = gates(make("gru_bias", (15,), gate_order=order), order)

    assert (found["z"] == 1).all()
    assert not any(found[gate].any() for gate in "rn")


@pytest.mark.parametrize(("name", "size"), [("lstm_bias", 8), ("gru_bias", 6)])
def test_two_biases_that_add_have_half_each(name, size):
    assert set(make(name, (size,), biases=2)) == {0.0, 0.5}


# Where the framework's own code splits its stacked gates: PyTorch's docs (W_ii|W_if|W_ig|W_io, W_ir|W_iz|W_in), Keras's
# lstm.py (b_i, b_f, b_c, b_o) and gru.py (x_z, x_r, x_h), TensorFlow 1's BasicLSTMCell (i, j, f, o), ONNX's LSTM (iofc)
# and GRU (zrh); each line the place of the forget or update gate.
PLACES = [("lstm_bias", "ifgo", 1), ("lstm_bias", "igfo", 2), ("lstm_bias", "iofg", 2), ("gru_bias", "rzn", 1)]


@pytest.mark.parametrize(("name", "order", "place"), [*PLACES, ("gru_bias", "zrn", 0)])
def test_the_open_gate_stands_where_the_framework_has_it(name, order, place):
    values = make(name, (5 * len(order),), gate_order=order)

    assert list(np.flatnonzero(values)) == list(range(5 * place, 5 * (place + 1)))


@pytest.mark.parametrize("order", ["ifgo", "iofg"])
def test_chronos_forget_gates_are_logarithms_of_uniforms(order):
    found = gates(make("chrono", (40_000,), longest=784.0, gate_order=order, dtype="float64"), order)

    assert stats.kstest(np.exp(found["f"]), stats.uniform(1, 782).cdf).pvalue > 1e-4
    np.testing.assert_array_equal(found["i"], -found["f"])
    assert not found["g"].any()
    assert not found["o"].any()


@pytest.mark.parametrize("order", ["rzn", "zrn"])
def test_chronos_update_gates_forget_at_uniform_time_scales(order):
    """h' = z h + (1 - z) n forgets in 1 / (1 - z) steps: from 2 to T_max of them."""
    bias = make("chrono", (30_000,), longest=784.0, cell="gru", gate_order=order, dtype="float64")
    found = gates(bias, order)
    steps = 1 / special.expit(-found["z"])

    assert stats.kstest(steps, stats.uniform(2, 782).cdf).pvalue > 1e-4
    assert not found["r"].any()
    assert not found["n"].any()


@pytest.mark.parametrize(("cell", "order"), [("lstm", "rzn"), ("gru", "ifgo")])
def test_the_gates_of_another_cell_are_refused(cell, order):
    with pytest.raises(InvalidParameter) as caught:
        initialize("chrono", (12,), longest=9.0, cell=cell, gate_order=order)

    assert caught.value.parameter == "gate_order"


def test_chronos_two_biases_add_up():
    one, half = (make("chrono", (40,), longest=100.0, biases=biases, dtype="float64") for biases in (1, 2))

    np.testing.assert_array_equal(half + half, one)


@pytest.mark.parametrize("name", ["lstm_bias", "chrono"])
@pytest.mark.parametrize(("shape", "detail"), [((6,), "4 must divide 6"), ((4, 4), "rank 1"), ((), "rank 1")])
def test_what_is_no_bias_of_four_gates_is_refused(name, shape, detail):
    with pytest.raises(InvalidParameter, match=detail):
        initialize(name, shape, **({"longest": 9.0} if name == "chrono" else {}))


@pytest.mark.parametrize("shape", [(8,), (3, 3), ()])
@pytest.mark.parametrize(("name", "parameters"), [("gru_bias", {}), ("chrono", {"longest": 9.0, "cell": "gru"})])
def test_what_is_no_bias_of_three_gates_is_refused(name, parameters, shape):
    with pytest.raises(InvalidParameter, match=r"3 must divide 8|rank 1"):
        initialize(name, shape, **parameters)


@pytest.mark.parametrize("name", ["lstm_bias", "gru_bias", "chrono"])
@pytest.mark.parametrize("order", ["ifg", "ifgg", "ifgoo", "IFGO", "rz", ""])
def test_an_order_without_all_gates_is_refused(name, order):
    with pytest.raises(ValidationError, match="each of the letters"):
        initialize(name, (24,), gate_order=order)


def test_the_largest_forget_bias_is_that_of_the_longest_dependency():
    assert initialize("chrono", (400,), longest=50.0).largest == pytest.approx(math.log(50))
