"""What is said of weights other than the recommended ones, up to the bounds between one judgement and the next."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask

WIDTH = 512
SQUARE = [WIDTH, WIDTH]


def judged(layer, std, **members):
    """Return the judgement on normal weights of a standard deviation."""
    return ask(layer, current=("normal", {"std": std}), **members)["verdict"]["judgement"]


@pytest.mark.parametrize(
    ("factor", "judgement"),
    [
        (9.9, "good"),
        (10.1, "acceptable"),
        (990.0, "acceptable"),
        (1010.0, "poor"),
        (9.9e9, "poor"),
        (1.01e10, "reject"),
    ],
)
@pytest.mark.parametrize("power", [1.0, -1.0])
def test_a_signal_may_grow_or_shrink_tenfold_and_be_good(factor, judgement, power):
    """From the first of two linear layers to the second it is multiplied by fan_in · Var(w)."""
    std = math.sqrt(factor**power / WIDTH)

    assert judged("dense", std, shape=SQUARE, activation="linear", depth=2) == judgement


@pytest.mark.parametrize(("factor", "judgement"), [(9.9, "good"), (10.1, "acceptable")])
def test_without_a_depth_ten_layers_are_judged(factor, judgement):
    """From the first to the last there are nine."""
    std = math.sqrt(factor ** (1.0 / 9.0) / WIDTH)

    assert judged("dense", std, shape=SQUARE, activation="linear") == judgement


@pytest.mark.parametrize(
    ("factor", "judgement"), [(1.99, "good"), (2.01, "acceptable"), (4.99, "acceptable"), (5.01, "poor")]
)
@pytest.mark.parametrize("power", [1.0, -1.0])
def test_where_theory_is_silent_twice_the_recommended_scale_is_good(factor, judgement, power):
    """An embedding is recommended N(0, 0.02²)."""
    assert judged("embedding", 0.02 * factor**power, shape=[1000, 64]) == judgement


@pytest.mark.parametrize(("excess", "judgement"), [(9.9, "acceptable"), (10.1, "reject")])
def test_logits_may_cost_ten_nats_at_first(excess, judgement):
    """ln C + fan_in · Var(w) / 2."""
    members = {"shape": [10, WIDTH], "current": ("normal", {"std": math.sqrt(2.0 * excess / WIDTH)})}
    verdict = ask("head", **members)["verdict"]

    assert verdict["judgement"] == judgement
    assert verdict["statement"].endswith(
        f"the loss starts at {math.log(10.0) + excess:.4g} nats, where {math.log(10.0):.4g} knows nothing"
    )


def test_a_larger_scale_than_that_of_zeros_has_no_ratio():
    verdict = ask("regression_head", shape=[1, WIDTH], current=("normal", {"std": 0.03}))["verdict"]

    assert verdict["judgement"] == "acceptable"
    assert verdict["statement"] == "random where zeros are recommended, with a standard deviation of 0.03"


def test_zeros_for_a_vector_of_numbers_are_poor():
    assert ask("logit_scale", current=("zeros", {}))["verdict"]["judgement"] == "poor"


def test_a_matrix_of_another_kind_is_not_compared():
    verdict = ask("S4", shape=[16, 16], current=("normal", {}))["verdict"]

    assert verdict["judgement"] == "acceptable"
    assert verdict["statement"] == "normal is another kind of tensor than s4 asks for"


def test_the_recommended_scale_by_another_distribution_is_as_recommended():
    answer = ask("embedding", shape=[1000, 64], current=("uniform", {"low": -0.02 * 3**0.5, "high": 0.02 * 3**0.5}))

    assert answer["verdict"]["judgement"] == "good"
    assert answer["verdict"]["statement"] == "as recommended"


@pytest.mark.parametrize(
    ("current", "how"), [("glorot_normal", ", as recommended, gives"), ("orthogonal", " as it is gives")]
)
def test_a_matrix_that_keeps_norms_is_more_than_one_of_the_same_scale(current, how):
    """Linear layers are recommended Glorot's; an orthogonal matrix has the same second moment here."""
    verdict = ask("dense", shape=SQUARE, activation="linear", current=(current, {}))["verdict"]

    assert verdict["statement"].startswith(f"{current}{how} a forward ratio of 1 a layer here")


def test_the_statement_tells_what_becomes_of_signal_and_gradient():
    """Half of He's variance on rectifiers: 1/2 a layer, through nine of ten."""
    std = math.sqrt(1.0 / WIDTH)
    verdict = ask("dense", shape=SQUARE, activation="relu", current=("normal", {"std": std}))["verdict"]

    assert verdict["statement"] == (
        "normal as it is gives a forward ratio of 1/2 a layer here: "
        "0.00195 from the first to the last of 10 layers, and 0.00195 for the gradient"
    )


def test_the_statement_counts_blocks_where_there_are_skips():
    """He's variance on one layer a branch: each block doubles the stream."""
    members = {"residual": True, "normalization": "none", "layers_per_branch": 1, "depth": 3, "activation": "relu"}
    std = math.sqrt(2.0 / WIDTH)
    verdict = ask("dense", shape=SQUARE, current=("normal", {"std": std}), **members)["verdict"]

    assert "a forward ratio of 2 a block here: 8 through 3 blocks, and 8 for the gradient" in verdict["statement"]


def test_after_a_normalisation_the_scale_is_compared_and_the_reason_told():
    verdict = ask("dense", shape=SQUARE, activation="relu", normalization="batch", current=("normal", {"std": 1.0}))

    assert verdict["verdict"]["judgement"] == "poor"
    assert verdict["verdict"]["statement"].startswith("16 times the standard deviation that is recommended; ")


@pytest.mark.parametrize(("value", "opening"), [(0.0, "the signal is zero"), (0.5, "all units compute the same")])
def test_a_constant_for_what_learns_keeps_all_units_the_same(value, opening):
    verdict = ask("dense", activation="relu", current=("constant", {"value": value}))["verdict"]

    assert verdict["judgement"] == "reject"
    assert verdict["statement"].startswith(opening)
    assert verdict["statement"].endswith("Take he_normal")


def test_the_variance_of_a_defaults_biases_is_told():
    """PyTorch's are uniform on ±1 / sqrt(fan_in)."""
    default = ask("Linear", shape=[64, 64], activation="relu", framework="pytorch")["framework_default"]

    assert default["statement"].endswith(
        f"; its biases add a variance of {1 / (3 * 64):.2g} that says nothing of the input"
    )


def test_biases_of_zero_are_no_matter():
    default = ask("Dense", shape=[64, 64], activation="relu", framework="keras")["framework_default"]

    assert "biases" not in default["statement"]


def test_a_default_is_judged_without_its_biases():
    """A third of He's variance, halved by ReLU: 1/6 a layer, and what the biases add is not of the input."""
    default = ask("Linear", shape=SQUARE, activation="relu", framework="pytorch", depth=4)["framework_default"]

    assert default["evidence"]["sigma_b2"] == 0
    assert default["evidence"]["depth"]["forward"] == pytest.approx(6.0**-3, rel=1e-9)
    assert default["judgement"] == "acceptable"


def test_a_default_of_zeros_is_good_where_zeros_do_no_harm():
    """Keras's PReLU starts as ReLU; its authors' slope of 1/4 is recommended."""
    default = ask("PReLU", framework="keras", shape=[64])["framework_default"]

    assert default["judgement"] == "good"
    assert default["statement"].endswith("zeros do no harm here: something else breaks the symmetry")


def test_a_default_that_is_recommended_is_told_so():
    default = ask("LayerNorm", framework="pytorch", shape=[64])["framework_default"]

    assert (default["judgement"], default["statement"]) == ("good", "PyTorch's LayerNorm default: as recommended")
