"""The network that the explorer trains: its gradients against differences, its steps against the papers' formulas."""

from __future__ import annotations

import math

import pytest

from tests.pages.scripts import run_script

ACTIVATIONS = ["relu", "tanh", "sigmoid", "selu", "linear"]
RATE = 0.1


@pytest.fixture(scope="module")
def told():
    return run_script("training.mjs")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_those_of_the_loss(told, activation):
    for layer in told["gradients"][activation]:
        for gradient, difference in layer:
            assert gradient == pytest.approx(difference, rel=1e-4, abs=1e-7)


def test_descent_goes_against_the_gradient(told):
    steps = told["steps"]["sgd"]

    number = steps["start"]
    for gradient, after in zip(steps["gradients"], steps["numbers"], strict=True):
        number -= RATE * gradient
        assert after == pytest.approx(number, rel=1e-12)


def test_momentum_adds_up_what_was_before(told):
    steps = told["steps"]["momentum"]

    number, speed = steps["start"], 0.0
    for gradient, after in zip(steps["gradients"], steps["numbers"], strict=True):
        speed = 0.9 * speed + gradient
        number -= RATE * speed
        assert after == pytest.approx(number, rel=1e-12)


def test_adam_is_algorithm_1_of_its_paper(told):
    steps = told["steps"]["adam"]

    number, first, second = steps["start"], 0.0, 0.0
    for step, (gradient, after) in enumerate(zip(steps["gradients"], steps["numbers"], strict=True), 1):
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        number -= RATE * (first / (1 - 0.9**step)) / (math.sqrt(second / (1 - 0.999**step)) + 1e-8)
        assert after == pytest.approx(number, rel=1e-12)


def test_zeros_never_learn(told):
    assert told["zeros"]["loss"] == pytest.approx(math.log(2))
    assert told["zeros"]["isStill"]


def test_a_histogram_counts_everything_once(told):
    assert all(has_all_bins and total == pytest.approx(1, abs=1e-4) for has_all_bins, total in told["histograms"])


def test_what_is_shown_over_the_plane_are_probabilities(told):
    lowest, highest = told["surface"]

    assert 0 < lowest < highest < 1


def test_points_follow_from_the_seed_and_are_of_both_classes_alike(told):
    assert told["points"]["isSame"]
    assert sum(told["points"]["labels"]) == len(told["points"]["labels"]) / 2
    assert told["points"]["largest"] < 1.8
