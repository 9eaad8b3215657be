from __future__ import annotations

import threading
from collections import defaultdict

import numpy as np
import pytest

from service.linear_algebra.interruption import Interrupted, interruptible
from service.propagation import cost
from service.propagation.draws import KEPT_BYTES, Draw
from service.propagation.measurement import run
from service.propagation.passage import measure
from service.propagation.prediction import predict
from service.propagation.stack import Place
from service.requests.members import Members
from service.requests.propagation_request import parse_propagation
from service.tensors.errors import OverLimit


def experiment(**members):
    return parse_propagation(Members({"candidates": ["he_normal"], "seeds": 2, **members}, in_body=True)).experiment


@pytest.mark.parametrize("threads", [1, 2])
def test_it_ends_when_nobody_waits_for_it(threads):
    unwanted = threading.Event()
    unwanted.set()

    with interruptible(unwanted), pytest.raises(Interrupted):
        run(experiment(width=8, depth=4), threads)


def test_matrices_that_are_not_kept_are_drawn_again(monkeypatch):
    asked = experiment(width=24, depth=6)
    draw = Draw(asked.stack, asked.candidates[0], 3)
    kept = measure(draw, 4)
    monkeypatch.setattr("service.propagation.draws.KEPT_BYTES", 2 * 24 * 24 * 4)
    drawn_again = Draw(asked.stack, asked.candidates[0], 3)
    again = measure(drawn_again, 4)

    assert (kept.gradient == again.gradient).all()
    assert drawn_again.matrix(Place(1)) is drawn_again.matrix(Place(1))
    assert drawn_again.matrix(Place(5)) is not drawn_again.matrix(Place(5))


def test_no_more_is_held_for_a_stack_than_is_told():
    small, large = experiment(width=64, depth=4), experiment(width=4096, depth=20, batch_size=64)
    cost.check(large)

    assert cost.memory(small, 1) < 2**20
    assert KEPT_BYTES < cost.memory(large, 1) < 2**29
    assert cost.memory(large, 2) == 2 * cost.memory(large, 1)


def test_a_draw_that_would_hold_too_much_is_refused():
    with pytest.raises(OverLimit, match="pre-activations of one draw"):
        cost.check(experiment(width=4096, depth=20, batch_size=256))


@pytest.mark.parametrize(
    "members", [{"candidates": ["orthogonal"]}, {"width": 512}, {"depth": 40}, {"seeds": 4}], ids=str
)
def test_what_takes_longer_is_estimated_to(members):
    assert cost.seconds(experiment(**members)) > cost.seconds(experiment())


@pytest.mark.slow
@pytest.mark.parametrize(
    "members",
    [{"activation": "relu"}, {"activation": "tanh"}, {"residual": True}, {"residual": True, "normalization": "layer"}],
    ids=str,
)
def test_intervals_hold_as_many_draws_as_they_promise_at_every_layer(members):
    """Of 95 % that are told, draws of a batch of one; a layer of 64 units is far from infinitely wide."""
    held: dict[str, list[object]] = defaultdict(list)
    for seed in (0, 1000, 2000):
        asked = experiment(width=64, depth=16, batch_size=1, seeds=32, seed=seed, **members)
        (drawn,) = run(asked, 1)
        predicted = predict(asked.stack, asked.candidates[0]).predicted
        for name, measured, intervals in (
            ("signal", drawn.signal, predicted.signal_intervals),
            ("gradient", drawn.gradient, predicted.gradient_intervals),
        ):
            low, high = np.array(intervals).T
            logarithms = np.log(measured.by_seed)
            held[name].append((low - 1e-9 <= logarithms) & (logarithms <= high + 1e-9))

    for each in held.values():
        assert np.concatenate(np.array(each)).mean(axis=0).min() > 0.85
