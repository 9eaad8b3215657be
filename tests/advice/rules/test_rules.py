"""The table of rules, and what holds of all answers."""

from __future__ import annotations

import random
import re
from typing import get_args

import pytest
from hypothesis import given

from service.activations.names import NAMES
from service.advice.layer.description import ArchitectureName, FrameworkName
from service.advice.layer.vocabulary import LAYER_KINDS, LAYER_ROLES
from service.advice.rules.table import RULES, first_rule
from service.bibliography import REFERENCES
from service.catalogue.catalogue import CATALOGUE
from service.initializers.page import PAGES, page
from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask, choices
from tests.advice.descriptions import descriptions, drawn, resolved


def test_rules_have_names_of_their_own():
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_why_and_after_whom(rule):
    assert re.fullmatch(r".{20,}[.]", rule.reason, flags=re.DOTALL)
    assert rule.references
    assert rule.alternatives
    assert all(len(choice.when) > 8 and not choice.when.endswith(".") for choice in rule.alternatives)
    assert {*rule.references, *(key for choice in rule.alternatives for key in choice.references)} <= {*REFERENCES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_names_entries_of_the_catalogue(rule):
    recipes = [rule.weights, rule.bias, *(choice.weights for choice in rule.alternatives)]
    recipes += [other.recipe for other in rule.tensors.values()]
    for recipe in filter(None, recipes):
        assert CATALOGUE.get(recipe.initializer).name == recipe.initializer
        assert {*recipe.parameters} <= {*CATALOGUE.get(recipe.initializer).model_fields, "dtype"}


def test_every_reference_is_used():
    used = {key for rule in RULES for key in rule.references}
    used |= {key for rule in RULES for choice in rule.alternatives for key in choice.references}

    on_pages = {key for path in PAGES.glob("*.md") for key in page(path.stem).references}
    beside_rules = {source["title"] for source in ask("dense", normalization="batch", dropout=0.1)["references"]}

    assert {*REFERENCES} - used - on_pages <= {key for key, work in REFERENCES.items() if work.title in beside_rules}


def random_description(rng):
    """Return a description with members at random."""
    words = [*LAYER_KINDS, "siren", "time_mlp", "cls_token", "pos_conv_embed", "lora_B"]
    members = {"layer": rng.choice(words).replace("_", "")}
    options = {
        "role": LAYER_ROLES, "architecture": get_args(ArchitectureName), "depth": (1, 2, 12, 60),
        "residual": (True, False),
        "activation": NAMES,
        "normalization": ("none", "batch", "layer", "rms"), "norm_position": ("pre", "post"), "tied": (True,),
        "parametrization": ("mup",), "framework": get_args(FrameworkName), "longest": (100.0,), "prior": (0.1,),
        "stack": ("encoder", "decoder"),
        "tensor": ("input",), "decoder_layers": (4,), "groups": (4,), "stride": (2,), "dropout": (0.1,),
        "shape": ([16, 8, 3, 3], [32, 16], [64, 4, 5], [16, 1, 3, 3]),
    }  # fmt: skip
    # Most layers have no use for these, and refuse them.
    seldom = {"prior", "longest", "tensor", "tied", "stride", "stack"}
    if members["layer"] in {"lstm", "gru", "rnn"}:
        seldom -= {"longest", "tensor"}
    chances = {**dict.fromkeys(options, 0.3), **dict.fromkeys(seldom, 0.15)}
    return members | {name: rng.choice(values) for name, values in options.items() if rng.random() < chances[name]}


def test_every_answer_has_a_reason_and_an_experiment():
    rng = random.Random(2)
    for _ in range(400):
        try:
            answer = ask(**random_description(rng))
        except InvalidParameter:
            continue

        assert answer["recommendation"]["reason"]
        assert answer["references"]
        assert answer["experiments"]
        assert answer["evidence"]["validity"]["level"] == "high" or answer["evidence"]["validity"]["reasons"]


# The rules of the article that the service grew from.


@pytest.mark.slow
@drawn(max_examples=400)
@given(descriptions())
def test_a_rule_that_is_looked_up_is_the_first_that_holds(members):
    layer = resolved(members)

    assert first_rule(layer) is next(rule for rule in RULES if rule.when.holds(layer))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "prelu", "relu6", "rrelu"])
@pytest.mark.parametrize("layer", ["dense", "conv"])
def test_rectifiers_have_hes_scheme(activation, layer):
    for members in ({}, {"depth": 10}, {"architecture": "mlp"}, {"framework": "keras"}, {"normalization": "batch"}):
        assert choices(ask(layer, activation=activation, **members))[0] in {"he_normal", "he_uniform"}


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_tanh_and_sigmoid_have_glorots(activation):
    assert choices(ask("dense", activation=activation))[0].startswith("glorot")


def test_lecun_is_among_the_first_for_tanh():
    assert any(name.startswith("lecun") for name in choices(ask("dense", activation="tanh"))[:3])


def test_convolutions_have_hes_scheme():
    for architecture in (None, "cnn", "resnet", "unet"):
        assert choices(ask("Conv2d", architecture=architecture))[0] == "he_normal"


@pytest.mark.parametrize("layer", ["SimpleRNN", "LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("activation", [None, "relu", "tanh"])
def test_recurrent_layers_are_orthogonal_or_identities(layer, activation):
    named = choices(ask(layer, activation=activation))

    assert named[0] in {"orthogonal", "identity"}
    assert {"orthogonal", "identity"} <= set(named)


@pytest.mark.parametrize("activation", ["tanh", "linear", "relu", "selu"])
def test_very_deep_networks_are_orthogonal(activation):
    assert "orthogonal" in choices(ask("dense", activation=activation, depth=100))[:2]


ZERO_ROLES = ["head", "binary_head", "regression_head", "modulation", "coupling_last", "policy_head", "value_head"]


@pytest.mark.parametrize("role", LAYER_ROLES)
def test_zeros_are_rejected_but_where_something_else_breaks_the_symmetry(role):
    judgement = ask("dense", role=role, current=("zeros", {}))["verdict"]["judgement"]
    fine = {*ZERO_ROLES, "residual_last", "attention_output", "mlp_down", "detector_head", "variational_head",
            "lm_head"}  # fmt: skip

    assert (judgement == "good") == (role in fine), judgement


@pytest.mark.parametrize("layer", ["dense", "conv", "attention", "ConvTranspose2d"])
@pytest.mark.parametrize("value", [0.0, 1.0, -0.3])
def test_constants_are_rejected_for_what_learns(layer, value):
    assert ask(layer, current=("constant", {"value": value}))["verdict"]["judgement"] == "reject"


@pytest.mark.parametrize("std", [1.0, 0.3, 0.01, 1e-4])
def test_a_plain_normal_is_flagged_in_a_deep_network(std):
    answer = ask("dense", shape=[512, 512], activation="relu", depth=30, current=("normal", {"std": std}))

    assert answer["verdict"]["judgement"] == "reject"


@pytest.mark.parametrize("members", [{"layer": "dense"}, {"layer": "LayerNorm"}, {"layer": "S4D"}, {"layer": "router"}])
def test_there_is_always_an_experiment(members):
    assert ask(**members)["experiments"]
