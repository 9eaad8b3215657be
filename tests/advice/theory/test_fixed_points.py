"""Where the second moment settles, by layers for which it is known: linear ones with biases, q* = b / (1 - w)."""

from __future__ import annotations

import pytest

from service.activations.names import find_activation
from service.advice.theory.mean_field import fixed_point
from service.advice.theory.scaling import Scaling


def settled(name, weight, bias=0.0):
    return fixed_point(find_activation(name).curves, Scaling(weight, bias))


@pytest.mark.parametrize("q", [1e-5, 1.02e-6, 0.5, 30.0, 9.8e5])
def test_a_linear_layer_with_biases_settles_where_both_balance(q):
    found = settled("linear", 0.5, 0.5 * q)

    assert found.kind == "stable"
    assert found.q == pytest.approx(q, rel=1e-4)
    assert found.chi_perp == pytest.approx(0.5, rel=1e-6)


def test_beyond_a_millionth_it_is_zero():
    found = settled("linear", 0.5, 0.5 * 0.98e-6)

    assert (found.kind, found.q) == ("zero", 0)
    assert found.chi_perp == pytest.approx(0.5, rel=1e-6)


def test_beyond_a_million_it_is_infinity():
    found = settled("linear", 0.5, 0.5 * 1.02e6)

    assert (found.kind, found.q) == ("infinity", None)
    assert found.chi_perp == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("excess", "kind"), [(-1.1e-6, "zero"), (-0.9e-6, "any"), (0.0, "any"), (0.9e-6, "any"), (1.1e-6, "infinity")]
)
def test_a_ratio_of_1_to_six_digits_keeps_any_signal(excess, kind):
    assert settled("linear", 1.0 + excess).kind == kind


def test_a_bias_that_makes_up_for_a_loss_keeps_the_unit_signal_only():
    found = settled("linear", 0.75, 0.25)

    assert (found.kind, found.q) == ("stable", 1)
    assert found.chi_perp == pytest.approx(0.75, rel=1e-12)


def test_where_deviations_grow_the_unit_signal_is_unstable():
    """The gate of a product squares what deviates: q' = w q² for a bilinear product, w = 1."""
    found = settled("bilinear", 1.0)

    assert (found.kind, found.q) == ("unstable", 1)
