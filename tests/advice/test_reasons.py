"""The formula that a reason gives is the standard deviation that is recommended."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given

from service.advice.rules.table import RULES
from tests.advice.descriptions import answered, descriptions, drawn, resolved

SQRT_3 = math.sqrt(3.0)
"""The bound of a uniform distribution over its standard deviation."""

NUMBER = re.compile(r"N\(0, ([0-9.e-]+)(²?)\)|trunc_normal_\(std=([0-9.]+)\)")
"""A variance, the square of a standard deviation, or one."""
DROPOUT = re.compile(r"the variance here is (\S+) times that")


def gain(layer):
    """1 / sqrt(E[f(z)²]), by the moments of the activation."""
    return 1.0 / math.sqrt(layer.curves.at_one.second[0])


def omega(layer):
    return layer.activation.value or 30.0 if layer.activation.name == "siren" else layer.description.omega or 30.0


def he(layer, fan_in, fan_out):
    return gain(layer) / math.sqrt(fan_in)


def lecun(layer, fan_in, fan_out):
    return 1.0 / math.sqrt(fan_in)


def glorot(layer, fan_in, fan_out):
    return math.sqrt(2.0 / (fan_in + fan_out))


def root_uniform(layer, fan_in, fan_out):
    return 1.0 / math.sqrt(fan_in) / SQRT_3


def siren(layer, fan_in, fan_out):
    return math.sqrt(6.0 / fan_in) / omega(layer) / SQRT_3


def fixup(layer, fan_in, fan_out):
    branch = max(layer.description.layers_per_branch, 2)
    return math.sqrt(2.0 / fan_out) * layer.depth ** (-1.0 / (2.0 * branch - 2.0))


def clip(layer, fan_in, fan_out):
    return 1.0 / math.sqrt((2.0 if layer.role == "mlp_up" else 1.0) * layer.width)


def gated_down(layer, fan_in, fan_out):
    return he(layer, fan_in, fan_out) / math.sqrt(2.0 * layer.depth if layer.depth else 1.0)


# What a reason says, and what that makes of the fans.
FORMULAS = {
    "mup_input": ("is 1 / fan_in", lecun),
    "mup_hidden": ("a variance of 1 / fan_in", lecun),
    "fixup": ("He's scheme times L^(-1/(2m - 2))", fixup),
    "siren_last": ("±sqrt(6 / fan_in) / ω", siren),
    "siren": ("±sqrt(6 / fan_in) / ω", siren),
    "siren_first": ("±1 / fan_in", lambda layer, fan_in, fan_out: 1.0 / fan_in / SQRT_3),
    "projection_head": ("N(0, 1 / d)", lecun),
    "t5_lm_head": ("N(0, 1 / d)", lecun),
    "clip": ("d^(-1/2) for attention, and of (2 d)^(-1/2)", clip),
    "clip_attention_output": (
        "d^(-1/2) (2 L)^(-1/2)",
        lambda layer, fan_in, fan_out: 1.0 / math.sqrt(layer.width * 2.0 * (layer.depth or 12)),
    ),
    "gated_down_projection": ("1 / sqrt(E[f(z)²]), over sqrt(fan_in). With depth it is divided by", gated_down),
    "transformer_residual_output": (
        "0.02 / sqrt(2 L)", lambda layer, fan_in, fan_out: 0.02 / math.sqrt(2.0 * layer.depth)
    ),
    "transformer_residual_output_of_unknown_depth": ("GPT-2's 0.02", lambda layer, fan_in, fan_out: 0.02),
    "ddpg": ("±1 / sqrt(fan_in)", root_uniform),
    "mamba_time_steps": ("U(±1 / sqrt(rank))", root_uniform),
    "mamba_matrix": ("U(±1 / sqrt(fan_in))", root_uniform),
    "detection_transformer_head": ("U(±1 / sqrt(fan_in))", root_uniform),
    "deterministic_policy_head": ("uniform on ±3e-3", lambda layer, fan_in, fan_out: 3e-3 / SQRT_3),
    "hypernetwork_output": ("1 / (fan_in of", lambda layer, fan_in, fan_out: 1.0 / fan_in),
    "rectifier": ("2 / ((1 + a²) fan_in)", he),
    "selu": ("a variance of 1 / fan_in", lecun),
    "elu": ("1 / sqrt(E[f(z)²])", he),
    "smooth_rectifier": ("1 / sqrt(E[f(z)²])", he),
    "smooth_rectifier_without_critical_point": ("1 / sqrt(E[f(z)²])", he),
    "gated": ("1 / sqrt(E[f(z)²])", he),
    "maxout": ("c / fan_in, where c is 1 / E[max²]", he),
    "linear": ("the mean of both", glorot),
    "tanh": ("a variance of 1 / n", glorot),
    "tanh_of_unequal_sides": ("a variance of 1 / fan_in", lambda layer, fan_in, fan_out: 1.0 / math.sqrt(fan_in)),
    "any_activation_of_unequal_sides": (
        "the activation's own gain, 1 / sqrt(E[f(z)²])",
        lambda layer, fan_in, fan_out: gain(layer) / math.sqrt(fan_in),
    ),
    "any_activation": (
        "the activation's own gain, 1 / sqrt(E[f(z)²])",
        lambda layer, fan_in, fan_out: gain(layer) * glorot(layer, fan_in, fan_out),
    ),
}  # fmt: skip

OTHERWISE = frozenset((
    # By the role, the depth or what is stored, each with a test of its own, beside their families' sources.
    "t5", "t5_embedding", "t5_relative_position_bias", "modernbert", "mamba_output",
    "vision_transformer_jax_feed_forward",
    # Of an orthogonal matrix's gain, whose deviation has the matrix's longer side in it.
    "very_deep_elu", "rnn",
    # Of the bias, or of what the layer is followed by.
    "layer_scale", "embedding_in_transformer", "positional_embedding", "normalization_of_gan", "actor_critic",
    # Of the kernel and the channels, whatever the groups.
    "wav2vec2_positions",
))  # fmt: skip

HAS_FORMULA = re.compile(r"variance of \S+ /|N\(0|±|sqrt\(|\^\(")


@pytest.mark.slow
@drawn(max_examples=500)
@given(descriptions())
def test_the_formula_of_a_reason_is_the_deviation_that_is_given(members):
    recommendation, layer = answered(members)["recommendation"], resolved(members)
    weights, reason, rule = recommendation["weights"], recommendation["reason"], recommendation["rule"]
    if weights is None or weights["stds"] or rule in OTHERWISE:
        return
    dropout, number = DROPOUT.search(reason), NUMBER.search(reason)
    if rule in FORMULAS:
        _, formula = FORMULAS[rule]
        std = formula(layer, weights["fan_in"] or layer.fan_in, weights["fan_out"] or layer.fan_out)
    elif number is not None:
        std = float(number[3]) if number[3] else float(number[1]) ** (1.0 if number[2] else 0.5)
    else:
        return
    kept = float(dropout[1]) if dropout else 1.0
    assert weights["std"] == pytest.approx(std * math.sqrt(kept), rel=1e-6)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_formula_of_a_reason_is_compared(rule):
    if rule.name in FORMULAS:
        assert FORMULAS[rule.name][0] in rule.reason
    elif HAS_FORMULA.search(rule.reason) and rule.name not in OTHERWISE:
        assert NUMBER.search(rule.reason), rule.reason


def test_dropout_is_told_where_the_variance_makes_up_for_it():
    """Inverted dropout scales the second moment up by what is kept (Pretorius et al., arXiv:1811.00293)."""
    members = {"layer": "Linear", "activation": "relu", "shape": [256, 9216], "dropout": 0.5}
    recommendation = answered(members)["recommendation"]

    assert recommendation["weights"]["std"] == pytest.approx(math.sqrt(1 / 9216))
    assert recommendation["reason"].endswith("the variance here is 0.5 times that.")
