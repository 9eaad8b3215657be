"""The cross-entropy with which a classifier starts, against draws of its logits."""

from __future__ import annotations

import math

import pytest

from service.advice.theory.initial_loss import mean_log_sum_exp, mean_softplus
from tests.advice import first_losses
from tests.advice.asking import ask

FEATURES = 512


def loss_of(std, **members):
    answer = ask("Linear", current=("normal", {"std": std}), **members)
    return answer["verdict"]["evidence"]["initial_loss"]


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 3, 10, 100, 1000])
@pytest.mark.parametrize("std", [0.001, 0.02, 0.0625, 0.3, 1.0, 30.0])
def test_the_loss_of_a_softmax_is_that_of_draws(classes, std):
    mean, error = first_losses.drawn_softmax(classes, std * math.sqrt(FEATURES), 20_000)

    assert loss_of(std, role="head", shape=[classes, FEATURES]) == pytest.approx(mean, abs=4.5 * error)


@pytest.mark.parametrize("std", [0.001, 0.02, 0.0625, 0.3, 1.0, 30.0])
@pytest.mark.parametrize("prior", [None, 0.5, 0.01, 1e-6])
@pytest.mark.parametrize("role", ["binary_head", "detector_head"])
def test_the_loss_of_a_sigmoid_is_that_of_draws(std, prior, role):
    """A detector's share of positives is 0.01 where it is not said, and its bias the log-odds of that."""
    share = prior or (0.01 if role == "detector_head" else 0.5)
    offset = math.log(share / (1.0 - share))
    mean, error = first_losses.drawn_sigmoid(offset, std * math.sqrt(FEATURES), share, 200_000)
    members = {} if prior is None else {"prior": prior}

    assert loss_of(std, role=role, shape=[1, FEATURES], **members) == pytest.approx(mean, abs=4.5 * error, rel=1e-9)


def test_the_case_of_ten_classes_is_far_below_the_bound():
    """ln 10 + 512 · 0.3² / 2 = 25.3; drawn: 10.6."""
    assert loss_of(0.3, role="head", shape=[10, FEATURES]) == pytest.approx(10.645, abs=0.001)


@pytest.mark.parametrize("variance", [1e-8, 0.04, 0.5, 1.0, 1.0001, 2.0])
@pytest.mark.parametrize("classes", [2, 5, 96, 50_000, 10**9])
def test_small_variances_are_right_to_many_digits(classes, variance):
    assert mean_log_sum_exp(classes, variance) == pytest.approx(first_losses.softmax(classes, variance), rel=1e-8)


@pytest.mark.parametrize("variance", [0.0, 0.3, 1.0, 1.1, 50.0, 8.9e4, 9.1e4, 1e10])
def test_two_classes_are_one_probability(variance):
    """The difference of two logits is one logit of twice the variance."""
    assert mean_log_sum_exp(2, variance) == pytest.approx(mean_softplus(0.0, 2.0 * variance), rel=1e-7)


@pytest.mark.parametrize("classes", [2, 1000, 2**31])
@pytest.mark.parametrize("variance", [1e-300, 1e-12, 1e100, 1e300])
def test_every_variance_has_a_loss_within_the_bounds(classes, variance):
    loss, least = mean_log_sum_exp(classes, variance), math.log(classes)

    assert least * (1.0 - 1e-9) <= loss
    assert loss <= least * (1.0 + 1e-9) + min(0.5 * variance, math.sqrt(2.0 * least * variance)) * 1.0001


def test_the_loss_rises_with_the_variance():
    losses = [mean_log_sum_exp(10, 10.0**power) for power in range(-6, 12)]

    assert losses == sorted(losses)


@pytest.mark.parametrize(("mean", "share"), [(1.0, 0.5), (-0.01, 0.5), (0.02, 0.01)])
def test_a_mean_of_the_weights_shifts_a_probability(mean, share):
    """By as much as inputs of 1 sum to."""
    prior = {} if share == 0.5 else {"prior": share}
    current = ("normal", {"mean": mean, "std": 0.02})
    answer = ask("Linear", role="binary_head", shape=[1, FEATURES], current=current, **prior)
    expected = first_losses.sigmoid(math.log(share / (1 - share)) + FEATURES * mean, FEATURES * 0.0004, share)

    assert answer["verdict"]["evidence"]["initial_loss"] == pytest.approx(expected, rel=1e-8)


def test_a_share_that_is_said_makes_its_entropy_the_least():
    answer = ask("Linear", role="binary_head", shape=[1, FEATURES], prior=0.01, current=("normal", {"std": 0.3}))
    told = next(each["expect"] for each in answer["experiments"] if each["name"] == "loss at initialisation")

    assert answer["evidence"]["initial_loss"] == pytest.approx(0.0560015, abs=1e-7)
    assert answer["verdict"]["statement"].endswith("that of one that knows only the share 0.01 at 0.056")
    assert told == "0.0560015 nats, against the entropy 0.0560015 for one that knows only the share 0.01"
