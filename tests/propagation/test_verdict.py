from __future__ import annotations

import numpy as np
import pytest

from service.activations.names import find_activation
from service.propagation.measurement import Drawn, Measured
from service.propagation.stack import Stack
from service.propagation.verdict import ranks, verdict


def _verdict(signal, gradient, is_residual=False):
    stack = Stack((8,) * len(signal), find_activation("relu").function, is_residual=is_residual)
    return verdict(stack, Drawn(Measured(np.array([signal])), Measured(np.array([gradient]))))


ONES = [1.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("signal", "gradient", "word", "layers"),
    [
        (ONES, ONES, "stable", (None, None)),
        ([1.0, 9.0, 0.11, 1.0], ONES, "stable", (None, None)),
        ([1.0, 0.5, 0.09, 0.01], ONES, "vanishes", (3, None)),
        ([1.0, 2.0, 11.0, 30.0], ONES, "explodes", (3, None)),
        (ONES, [0.001, 0.05, 0.5, 1.0], "vanishes", (None, 2)),
        (ONES, [500.0, 50.0, 5.0, 1.0], "explodes", (None, 2)),
        ([1.0, 2.0, 11.0, 30.0], [1e-6, 1e-4, 1e-2, 1.0], "vanishes", (3, 3)),
        ([1.0, 0.0, 0.0, 0.0], ONES, "vanishes", (2, None)),
    ],
)
def test_a_mean_square_vanishes_or_explodes_where_it_has_changed_tenfold(signal, gradient, word, layers):
    found = _verdict(signal, gradient)

    assert found.worse.word == word
    assert (found.signal.layer, found.gradient.layer) == layers


def test_blocks_are_counted_from_the_stream_before_the_first():
    assert _verdict([1.0, 2.0, 11.0, 30.0], ONES, is_residual=True).signal.layer == 2


@pytest.mark.parametrize(
    ("last", "judgement"), [(0.2, "good"), (0.01, "acceptable"), (1e-6, "poor"), (1e-20, "reject"), (1e20, "reject")]
)
def test_judgements_are_those_of_advise(last, judgement):
    assert _verdict([1.0, last ** (1 / 3), last ** (2 / 3), last], ONES).worse.judgement == judgement


def test_the_best_changes_least_and_draws_that_overlap_share_a_rank():
    stack = Stack((8, 8), find_activation("relu").function)

    def drawn(*factors):
        courses = np.array([[1.0, factor] for factor in factors])
        return verdict(stack, Drawn(Measured(courses), Measured(np.ones_like(courses))))

    verdicts = [drawn(4.0, 5.0), drawn(1.1, 1.6), drawn(1.5, 2.0), drawn(0.01, 0.02)]

    assert ranks(verdicts) == [3, 1, 1, 4]
