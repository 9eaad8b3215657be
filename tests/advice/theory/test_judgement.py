"""The bands by which signal and gradient are judged: within 10, 1e3 and 1e10 times what went in."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask

BANDS = [(10.0, "good", "acceptable"), (1e3, "acceptable", "poor"), (1e10, "poor", "reject")]
WIDTH = 512


def judgement(ratio, layers, **members):
    """Return the judgement on weights that multiply the signal by `ratio` from the first of `layers` to the last.

    For rectifiers it is n Var(w) / 2 a layer; the gradient's is the same.
    """
    std = math.sqrt(2.0 * ratio ** (1.0 / (layers - 1)) / WIDTH)
    answer = ask("dense", ("normal", {"std": std}), shape=[WIDTH, WIDTH], activation="relu", **members)
    return answer["verdict"]["judgement"]


@pytest.mark.parametrize("layers", [2, 6])
@pytest.mark.parametrize(("factor", "inside", "outside"), BANDS)
def test_weights_are_judged_by_the_signal_at_the_end(layers, factor, inside, outside):
    assert judgement(0.99 * factor, layers, depth=layers) == inside
    assert judgement(1.01 * factor, layers, depth=layers) == outside
    assert judgement(1.01 / factor, layers, depth=layers) == inside
    assert judgement(0.99 / factor, layers, depth=layers) == outside


@pytest.mark.parametrize(("factor", "inside", "outside"), BANDS)
def test_ten_layers_are_judged_where_the_depth_is_not_given(factor, inside, outside):
    assert judgement(0.99 * factor, 10) == inside
    assert judgement(1.01 * factor, 10) == outside
