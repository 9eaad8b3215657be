"""The noise of finite layers: what is known in closed form, and that an interval holds what it is of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service.activations.names import NAMES, find_activation
from service.advice.theory.finite_width import FiniteWidth, LogNormal, StackNoise
from service.advice.theory.mean_field import Surroundings, signal
from service.advice.theory.scaling import Scaling
from tests.advice.asking import ask

Z = stats.norm.ppf(0.975)


def noise(name, weight, steps, *, is_isometric=False, kept=1.0):
    return StackNoise(find_activation(name).curves, Scaling(weight, 0.0, is_isometric, kept=kept), steps)


# Hanin and Nica, arXiv:1812.05994: Var ln q_L = 5 sum 1/n for ReLU, 2 sum 1/n for linear; orthogonal 3 and 0.
@pytest.mark.parametrize(
    ("name", "weight", "is_isometric", "factor"),
    [
        ("relu", 2, False, 5),
        ("relu", 2, True, 3),
        ("linear", 1, False, 2),
        ("linear", 1, True, 0),
        ("abs", 1, False, 2),
    ],
)
def test_of_homogeneous_functions_it_adds_up(name, weight, is_isometric, factor):
    found = noise(name, weight, 12, is_isometric=is_isometric)

    assert found.forward_variance == pytest.approx(12 * factor, abs=1e-9)
    assert found.backward_variance == pytest.approx(12 * factor, abs=1e-9)


@pytest.mark.parametrize("kept", [0.5, 0.7])
def test_dropout_adds_what_it_leaves_to_chance(kept):
    """E f^4 / (E f^2)^2 is 6 for ReLU; dropping makes it 6 / kept, of which 1 is no variance."""
    found = noise("relu", 2 / kept, 9, kept=kept)

    assert found.forward_variance == pytest.approx(9 * (6 / kept - 1), rel=1e-9)
    assert found.backward_variance == pytest.approx(9 * (6 / kept - 1), rel=1e-9)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "sin"])
def test_a_signal_that_settles_has_the_noise_of_the_first_layer_and_of_the_last(name):
    """A mean of squares of n normal numbers has the relative variance 2 / n, at both ends."""
    found = noise(name, 4.0 if name in {"tanh", "sin"} else 1.0, 40).forward_variance

    assert 4.0 <= found < 8.0


@pytest.mark.parametrize("width", [1.0, 64.0])
def test_ninety_five_of_a_hundred_draws_are_within_the_interval(width):
    """Of a normal logarithm."""
    own = LogNormal((0.3, -0.7), (-0.75, 0.5), (1.5, 2.5))
    scatter = FiniteWidth(own, 0.3, -0.7).scatter(width)

    for interval, middle, drift, variance in ((scatter.forward, 0.3, -0.75, 1.5), (scatter.backward, -0.7, 0.5, 2.5)):
        expected = stats.norm(middle + drift / width, math.sqrt(variance / width)).interval(0.95)
        assert interval == pytest.approx(expected, rel=1e-6)
    assert scatter.log_std == pytest.approx((1.5 / width) ** 0.5)


def test_the_order_of_two_shapes_widens_both_intervals():
    own = LogNormal((0.0, 0.0), (0.0, 0.0), (1.0, 1.0))
    scatter = FiniteWidth(own, 0.0, 0.0, order=0.5).scatter(4.0)

    assert scatter.forward == pytest.approx((-0.5 * Z - 0.5, 0.5 * Z + 0.5), rel=1e-6)
    assert scatter.log_std == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("drift", "variance"), [(-2.0, 0.1), (3.0, 0.1), (0.0, 1e6)], ids=["far below", "far above", "without end"]
)
def test_an_interval_without_its_own_centre_is_not_told(drift, variance):
    scatter = FiniteWidth(LogNormal((0.0, 0.0), (drift, 0.0), (variance, 0.1)), 0.0, 0.0).scatter(1.0)

    assert scatter.forward is None
    assert scatter.backward is not None


def test_noise_that_grows_from_layer_to_layer_is_far_more_than_its_sum():
    """GELU with He's scale: the naive sum is 0.53; a simulation of 128 units had 2.7 (log q, twelve layers)."""
    found = signal(find_activation("gelu").curves, Scaling(2.0), Surroundings(layers=13)).finite_width

    assert 2.0 < found.scatter(128).log_std ** 2 < 4.0


def test_the_gradient_of_maxout_comes_along_the_signal():
    """Four pieces, ten layers of 128 units: 0.032 of 2000 drawn stacks, where layers without end would pass 0.0192."""
    found = noise("maxout_4", 0.8028752293446385**2, 9)

    assert 0.0192 * (1.0 + found.along_signal(128)) == pytest.approx(0.032, rel=0.03)


@pytest.mark.parametrize("name", ["relu", "linear", "leaky_relu"])
def test_of_rectifiers_nothing_more_comes_along_the_signal(name):
    assert noise(name, 2.0, 30).along_signal(16) == pytest.approx(0, abs=1e-9)


DESCRIPTIONS = st.fixed_dictionaries(
    {
        "activation": st.sampled_from([name for name in NAMES if name != "siren"]),
        "depth": st.sampled_from([1, 2, 3, 5, 10, 30, 50, 100, 200]),
        "shape": st.tuples(*[st.sampled_from([3, 16, 64, 256, 1000, 4096])] * 2).map(list),
    },
    optional={
        "normalization": st.sampled_from(["none", "layer", "rms", "batch", "group"]),
        "norm_position": st.sampled_from(["pre", "post"]),
        "residual": st.booleans(),
        "dropout": st.sampled_from([0.1, 0.5, 0.9]),
        "layers_per_branch": st.sampled_from([1, 2, 3]),
        "role": st.sampled_from(["hidden", "mlp_down", "attention_output", "first"]),
    },
)

WEIGHTS = st.one_of(
    st.sampled_from(
        [("he_normal", {}), ("glorot_uniform", {}), ("orthogonal", {}), ("identity", {}), ("zeros", {}),
         ("lecun_normal", {}), ("uniform", {"low": 0.0, "high": 0.1})]
    ),
    st.sampled_from([1e-4, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 100.0]).map(lambda std: ("normal", {"std": std})),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=400, deadline=None, derandomize=True)
@given(DESCRIPTIONS, WEIGHTS)
def test_no_interval_is_without_its_own_centre(members, weights):
    answer = ask("Linear", current=weights, **members)
    found = [answer, *answer["alternatives"], answer["verdict"]]

    for evidence in (each["evidence"] for each in found if each is not None):
        depth, finite = evidence["depth"], evidence["finite_width"]
        assert (depth is None) == (finite is None)
        if finite is None:
            continue
        intervals = {name: finite[f"{name}_interval"] for name in ("forward", "backward")}
        assert (finite["reason"] is not None) == (None in intervals.values())
        for name, interval in intervals.items():
            assert interval is None or interval[0] <= depth[name] * (1 + 1e-6)
            assert interval is None or interval[1] >= depth[name] * (1 - 1e-6)
