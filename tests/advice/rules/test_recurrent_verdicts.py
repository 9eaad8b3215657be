"""What is said of recurrent matrices: no numbers of stacks of layers, which steps in time are not."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask


@pytest.mark.parametrize("framework", ["keras", "flax", "pytorch", "mlx"])
@pytest.mark.parametrize("layer", ["LSTM", "GRU"])
def test_the_default_of_a_cell_is_compared_with_the_recommendation(layer, framework):
    """Measured by others in LSTMs of 256 units: the gradient ten steps back is 2300 times what stacks would leave."""
    default = ask(layer, units=256, inputs=256, framework=framework, depth=10)["framework_default"]

    assert default["judgement"] == "good", default["statement"]
    assert "layers" not in default["statement"]
    assert default["evidence"]["depth"] is None
    assert default["evidence"]["validity"]["level"] == "none"


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_recurrence_has_no_forward_ratio(layer, activation):
    members = {"activation": activation} if layer == "RNN" else {}
    answer = ask(layer, units=64, depth=4, **members)

    for evidence in [answer["evidence"], *(each["evidence"] for each in answer["alternatives"])]:
        assert evidence["forward_ratio"] is None
        assert evidence["validity"]["reasons"] == [
            "the same weights act at every time step, which the theory of stacked layers does not cover"
        ]


def test_another_matrix_of_the_recommended_scale_is_not_called_recommended():
    verdict = ask("LSTM", units=64, current=("identity", {}))["verdict"]

    assert verdict["judgement"] == "good"
    assert verdict["statement"] == "at the recommended scale, that of orthogonal"


@pytest.mark.parametrize(("std", "judgement"), [(0.125, "good"), (0.5, "acceptable"), (1.0, "poor"), (0.01, "poor")])
def test_a_random_recurrent_matrix_is_compared_by_its_scale(std, judgement):
    """Orthogonal matrices of 64 units have elements of standard deviation 1/8."""
    assert (
        ask("RNN", units=64, activation="tanh", current=("normal", {"std": std}))["verdict"]["judgement"] == judgement
    )
