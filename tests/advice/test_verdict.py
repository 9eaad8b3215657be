"""What is said of weights other than the recommended ones, up to the bounds between one judgement and the next."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask
from tests.advice.first_losses import drawn_softmax

WIDTH = 512
SQUARE = [WIDTH, WIDTH]


def judged(layer, std, **members):
    """Return the judgement on normal weights of a standard deviation."""
    return ask(layer, current=("normal", {"std": std}), **members)["verdict"]["judgement"]


FACTORS = [
    (9.9, "good"),
    (10.1, "acceptable"),
    (990.0, "acceptable"),
    (1010.0, "poor"),
    (9.9e9, "poor"),
    (1.01e10, "reject"),
]


@pytest.mark.parametrize(("factor", "judgement"), FACTORS)
@pytest.mark.parametrize("power", [1.0, -1.0])
def test_a_signal_may_grow_or_shrink_tenfold_and_be_good(factor, judgement, power):
    """From the first of 31 linear layers to the last it is multiplied by (fan_in · Var(w))^30."""
    std = math.sqrt(factor ** (power / 30.0) / WIDTH)

    assert judged("dense", std, shape=SQUARE, activation="linear", depth=31) == judgement


@pytest.mark.parametrize(("factor", "judgement"), FACTORS)
@pytest.mark.parametrize("depth", [1, 2])
def test_a_few_layers_may_shrink_it_as_much(factor, judgement, depth):
    std = math.sqrt(1.0 / factor / WIDTH)

    assert judged("dense", std, shape=SQUARE, activation="linear", depth=depth) == judgement


@pytest.mark.parametrize(
    ("factor", "judgement"),
    [(9.9, "good"), (10.1, "acceptable"), (29.0, "acceptable"), (31.0, "poor"), (99.0, "poor"), (101.0, "reject")],
)
@pytest.mark.parametrize("depth", [1, 2])
def test_no_layer_may_let_it_grow_by_much(factor, judgement, depth):
    """At 100 the outputs have ten times the inputs' standard deviation."""
    std = math.sqrt(factor / WIDTH)

    assert judged("dense", std, shape=SQUARE, activation="linear", depth=depth) == judgement


@pytest.mark.parametrize("depth", [1, 2, 3, 10, None])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "linear"])
def test_a_standard_deviation_of_1_is_rejected_at_any_depth(depth, activation):
    """With 784 inputs the outputs have a standard deviation of up to 28 after one layer."""
    members = {} if depth is None else {"depth": depth}

    assert judged("dense", 1.0, shape=[784, 784], activation=activation, **members) == "reject"


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


@pytest.mark.parametrize(("std", "loss", "judgement"), [(0.344, 12.1, "poor"), (0.352, 12.4, "reject")])
def test_logits_may_cost_ten_nats_at_first(std, loss, judgement):
    """Drawn: the mean of ln sum exp of ten logits of variance fan_in · Var(w); a guess costs ln 10 = 2.30."""
    drawn, error = drawn_softmax(10, std * math.sqrt(WIDTH), 100_000)
    verdict = ask("head", shape=[10, WIDTH], current=("normal", {"std": std}))["verdict"]
    told = re.search(
        r"the loss starts at (\S+) nats, that of a model that knows nothing at 2.303$", verdict["statement"]
    )

    assert drawn == pytest.approx(loss, abs=0.1)
    assert verdict["judgement"] == judgement
    assert float(told[1]) == pytest.approx(drawn, abs=4.0 * error + 0.005)


def test_a_larger_scale_than_that_of_zeros_has_no_ratio():
    verdict = ask("regression_head", shape=[1, WIDTH], current=("normal", {"std": 0.03}))["verdict"]

    assert verdict["judgement"] == "acceptable"
    assert verdict["statement"] == (
        "zeros are recommended here, and a standard deviation of 0.03 adds a mean square of 0.461 to the output, "
        "summed over 512 inputs"
    )


def test_zeros_for_a_vector_of_numbers_are_poor():
    assert ask("logit_scale", current=("zeros", {}))["verdict"]["judgement"] == "poor"


def test_a_matrix_of_another_kind_is_not_compared():
    verdict = ask("S4", shape=[16, 16], current=("normal", {}))["verdict"]

    assert verdict["judgement"] == "acceptable"
    assert verdict["statement"] == "normal makes another kind of tensor than is recommended"


def test_the_recommended_scale_by_another_distribution_is_good():
    answer = ask("embedding", shape=[1000, 64], current=("uniform", {"low": -0.02 * 3**0.5, "high": 0.02 * 3**0.5}))

    assert answer["verdict"]["judgement"] == "good"
    assert answer["verdict"]["statement"] == "at the recommended scale, that of normal"


@pytest.mark.parametrize(
    ("current", "how"),
    [
        ("glorot_normal", ", at the recommended scale, that of glorot_uniform, multiplies"),
        ("orthogonal", " multiplies"),
    ],
)
def test_a_matrix_that_keeps_norms_is_more_than_one_of_the_same_scale(current, how):
    """Linear layers are recommended Glorot's; an orthogonal matrix has the same second moment here."""
    verdict = ask("dense", shape=SQUARE, activation="linear", current=(current, {}))["verdict"]

    assert verdict["statement"].startswith(f"{current}{how} the signal's mean square by 1 in each layer")


def test_the_statement_tells_what_becomes_of_signal_and_gradient():
    """Half of He's variance on rectifiers: 1/2 a layer, through nine of ten."""
    std = math.sqrt(1.0 / WIDTH)
    verdict = ask("dense", shape=SQUARE, activation="relu", current=("normal", {"std": std}))["verdict"]

    assert verdict["statement"] == (
        "normal multiplies the signal's mean square by 1/2 in each layer and by 0.00195 over 10 layers, a "
        "depth that is assumed as none is given, and the gradient's squared norm by 0.00195"
    )


def test_a_depth_that_is_given_is_not_called_assumed():
    members = {"shape": SQUARE, "activation": "relu", "current": ("normal", {"std": 0.1})}

    assert "over 3 layers, and" in ask("dense", depth=3, **members)["verdict"]["statement"]
    assert ask("dense", depth=1, **members)["verdict"]["statement"].endswith("in this layer")


def test_the_statement_counts_blocks_where_there_are_skips():
    """He's variance on one layer a branch: each block doubles the stream."""
    members = {"residual": True, "normalization": "none", "layers_per_branch": 1, "depth": 3, "activation": "relu"}
    std = math.sqrt(2.0 / WIDTH)
    verdict = ask("dense", shape=SQUARE, current=("normal", {"std": std}), **members)["verdict"]

    assert "by 2 in each block and by 8 over 3 blocks, and the gradient's squared norm by 8" in verdict["statement"]


def test_after_a_normalisation_the_scale_is_compared_and_the_reason_told():
    verdict = ask("dense", shape=SQUARE, activation="relu", normalization="batch", current=("normal", {"std": 1.0}))

    assert verdict["verdict"]["judgement"] == "poor"
    assert verdict["verdict"]["statement"].startswith("16 times the recommended standard deviation; ")


@pytest.mark.parametrize(("value", "opening"), [(0.0, "the signal is zero"), (0.5, "all units compute the same")])
def test_a_constant_for_what_learns_keeps_all_units_the_same(value, opening):
    verdict = ask("dense", activation="relu", current=("constant", {"value": value}))["verdict"]

    assert verdict["judgement"] == "reject"
    assert verdict["statement"].startswith(opening)
    assert verdict["statement"].endswith("Take he_normal")


def test_the_variance_of_a_defaults_biases_is_told():
    """PyTorch's are uniform on ±1 / sqrt(fan_in)."""
    default = ask("Linear", shape=[64, 64], activation="relu", framework="pytorch")["framework_default"]

    assert default["statement"].endswith(f"; its biases add a variance of {1 / (3 * 64):.2g}, whatever the input")


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

    assert (default["judgement"], default["statement"]) == (
        "good",
        "PyTorch's LayerNorm default: distributed as recommended",
    )


@pytest.mark.parametrize(
    ("current", "ratio"),
    [
        (("uniform", {"low": 0.0, "high": 0.1}), "1.16e+08"),
        (("normal", {"mean": 0.1, "std": 0.05}), "2.96e+10"),
        (("uniform", {"low": 0.0, "high": 1.0}), "1.16e+16"),
    ],
)
def test_positive_weights_of_rectifiers_are_rejected_with_what_was_measured(current, ratio):
    """Measured on explicit matrices: 1.15e8, 3.0e10, 1.2e16."""
    verdict = ask("Linear", shape=[256, 256], activation="relu", depth=5, current=current)["verdict"]

    assert verdict["judgement"] == "reject"
    assert f" and by {ratio} over 5 layers" in verdict["statement"]
    assert "in the end 99.9 % of the signal is the same in all units" in verdict["statement"]


def test_a_mean_is_no_recommended_scale():
    """U(0, √3 · He's) has He's second moment, and half of it is of the mean."""
    high = math.sqrt(3.0 * 2.0 / WIDTH)
    current = ("uniform", {"low": 0.0, "high": high})
    verdict = ask("dense", shape=SQUARE, activation="relu", current=current)["verdict"]

    assert verdict["judgement"] == "reject"
    assert "as recommended" not in verdict["statement"]


@pytest.mark.parametrize(
    ("normalization", "judgement"), [("batch", "poor"), ("rms", "poor"), ("instance", "poor"), ("layer", "good")]
)
def test_only_a_layer_normalisation_takes_away_what_all_units_share(normalization, judgement):
    """It subtracts the mean over the units."""
    current = ("uniform", {"low": 0.0, "high": math.sqrt(3.0 * 2.0 / WIDTH)})
    answer = ask("dense", shape=SQUARE, activation="relu", normalization=normalization, current=current)

    assert answer["verdict"]["judgement"] == judgement


@pytest.mark.parametrize(
    ("layer", "shape", "current", "judgement"),
    [
        ("head", [10, 512], ("constant", {"value": 1e6}), "poor"),
        ("head", [10, 512], ("constant", {"value": 1e-4}), "good"),
        # All logits are alike, and a softmax is as before: only where float32 has no digits left for them it matters.
        ("head", [10, 512], ("constant", {"value": 0.5}), "acceptable"),
        ("head", [10, 512], ("zeros", {}), "good"),
        ("regression_head", [1, 512], ("constant", {"value": 1.0}), "poor"),
        ("regression_head", [1, 512], ("normal", {"std": 1000.0}), "poor"),
        ("regression_head", [1, 512], ("normal", {"std": 0.01}), "good"),
        ("modulation", [512, 512], ("normal", {"std": 1000.0}), "poor"),
        ("modulation", [512, 512], ("normal", {"std": 0.04}), "acceptable"),
        ("modulation", [512, 512], ("normal", {"std": 0.01}), "good"),
        ("LayerNorm", [64], ("constant", {"value": -100000.0}), "poor"),
        ("LayerNorm", [64], ("constant", {"value": -1.0}), "acceptable"),
        ("LayerNorm", [64], ("constant", {"value": 1.5}), "good"),
        ("LayerNorm", [64], ("ones", {}), "good"),
        ("LayerNorm", [64], ("normal", {"std": 1.0}), "poor"),
        ("LayerNorm", [64], ("normal", {"mean": 1.0, "std": 0.02}), "good"),
        ("BatchNorm2d", [64], ("normal", {"mean": 1.0, "std": 0.5}), "acceptable"),
    ],
)
def test_where_a_constant_is_right_another_is_judged_by_what_it_does(layer, shape, current, judgement):
    """Random weights add fan_in · std² to the output, a number at each output std²; below 0.1 that is good, up to 2
    acceptable where inputs are summed, up to 1 elsewhere."""
    members = {"role": layer} if layer == "head" else {}
    verdict = ask("Linear" if members else layer, shape=shape, current=current, **members)["verdict"]

    assert verdict["judgement"] == judgement, verdict["statement"]


@pytest.mark.parametrize(
    ("shape", "stated"), [([64, 3, 7, 7], "0.0469"), ([256, 64, 1, 1], "1/4"), ([64, 256, 1, 1], "4")]
)
def test_a_residual_networks_convolutions_keep_the_scale_over_depth(shape, stated):
    """torchvision takes He's scheme by fan_out: fan_in / fan_out in one layer, 1 through it and its transpose."""
    verdict = ask("Conv2d", shape=shape, activation="relu", current=("he_normal", {"mode": "fan_out"}))["verdict"]

    assert verdict["judgement"] == "good"
    assert (
        f"by {stated} in this layer and by 1 over 10 layers back and forth between its widths" in verdict["statement"]
    )


@pytest.mark.slow
def test_a_rectangular_layers_depth_is_that_of_an_alternating_stack():
    """Glorot's scheme between 256 and 1024 units, tanh: the geometric mean of what both orders make of a signal."""
    rng, measured = np.random.default_rng(5), []
    for shape in ((1024, 256), (256, 1024)):
        for _ in range(4):
            z, (out, in_) = rng.normal(size=shape[1]), shape
            z /= np.sqrt(np.mean(z * z))
            for _ in range(9):
                z = rng.normal(0.0, math.sqrt(2.0 / (out + in_)), (out, in_)) @ np.tanh(z)
                out, in_ = in_, out
            measured.append(np.mean(z * z))
    found = [
        ask("dense", shape=shape, activation="tanh", depth=10, current=("glorot_normal", {}))["verdict"]["evidence"]
        for shape in ([1024, 256], [256, 1024])
    ]

    assert found[0]["depth"] == found[1]["depth"]
    assert found[0]["forward_ratio"] == pytest.approx(found[1]["forward_ratio"] / 4.0)
    assert found[0]["depth"]["forward"] == pytest.approx(np.exp(np.mean(np.log(measured))), rel=0.2)


@pytest.mark.parametrize(("fan_out", "classes"), [(10, 10), (2, 2)])
def test_what_all_logits_of_a_softmax_share_costs_no_nats(fan_out, classes):
    answer = ask("Linear", role="head", shape=[fan_out, 64], current=("constant", {"value": 3.0}))

    assert answer["verdict"]["evidence"]["initial_loss"] == pytest.approx(math.log(classes))


@pytest.mark.parametrize("mean", [1e200, -1e200, 1e-200])
@pytest.mark.parametrize("members", [{}, {"normalization": "batch"}, {"residual": True, "depth": 100}])
@pytest.mark.parametrize("activation", ["relu", "tanh", "exp", "maxout", "swiglu"])
def test_any_mean_has_a_verdict(mean, members, activation):
    current = ("normal", {"mean": mean, "std": 0.05})

    assert ask("dense", shape=SQUARE, activation=activation, current=current, **members)["verdict"]["statement"]


@pytest.mark.parametrize("activation", ["maxout", "swiglu", "rrelu"])
def test_a_mean_before_an_activation_that_is_not_followed_is_rejected_too(activation):
    verdict = ask("dense", shape=SQUARE, activation=activation, current=("uniform", {"low": 0.0, "high": 0.1}))

    assert verdict["verdict"]["judgement"] == "reject"


def test_zeros_that_are_a_choice_are_not_rejected():
    """An adapter's A may be zeros where its B is random."""
    answer = ask("LoRA", shape=[8, 64], current=("zeros", {}))

    assert "zeros" in [choice["weights"]["initializer"] for choice in answer["alternatives"]]
    assert answer["verdict"]["judgement"] == "acceptable"
    assert answer["verdict"]["statement"].startswith("right where ")


@pytest.mark.parametrize("role", ["lm_head", "projection_head"])
def test_a_bias_that_is_asked_for_is_zeros_where_none_is_usual(role):
    assert ask("Linear", role=role)["recommendation"]["bias"] is None
    assert ask("Linear", role=role, bias=True)["recommendation"]["bias"]["initializer"] == "zeros"


@pytest.mark.parametrize("layer", ["Embedding", "LoRA", "PReLU", "Mamba"])
def test_a_bias_is_refused_where_a_layer_has_none(layer):
    with pytest.raises(InvalidParameter, match="has no use in") as refused:
        ask(layer, bias=True)

    assert refused.value.parameter == "bias"


BARE_BRANCH = {"role": "residual_last", "shape": SQUARE, "normalization": "none"}


@pytest.mark.parametrize(
    ("current", "depth", "members", "factor", "judgement"),
    [
        # One layer of He's behind a ReLU adds as much as there is.
        (("he_normal", {}), 100, {}, 2.0, "reject"),
        (("he_normal", {}), 9, {}, 2.0, "acceptable"),
        (("he_normal", {}), 100, {"normalization": "weight"}, 2.0, "reject"),
        (("he_normal", {}), 100, {"layers_per_branch": 5}, 2.0, "reject"),
        (("he_normal", {}), 100, {"activation": "linear"}, 3.0, "reject"),
        (("glorot_uniform", {}), 100, {"activation": "relu"}, 1.5, "reject"),
        (("he_normal", {"mode": "fan_out"}), 16, {"shape": [256, 64]}, 1.25, "acceptable"),
        (("normal", {"std": 1e-3}), 100, {}, 1.0 + 0.5 * WIDTH * 1e-6, "good"),
        (("constant", {"value": 0.01}), 100, {}, None, "reject"),
        (("zeros", {}), 100, {}, None, "good"),
    ],
)
def test_the_end_of_a_branch_that_nothing_normalises_is_judged_by_the_sum_over_the_blocks(
    current, depth, members, factor, judgement
):
    verdict = ask("Linear", current=current, depth=depth, **{**BARE_BRANCH, **members})["verdict"]

    assert verdict["judgement"] == judgement, verdict["statement"]
    if factor is not None:
        assert f"in each block and by {factor**depth:.3g} over {depth} blocks" in verdict["statement"]
        assert verdict["evidence"]["depth"]["forward"] == pytest.approx(factor**depth, rel=1e-6)


def test_what_is_before_the_end_of_a_branch_follows_from_the_kind_of_network():
    """A transformer's GELU: E[f(z)²] = 0.4252."""
    members = {**BARE_BRANCH, "architecture": "transformer", "depth": 1}
    evidence = ask("Linear", current=("lecun_normal", {}), **members)["verdict"]["evidence"]

    assert evidence["forward_ratio"] == pytest.approx(1.4252, abs=1e-4)
    assert evidence["validity"]["level"] == "low"


@pytest.mark.parametrize("members", [{"normalization": "batch"}, {"normalization": "layer", "norm_position": "pre"}])
def test_the_end_of_a_branch_that_starts_normalised_may_add_to_the_signal(members):
    """The sum then grows with the number of blocks, and not with its power."""
    answer = ask("Linear", current=("he_normal", {}), depth=100, **{**BARE_BRANCH, **members})

    assert answer["verdict"]["judgement"] in {"good", "acceptable"}


@pytest.mark.slow
def test_explicit_residual_blocks_double_the_signal_as_told():
    """x + W relu(V relu(x)) with He's matrices, ten blocks: 2^10, by drawing."""
    rng, grown = np.random.default_rng(3), []
    for _ in range(40):
        x = rng.normal(size=256)
        start = np.mean(x * x)
        for _ in range(10):
            inner = rng.normal(0.0, math.sqrt(2.0 / 256), (256, 256)) @ np.maximum(x, 0.0)
            x = x + rng.normal(0.0, math.sqrt(2.0 / 256), (256, 256)) @ np.maximum(inner, 0.0)
        grown.append(np.mean(x * x) / start)
    members = {**BARE_BRANCH, "shape": [256, 256], "depth": 10}
    told = ask("Linear", current=("he_normal", {}), **members)["verdict"]["evidence"]["depth"]["forward"]

    assert told == pytest.approx(np.mean(grown), rel=0.25)


@pytest.mark.parametrize(
    ("layer", "members", "current", "judgement", "told"),
    [
        # An identity has no law, and a second moment: a unit of 512 gets one input as it is.
        ("Linear", {"role": "modulation"}, ("identity", {}), "acceptable", "identity adds a mean square of 1 to"),
        ("Linear", {"role": "modulation"}, ("orthogonal", {}), "acceptable", "adds a mean square of 1 to"),
        ("LayerNorm", {}, ("normal", {"std": 1e-4}), "reject", "lets nothing of the input through"),
        ("LayerNorm", {}, ("constant", {"value": 1e-3}), "reject", "lets nothing of the input through"),
        ("LayerNorm", {}, ("normal", {"std": 0.3}), "poor", "differs from it by a mean square of 1.09"),
        ("LayerNorm", {}, ("normal", {"mean": 1.0, "std": 0.1}), "good", "0.1 around 1 differs from it"),
        ("PReLU", {}, ("ones", {}), "poor", "no nonlinearity"),
        ("PReLU", {}, ("constant", {"value": 0.01}), "poor", "where 0.25 is recommended"),
        ("Linear", {"role": "policy_head"}, ("ones", {}), "poor", "targets of its own"),
        ("Linear", {"role": "attention_output"}, ("constant", {"value": 0.1}), "reject", "in effect one unit"),
        (
            "ConvTranspose2d", {"role": "residual_last", "normalization": "none", "depth": 50}, ("he_normal", {}),
            "reject", "1.13e+15 over 50 blocks",
        ),
    ],
)  # fmt: skip
def test_what_a_sceptic_asked(layer, members, current, judgement, told):
    verdict = ask(layer, current=current, **members)["verdict"]

    assert verdict["judgement"] == judgement, verdict["statement"]
    assert told in verdict["statement"]


def test_a_depthwise_convolution_by_name_has_a_group_for_each_channel():
    """An input feeds the 9 units of its own channel."""
    members = {"shape": [32, 1, 3, 3], "activation": "relu"}
    answer = ask("DepthwiseConv2d", current=("he_normal", {"mode": "fan_out"}), **members)

    assert (answer["layer"]["fan_in"], answer["layer"]["fan_out"]) == (9, 9)
    assert answer["assumed"]["groups"] == 32
    assert answer["verdict"]["weights"]["std"] == pytest.approx(math.sqrt(2.0 / 9.0))
    assert "groups" not in ask("DepthwiseConv2d", groups=32, **members)["assumed"]


@pytest.mark.parametrize("std", [1e-6, 1e-4, 0.002, 0.009])
@pytest.mark.parametrize(
    ("layer", "members"),
    [
        ("positional_embedding", {}),
        ("Linear", {"role": "lm_head"}),
        ("Linear", {"role": "policy_head", "shape": [1, 4]}),
        ("Linear", {"role": "value_head"}),
        ("Linear", {"role": "mlp_down", "architecture": "gpt", "shape": [768, 3072]}),
        ("Linear", {"role": "variational_head"}),
    ],
)
def test_what_is_between_the_recommended_scale_and_harmless_zeros_is_harmless(std, layer, members):
    zeros = ask(layer, current=("zeros", {}), **members)["verdict"]
    verdict = ask(layer, current=("normal", {"std": std}), **members)["verdict"]

    assert (zeros["judgement"], verdict["judgement"]) == ("good", "good"), verdict["statement"]


@pytest.mark.parametrize(
    ("std", "depth", "judgement", "told"),
    [
        # LLaMA's and BERT's 0.02 without a factor for the depth.
        (0.02, 32, "acceptable", "32 blocks multiply the signal's mean square by 14.1 at most"),
        (0.02, 100, "acceptable", "100 blocks multiply the signal's mean square by 42 at most"),
        (1.0, 100, "poor", "times the recommended standard deviation"),
    ],
)
def test_the_end_of_a_normalised_branch_may_add_to_the_stream_as_trained_models_do(std, depth, judgement, told):
    """1 + 2 · depth · fan_in · std²: two branches a block, each with inputs of mean square 1."""
    members = {"role": "attention_output", "architecture": "gpt", "depth": depth, "shape": [512, 512]}
    verdict = ask("Linear", current=("normal", {"std": std}), **members)["verdict"]

    assert verdict["judgement"] == judgement, verdict["statement"]
    assert told in verdict["statement"]
