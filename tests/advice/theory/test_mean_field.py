"""Predictions against the numbers of the literature. q is the second moment of the pre-activations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from service.activations.gains import gain
from service.activations.moments import QuadratureMoments
from service.activations.names import find_activation
from service.advice.theory.mean_field import Surroundings, fixed_point, signal
from service.advice.theory.scaling import Scaling


def predict(name, weight, bias=0.0, *, layers=None, is_isometric=False, **surroundings):
    curves = find_activation(name).curves
    return signal(curves, Scaling(weight, bias, is_isometric), Surroundings(layers=layers, **surroundings))


@pytest.mark.parametrize(("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01), ("prelu", 0.25)])
def test_he_keeps_rectifiers_exactly(name, slope):
    """He et al., arXiv:1502.01852: Var W = 2 / ((1 + a^2) n)."""
    found = predict(name, 2 / (1 + slope**2), layers=100)

    assert (found.forward_ratio, found.chi_perp) == pytest.approx((1, 1), rel=1e-12)
    assert found.fixed_point.kind == "any"
    assert (found.depth.forward, found.depth.backward) == pytest.approx((1, 1), rel=1e-9)


# sigma_w^2, then q'/q at q = 1, and the fixed point and the gradient's ratio there: iterated in mpmath to 20 digits.
PER_LAYER = [
    ("relu", 1 / 3, 1 / 6, 0, 1 / 6), ("relu", 1, 0.5, 0, 0.5), ("linear", 1 / 3, 1 / 3, 0, 1 / 3),
    ("tanh", 1 / 3, 0.1314315, 0, 1 / 3), ("tanh", 2, 0.7885890, 0.617965, 1.105529),
    ("tanh", 1.592537420**2, 1, 1, 1.177807), ("tanh", 25 / 9, 1.0952625, 1.178480, 1.209831),
    ("sigmoid", 1, 0.2933790, 0.264687, 0.055721), ("sigmoid", 2, 0.5867581, 0.555290, 0.100977),
    ("gelu", 1, 0.4252208, 0, 0.25), ("gelu", 2, 0.8504417, 0, 0.5), ("silu", 2, 0.7115512, 0, 0.5),
    ("selu", 1, 1, 1, 1.071575), ("selu", 1 / 3, 1 / 3, None, None), ("sin", 2, 0.8646647, 0.796812, 1.203188),
    ("softplus", 1, 0.9212460, 0.856305, 0.288722),
]  # fmt: skip


@pytest.mark.parametrize(("name", "weight", "ratio", "q", "chi"), PER_LAYER)
def test_a_layers_ratio_and_fixed_point(name, weight, ratio, q, chi):
    found = predict(name, weight)

    assert found.forward_ratio == pytest.approx(ratio, rel=1e-5)
    if q is not None:
        assert found.fixed_point.q == pytest.approx(q, rel=1e-4)
        assert found.fixed_point.chi_perp == pytest.approx(chi, rel=1e-4)


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "hard_swish"])
def test_the_scale_that_smooth_rectifiers_keep_is_unstable(name):
    found = predict(name, gain(name) ** 2)

    assert found.fixed_point.kind == "unstable"
    assert found.elasticity > 1


@pytest.mark.parametrize(("name", "weight"), [("elu", 2), ("selu", 2), ("relu", 2.1), ("softplus", 2)])
def test_a_signal_that_grows_without_end_settles_nowhere(name, weight):
    assert predict(name, weight).fixed_point.kind == "infinity"


# Through 50 layers, q_50 / q_1 and the gradient's ratio, by iterating the formulas in mpmath.
FIFTY = [
    ("relu", 1 / 3, 7.4e-39, 7.4e-39), ("relu", 1, 1.8e-15, 1.8e-15), ("tanh", 1, 1.04e-2, 1.46e-2),
    ("tanh", 1.592537420**2, 1, 3.0e3), ("sigmoid", 1, 0.265, 2.9e-62), ("gelu", 2, 5.9e-14, 1.1e-13),
    ("selu", 1, 1, 29.6),
]  # fmt: skip


@pytest.mark.parametrize(("name", "weight", "forward", "backward"), FIFTY)
def test_fifty_layers(name, weight, forward, backward):
    found = predict(name, weight, layers=50).depth

    assert found.forward == pytest.approx(forward, rel=0.03)
    assert found.backward == pytest.approx(backward, rel=0.03)


@pytest.mark.parametrize(
    ("name", "weight"), [("tanh", 1.7), ("gelu", 2.0), ("sigmoid", 1.3), ("relu6", 1.9), ("cos", 2.5)]
)
def test_the_recursion_is_that_of_the_moments(name, weight):
    """Step by step with the moments themselves."""
    curves, nonlinearity = find_activation(name).curves, QuadratureMoments(find_activation(name).function)
    q, gradient = 1.0, 1.0
    for _ in range(19):
        moments = nonlinearity.at(np.array([q]))
        q, gradient = weight * moments.second[0] + 0.01, gradient * weight * moments.slope_second[0]
    found = signal(curves, Scaling(weight, 0.01), Surroundings(layers=20)).depth

    assert (found.forward, found.backward) == pytest.approx((q, gradient), rel=1e-5)


# The edge of chaos of tanh by q*: sigma_w and sigma_b^2 (Poole et al., Schoenholz et al.).
@pytest.mark.parametrize(
    ("name", "q", "gain", "bias"),
    [("tanh", 0.1, 1.08516, 0.00083), ("tanh", 0.5, 1.29922, 0.03804), ("tanh", 1, 1.46741, 0.15096),
     ("gelu", 1, 1.48111, 0.06719), ("silu", 1, 1.62332, 0.06247), ("softsign", 1, 2.09578, 0.19615)],
)  # fmt: skip
def test_the_edge_of_chaos(name, q, gain, bias):
    moments = QuadratureMoments(find_activation(name).function).at(np.array([float(q)]))

    assert gain**2 * moments.slope_second[0] == pytest.approx(1, abs=2e-5)
    assert gain**2 * moments.second[0] + bias == pytest.approx(q, abs=3e-5)


# Roberts, Yaida, Hanin (arXiv:2106.10165), section 5.3: the half-stable critical points.
@pytest.mark.parametrize(
    ("name", "weight", "bias", "q"),
    [("gelu", 1.98305826, 0.17292239, 3.5615528), ("silu", 1.98800468, 0.55514317, 14.3201736),
     ("mish", 2.01352407, 0.09452179, 1.67016913), ("hard_swish", 1.97328958, 0.50714585, 4.80385595)],
)  # fmt: skip
def test_the_critical_points_of_smooth_rectifiers(name, weight, bias, q):
    moments = QuadratureMoments(find_activation(name).function).at(np.array([q]))

    assert weight * moments.second[0] + bias == pytest.approx(q, rel=1e-7)
    assert weight * moments.slope_second[0] == pytest.approx(1, rel=1e-7)
    assert weight * moments.second[0] * moments.elasticity[0] / q == pytest.approx(1, rel=1e-6)


def test_batch_normalisation_multiplies_the_gradient_whatever_the_weights():
    """Yang et al., arXiv:1902.08129: pi / (pi - 1) for ReLU."""
    for weight in (0.1, 2.0, 50.0):
        found = predict("relu", weight, layers=31, normalizer="batch")

        assert (found.forward_ratio, found.chi_perp) == pytest.approx((1, math.pi / (math.pi - 1)), rel=1e-9)
        assert found.depth.backward == pytest.approx((math.pi / (math.pi - 1)) ** 30, rel=1e-9)


def test_layer_normalisation_has_the_ratio_of_slopes_and_values():
    assert predict("tanh", 3.0, normalizer="layer").chi_perp == pytest.approx(1.177807, rel=1e-6)


def test_unscaled_residual_blocks_double_the_signal():
    """Zhang et al., arXiv:1901.09321: 2^16 after sixteen blocks."""
    found = predict("relu", 2.0, layers=16, has_skips=True)

    assert found.forward_ratio == pytest.approx(2, rel=1e-12)
    assert found.depth.forward == pytest.approx(65536, rel=1e-9)


def test_a_branch_of_zeros_is_the_identity():
    found = predict("gelu", 0.0, layers=40, has_skips=True)

    assert (found.forward_ratio, found.chi_perp, found.depth.forward, found.depth.backward) == (1, 1, 1, 1)


# V and D of N(0, q) in closed form.
IN_CLOSED_FORM = [
    ("sin", lambda q: (1 - math.exp(-2 * q)) / 2, lambda q: (1 + math.exp(-2 * q)) / 2),
    ("relu", lambda q: q / 2, lambda q: 0.5),
]


@pytest.mark.parametrize(("name", "second", "slope_second"), IN_CLOSED_FORM)
def test_branches_of_any_shape_add_what_they_make_of_the_stream(name, second, slope_second):
    found = predict(name, 1.5, 0.1, layers=9, has_skips=True, layers_per_branch=3)
    q, gradient = 1.0, 1.0
    for _ in range(9):
        inner, jacobian = q, 1.0
        for _ in range(3):
            jacobian *= 1.5 * slope_second(inner)
            inner = 1.5 * second(inner) + 0.1
        q, gradient = q + inner, gradient * (1 + jacobian)

    assert (found.depth.forward, found.depth.backward) == pytest.approx((q, gradient), rel=1e-6)


def test_pre_norm_grows_linearly_and_the_gradient_with_it():
    """Of a homogeneous branch the gradient's ratio telescopes to that of the signal."""
    found = predict("relu", 2.0, layers=24, has_skips=True, normalizer="layer")
    branch = 2.0 * 2.0 / 2

    assert found.depth.forward == pytest.approx(1 + 24 * branch, rel=1e-9)
    assert found.depth.backward == pytest.approx(1 + 24 * branch, rel=1e-9)


def test_post_norm_keeps_the_signal():
    assert predict("relu", 2.0, layers=24, has_skips=True, normalizer="layer", is_post_norm=True).depth.forward == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cos", "gaussian"])
def test_where_the_moment_falls_the_fixed_point_is_found(name):
    weight = 3.0
    q = 1.0
    for _ in range(2000):
        q = 0.5 * q + 0.5 * weight * QuadratureMoments(find_activation(name).function).at(np.array([q])).second[0]

    assert fixed_point(find_activation(name).curves, Scaling(weight)).q == pytest.approx(q, rel=1e-5)
