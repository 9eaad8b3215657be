"""The numbers that rules work out from a layer, by their formulas, and what rules say of theory, zeros and biases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from service.activations.names import find_activation
from service.advice.rules.table import RULES
from tests.advice.asking import ask

SQUARE = [512, 512]

STD_OF_TRUNCATED = stats.truncnorm(-2, 2).std()


def advised(layer, rule, **members):
    """Return the recommended weights and bias, and the weights of the alternatives; `rule` is the one that answers."""
    answer = ask(layer, **members)
    recommendation = answer["recommendation"]
    assert recommendation["rule"] == rule
    alternatives = [alternative["weights"] for alternative in answer["alternatives"]]
    return recommendation["weights"], recommendation["bias"], alternatives


STANDARD_DEVIATIONS = [
    # CLIP (Radford et al., arXiv:2103.00020): d^(-1/2) (2 L)^(-1/2), d^(-1/2), (2 d)^(-1/2); 12 layers in the paper.
    ("clip_attention_output", {"architecture": "clip", "role": "mlp_down", "depth": 8}, 1 / math.sqrt(512 * 16)),
    ("clip_attention_output", {"architecture": "clip", "role": "mlp_down"}, 1 / math.sqrt(512 * 24)),
    ("clip", {"architecture": "clip", "role": "query"}, 1 / math.sqrt(512)),
    ("clip", {"architecture": "clip", "role": "mlp_up"}, 1 / math.sqrt(2 * 512)),
    # GPT-2 (Radford et al. 2019): 0.02 / sqrt(2 L).
    ("transformer_residual_output", {"architecture": "gpt", "role": "mlp_down", "depth": 8}, 0.02 / 4),
    ("transformer_residual_output_of_unknown_depth", {"architecture": "gpt", "role": "mlp_down"}, 0.02),
    # E[(linear · gate)²] is 1 for a bilinear gate; ReGLU halves it (Shazeer, arXiv:2002.05202).
    ("gated_down_projection", {"role": "mlp_down", "activation": "reglu"}, math.sqrt(2 / 512)),
    ("gated_down_projection", {"role": "mlp_down", "activation": "reglu", "depth": 8}, math.sqrt(2 / 512) / 4),
    # Switch Transformer (Fedus et al., arXiv:2101.03961): a tenth of the usual variance.
    ("router", {"role": "router"}, math.sqrt(0.1 / 512) * STD_OF_TRUNCATED),
    # Hyperfan (Chang et al. 2020), both fan-ins taken for the same.
    ("hypernetwork_output", {"role": "hypernetwork_output"}, 1 / 512),
    # DDPG (Lillicrap et al., arXiv:1509.02971): uniform on ±1 / sqrt(fan_in).
    ("ddpg", {"architecture": "ddpg"}, 1 / math.sqrt(3 * 512)),
    # Fixup (Zhang et al., arXiv:1901.09321): L^(-1/(2 m - 2)) sqrt(2 / fan_in), branches of at least two layers.
    ("fixup", {"residual": True, "depth": 16, "activation": "relu"}, 16 ** (-1 / 2) * math.sqrt(2 / 512)),
    ("fixup", {"residual": True, "depth": 16, "activation": "relu", "layers_per_branch": 3},
     16 ** (-1 / 4) * math.sqrt(2 / 512)),
    ("fixup", {"residual": True, "depth": 16, "activation": "relu", "layers_per_branch": 1},
     16 ** (-1 / 2) * math.sqrt(2 / 512)),
    # SIREN (Sitzmann et al., arXiv:2006.09661): uniform on ±sqrt(6 / fan_in) / ω, ω = 30 unless given.
    ("siren", {"activation": "siren"}, math.sqrt(2 / 512) / 30),
    ("siren", {"activation": "siren", "omega": 10.0}, math.sqrt(2 / 512) / 10),
    ("siren_last", {"architecture": "siren", "role": "head", "omega": 10.0}, math.sqrt(2 / 512) / 10),
    # Inverted dropout scales the second moment up by 1 / keep (Pretorius et al., arXiv:1811.00293).
    ("rectifier", {"activation": "relu", "dropout": 0.5}, math.sqrt(2 / 512) * math.sqrt(0.5)),
    ("positional_embedding", {"layer": "PositionEmbedding", "architecture": "clip"}, 0.01),
    ("positional_embedding", {"layer": "PositionEmbedding", "architecture": "gpt"}, 0.02),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "members", "std"), STANDARD_DEVIATIONS)
def test_a_standard_deviation_is_that_of_the_literature(rule, members, std):
    members = {"layer": "dense", "shape": SQUARE, **members}
    weights, *_ = advised(members.pop("layer"), rule, **members)

    assert weights["std"] == pytest.approx(std, rel=1e-9)


ALTERNATIVES = [
    ("transformer", {"architecture": "gpt", "role": "mlp_up"}, 0, 1 / math.sqrt(512)),
    # SmallInit (Nguyen and Salazar, arXiv:1910.05895): sqrt(2 / (5 d)).
    ("transformer", {"architecture": "gpt", "role": "mlp_up"}, 1, math.sqrt(2 / (5 * 512))),
    ("transformer_attention_matrix", {"architecture": "transformer", "role": "query"}, 2, math.sqrt(2 / (5 * 512))),
    # GPT-NeoX (Black et al. 2022): 2 / (L sqrt(d)).
    ("transformer_residual_output", {"architecture": "gpt", "role": "mlp_down", "depth": 8}, 1,
     2 / (8 * math.sqrt(512))),
    # Kumar (arXiv:1704.08863): 1 / sqrt(n f'(0)² (1 + f(0)²)) = 16 / sqrt(20 n) with f(0) = 1/2, f'(0) = 1/4.
    ("sigmoid", {"activation": "sigmoid"}, 0, 1 / math.sqrt(512 * (1 / 4) ** 2 * (1 + (1 / 2) ** 2))),
    ("embedding", {"layer": "Embedding"}, 0, 1 / math.sqrt(512)),
    ("siren_first", {"activation": "siren", "role": "first"}, 0, math.sqrt(2 / 512) / 30),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "members", "place", "std"), ALTERNATIVES)
def test_so_is_that_of_an_alternative(rule, members, place, std):
    members = {"layer": "dense", "shape": SQUARE, **members}
    *_, alternatives = advised(members.pop("layer"), rule, **members)

    assert alternatives[place]["std"] == pytest.approx(std, rel=1e-8)


@pytest.mark.parametrize(
    ("depth", "scale"), [(None, 0.1), (1, 0.1), (18, 0.1), (19, 1e-5), (24, 1e-5), (25, 1e-6), (100, 1e-6)]
)
def test_layer_scale_falls_with_the_depth(depth, scale):
    """Touvron et al., arXiv:2103.17239: 0.1 up to 18 layers, 1e-5 up to 24, 1e-6 beyond."""
    weights, _, alternatives = advised("LayerScale", "layer_scale", depth=depth)

    assert weights["parameters"] == {"value": scale}
    assert alternatives[1]["parameters"]["value"] == pytest.approx(1 / math.sqrt(depth or 12))


@pytest.mark.parametrize(
    ("layer", "activation", "rule"),
    [
        ("dense", "tanh", "very_deep"),
        ("conv", "tanh", "very_deep_convolution"),
        ("dense", "relu", "very_deep_rectifier"),
    ],
)
def test_networks_are_very_deep_from_30_layers(layer, activation, rule):
    assert ask(layer, activation=activation, depth=30)["recommendation"]["rule"] == rule
    assert not ask(layer, activation=activation, depth=29)["recommendation"]["rule"].startswith("very_deep")
    assert not ask(layer, activation=activation, depth=30, residual=True)["recommendation"]["rule"].startswith("very")


@pytest.mark.parametrize("activation", ["gelu", "silu", "mish", "hard_swish"])
def test_critical_weights_and_biases_keep_signal_and_gradient(activation):
    """chi_perp = chi_parallel = 1 at the fixed point (Roberts, Yaida, Hanin, arXiv:2106.10165, chapter 5)."""
    critical = ask("dense", activation=activation, shape=SQUARE)["alternatives"][1]["evidence"]
    weight, bias = critical["sigma_w2"], critical["sigma_b2"]
    q = np.geomspace(0.05, 20.0, 2001)
    moments = find_activation(activation).moments.at(q)
    excess = weight * moments.second + bias - q
    place = int(np.argmin(np.abs(excess)))

    assert abs(excess[place]) < 1e-6
    assert weight * moments.slope_second[place] == pytest.approx(1.0, abs=2e-3)
    assert np.gradient(weight * moments.second, q)[place] == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize(
    ("members", "prior"),
    [
        ({"role": "detector_head"}, 0.01),
        ({"role": "detector_head", "prior": 0.2}, 0.2),
        ({"role": "binary_head", "prior": 0.2}, 0.2),
        ({"architecture": "linear_model"}, 0.5),
        ({"architecture": "linear_model", "prior": 0.2}, 0.2),
    ],
)
def test_the_bias_of_a_classifier_is_the_log_odds(members, prior):
    """Lin et al., arXiv:1708.02002: π = 0.01 for detectors; -ln((1 - π) / π)."""
    bias = ask("conv", shape=[80, 256, 3, 3], **members)["recommendation"]["bias"]

    assert bias["initializer"] == "prior_bias"
    assert bias["parameters"].get("prior", 0.01) == prior


@pytest.mark.parametrize(("stride", "factor"), [(1, 2), (2, 2), (3, 3)])
def test_subpixel_kernels_are_copied_by_the_stride(stride, factor):
    weights, *_ = advised("PixelShuffle", "subpixel", stride=stride, shape=[36, 8, 3, 3])

    assert weights["parameters"].get("factor", 2) == factor


@pytest.mark.parametrize("optimizer", ["sgd", "adam", None])
def test_mup_is_for_an_optimizer_and_a_base_width(optimizer):
    members = {"parametrization": "mup", "optimizer": optimizer, "base_width": 128, "shape": SQUARE}
    hidden, *_ = advised("dense", "mup_hidden", **members)
    first, *_ = advised("dense", "mup_input", role="first", **members)
    _, _, output = advised("head", "mup_output", **members)

    assert ("optimizer" in hidden["parameters"]) == (optimizer == "sgd")
    assert (hidden["parameters"]["base_fan_in"], hidden["parameters"]["base_fan_out"]) == (128, 128)
    assert first["parameters"]["base_fan_out"] == output[0]["parameters"]["base_fan_in"] == 128
    assert (first["parameters"]["role"], output[0]["parameters"]["role"]) == ("input", "output")


@pytest.mark.parametrize(
    ("members", "parameters"),
    [
        ({"architecture": "gpt", "depth": 6}, {"decoder_layers": 6}),
        ({"architecture": "bert", "depth": 6}, {"encoder_layers": 6}),
        ({"architecture": "transformer", "encoder_layers": 3}, {"encoder_layers": 3}),
        ({"architecture": "transformer", "encoder_layers": 3, "decoder_layers": 4},
         {"encoder_layers": 3, "decoder_layers": 4, "stack": "decoder"}),
        ({"architecture": "transformer", "encoder_layers": 3, "decoder_layers": 4, "stack": "encoder"},
         {"encoder_layers": 3, "decoder_layers": 4, "stack": "encoder"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("rule", "surroundings"), [("deepnorm", {"norm_position": "post"}), ("t_fixup", {"normalization": "none"})]
)
def test_deep_transformers_are_scaled_by_the_layers_of_their_stacks(rule, surroundings, members, parameters):
    weights, *_ = advised("dense", rule, role="value", shape=SQUARE, **surroundings, **members)
    names = ("encoder_layers", "decoder_layers", "stack")

    assert {name: value for name, value in weights["parameters"].items() if name in names} == parameters


WITHOUT_THEORY = """
    mup_output mup_query fixup_last siren_last convex detector_head binary_head head regression_head policy_head
    value_head deterministic_policy_head variational_head coupling_last modulation router highway_gate
    hypernetwork_output layer_scale relu_rnn_input rnn_input long_lstm_of_pytorch_input long_lstm_input
    lstm_of_pytorch_input lstm_input gru_input embedding_in_transformer embedding positional_embedding
    normalization_of_gan normalization prelu lora s4 s4d mamba mamba2 logit_scale siren_first
"""
"""Rules for layers that do not stand in a stack of their like."""

ZEROS_ARE_FINE = """
    mup_output mup_query fixup_last residual_last convex detector_head binary_head head regression_head policy_head
    value_head variational_head coupling_last modulation layer_scale transformer_residual_output
    transformer_residual_output_of_unknown_depth positional_embedding normalization prelu
"""
"""Rules for layers whose symmetry something else breaks: random layers before or beside them."""

WITHOUT_BIAS = """
    residual_last layer_scale residual_convolution embedding_in_transformer embedding positional_embedding prelu lora
    s4 s4d mamba mamba2 logit_scale
"""


def test_rules_without_theory_are_these():
    assert {rule.name for rule in RULES if not rule.has_theory} == set(WITHOUT_THEORY.split())


def test_rules_to_which_zeros_do_no_harm_are_these():
    assert {rule.name for rule in RULES if rule.zeros_are_fine} == set(ZEROS_ARE_FINE.split())


def test_rules_without_a_bias_are_these():
    assert {rule.name for rule in RULES if rule.bias is None} == set(WITHOUT_BIAS.split())
