"""Normalised layers and residual blocks, for a nonlinearity of which signal and gradient differ: tanh, by quadrature.

A normalisation makes a layer's pre-activations, or a branch's input, of unit second moment; v is what a branch makes
of it, c the squared norm of the branch's Jacobian.
"""

from __future__ import annotations

import math

import pytest
from scipy import integrate

from service.activations.names import find_activation
from service.advice.theory.mean_field import Surroundings, signal
from service.advice.theory.scaling import Scaling

WEIGHT, BIAS = 1.5, 0.1


def expected(function, q):
    """Return E[f(z)], z ~ N(0, q)."""
    return integrate.quad(
        lambda z: function(math.sqrt(q) * z) * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi), -12.0, 12.0
    )[0]


def square(q):
    return expected(lambda z: math.tanh(z) ** 2, q)


def slope_square(q):
    return expected(lambda z: (1.0 - math.tanh(z) ** 2) ** 2, q)


def predict(**surroundings):
    return signal(find_activation("tanh").curves, Scaling(WEIGHT, BIAS), Surroundings(**surroundings))


# The first layer of a normalised branch gets what is normalised as it is, the second through the nonlinearity.
FIRST = WEIGHT + BIAS
OUTPUT = WEIGHT * square(FIRST) + BIAS
JACOBIAN = WEIGHT * WEIGHT * slope_square(FIRST)


@pytest.mark.parametrize("normalizer", ["batch", "layer"])
def test_a_normalised_layer_has_unit_signals_whatever_its_weights(normalizer):
    """tanh is odd, and so its variance is its second moment."""
    found = predict(normalizer=normalizer, layers=12)
    chi = slope_square(1.0) / square(1.0)

    assert (found.forward_ratio, found.elasticity, found.fixed_point.kind, found.fixed_point.q) == (1, 0, "stable", 1)
    assert (found.chi_perp, found.fixed_point.chi_perp) == pytest.approx((chi, chi), rel=1e-9)
    assert (found.depth.layers, found.depth.forward) == (12, 1)
    assert found.depth.backward == pytest.approx(chi**11, rel=1e-9)
    assert (found.finite_width is None) == (normalizer == "batch")


def test_a_layer_by_itself_has_no_depth():
    assert predict().depth is None
    assert predict(normalizer="batch").depth is None
    assert predict(has_skips=True).depth is None


def test_a_bias_adds_to_the_signal_and_damps_what_grows():
    found = predict()
    moment = WEIGHT * square(1.0) + BIAS
    step = 1e-4
    steepness = math.log(square(math.exp(step)) / square(math.exp(-step))) / (2.0 * step)

    assert found.forward_ratio == pytest.approx(moment, rel=1e-9)
    assert found.chi_perp == pytest.approx(WEIGHT * slope_square(1.0), rel=1e-9)
    assert found.elasticity == pytest.approx(steepness * WEIGHT * square(1.0) / moment, rel=1e-6)


def test_a_block_with_a_normalised_branch_adds_the_same_each_time():
    found = predict(normalizer="layer", has_skips=True, layers=5)
    stream = [1.0 + OUTPUT * blocks for blocks in range(6)]

    assert found.forward_ratio == pytest.approx(1.0 + OUTPUT, rel=1e-7)
    assert found.chi_perp == found.fixed_point.chi_perp == pytest.approx(1.0 + JACOBIAN, rel=1e-7)
    assert (found.elasticity, found.fixed_point.kind, found.fixed_point.q) == (1, "infinity", None)
    assert (found.depth.layers, found.depth.forward) == (5, pytest.approx(stream[-1], rel=1e-7))
    assert found.depth.backward == pytest.approx(math.prod(1.0 + JACOBIAN / q for q in stream[:-1]), rel=1e-7)


def test_a_block_with_a_normalised_sum_keeps_the_signal():
    found = predict(normalizer="layer", has_skips=True, is_post_norm=True, layers=5)
    ratio = (1.0 + JACOBIAN) / (1.0 + OUTPUT)

    assert (found.forward_ratio, found.elasticity, found.fixed_point.kind, found.fixed_point.q) == (1, 0, "stable", 1)
    assert found.chi_perp == found.fixed_point.chi_perp == pytest.approx(ratio, rel=1e-7)
    assert (found.depth.layers, found.depth.forward) == (5, 1)
    assert found.depth.backward == pytest.approx(ratio**5, rel=1e-7)


@pytest.mark.parametrize("layers_per_branch", [1, 2, 3])
def test_a_batch_normalised_branch_has_unit_output(layers_per_branch):
    found = predict(normalizer="batch", has_skips=True, layers_per_branch=layers_per_branch)
    chi = slope_square(1.0) / square(1.0)

    assert found.forward_ratio == pytest.approx(2, rel=1e-12)
    assert found.chi_perp == pytest.approx(1.0 + chi**layers_per_branch, rel=1e-9)


def test_a_normalised_branch_of_one_layer_has_no_nonlinearity():
    found = predict(normalizer="layer", has_skips=True, layers_per_branch=1)

    assert found.forward_ratio == pytest.approx(1.0 + FIRST, rel=1e-12)
    assert found.chi_perp == pytest.approx(1.0 + WEIGHT, rel=1e-12)


def test_a_bare_branch_goes_through_the_nonlinearity_first():
    found = predict(has_skips=True, layers_per_branch=1, layers=2)
    first = 1.0 + WEIGHT * square(1.0) + BIAS

    assert found.forward_ratio == pytest.approx(first, rel=1e-7)
    assert found.chi_perp == pytest.approx(1.0 + WEIGHT * slope_square(1.0), rel=1e-7)
    assert found.depth.forward == pytest.approx(first + WEIGHT * square(first) + BIAS, rel=1e-6)


@pytest.mark.parametrize(("weight", "bias"), [(0.0, 0.0), (2.0, 0.0), (2.0, 0.5)])
def test_blocks_of_rectifiers_are_followed_in_closed_form(weight, bias):
    """v = w q / 2 + b and c = w / 2, for one layer a branch."""
    curves = find_activation("relu").curves
    found = signal(curves, Scaling(weight, bias), Surroundings(layers=6, has_skips=True, layers_per_branch=1)).depth
    q = 1.0
    for _ in range(6):
        q += weight * q / 2.0 + bias

    assert found.forward == pytest.approx(q, rel=1e-6)
    assert found.backward == pytest.approx((1.0 + weight / 2.0) ** 6, rel=1e-6)
