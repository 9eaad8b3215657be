"""What weights that are all one number do, against the gradients of small layers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.advice.asking import ask

FEATURES, TOKENS, STEP = 4, 3, 1e-5


def attention_loss(weights, tokens, targets):
    """One head, with a skip around it."""
    queries, keys, values = (tokens @ weights[name].T for name in ("query", "key", "value"))
    scores = np.exp(queries @ keys.T / np.sqrt(FEATURES))
    mixed = scores / scores.sum(axis=1, keepdims=True) @ values
    return np.mean((tokens + mixed @ weights["attention_output"].T - targets) ** 2)


def recurrent_loss(weights, tokens, targets):
    """A state, and the output of the last step."""
    state = np.zeros(FEATURES)
    for token in tokens:
        state = np.tanh(weights["input"] @ token + weights["recurrent"] @ state)
    return np.mean((weights["head"] @ state - targets[0]) ** 2)


def hidden_loss(activation, weights, tokens, targets):
    inner = activation(activation(tokens @ weights["before"].T) @ weights["own"].T)
    return np.mean((inner @ weights["after"].T - targets) ** 2)


def trained(loss, names, constants, steps):
    """Return the gradients, by central differences, of each step of gradient descent; `constants` are some weights'."""
    rng = np.random.default_rng(8)
    weights = {name: rng.normal(size=(FEATURES, FEATURES)) for name in names}
    weights |= {name: np.full((FEATURES, FEATURES), value) for name, value in constants.items()}
    tokens, targets = rng.normal(size=(2, TOKENS, FEATURES))
    found = []
    for _ in range(steps):
        gradients = {name: np.zeros_like(weight) for name, weight in weights.items()}
        for name, weight in weights.items():
            for place in np.ndindex(weight.shape):
                kept = weight[place]
                ends = []
                for moved in (kept + STEP, kept - STEP):
                    weight[place] = moved
                    ends.append(loss(weights, tokens, targets))
                weight[place] = kept
                gradients[name][place] = (ends[0] - ends[1]) / (2.0 * STEP)
        for name, gradient in gradients.items():
            weights[name] -= 0.3 * gradient
        found.append({name: float(np.abs(gradient).max()) > 1e-7 for name, gradient in gradients.items()})
    return found, weights


ATTENTION = ("query", "key", "value", "attention_output")


@pytest.mark.parametrize(
    ("zeros", "first", "second"),
    [
        (("query",), {"query": True, "key": False}, {"query": True, "key": True}),
        (("key",), {"query": False, "key": True}, {"query": True, "key": True}),
        (("query", "key"), {"query": False, "key": False, "value": True}, {"query": False, "key": False}),
        (("value",), {"value": True, "query": False, "attention_output": False}, {"query": True}),
        (("attention_output",), {"attention_output": True, "value": False}, {"value": True, "query": True}),
        (("value", "attention_output"), dict.fromkeys(ATTENTION, False), dict.fromkeys(ATTENTION, False)),
    ],
)
def test_which_matrix_of_attention_learns_when(zeros, first, second):
    """The table's reasons for queries, keys, values and all three."""
    (one, two), _ = trained(attention_loss, ATTENTION, dict.fromkeys(zeros, 0.0), 2)

    assert {name: one[name] for name in first} == first
    assert {name: two[name] for name in second} == second


def test_queries_and_keys_that_are_all_the_same_stay_so():
    _, weights = trained(attention_loss, ATTENTION, {"query": 0.2, "key": 0.2}, 3)
    _, of_queries = trained(attention_loss, ATTENTION, {"query": 0.2}, 3)

    assert np.allclose(weights["query"], weights["query"][0], atol=1e-7)
    assert not np.allclose(of_queries["query"], of_queries["query"][0], atol=1e-3)


@pytest.mark.parametrize(
    ("zeros", "first", "second"),
    [
        (("recurrent",), {"recurrent": True, "input": True}, {"recurrent": True}),
        (("input",), {"input": True, "recurrent": False, "head": False}, {"recurrent": True, "head": True}),
        (("input", "head"), {"input": False, "head": False}, {"input": False, "head": False}),
    ],
)
def test_which_matrix_of_a_cell_learns_when(zeros, first, second):
    (one, two), weights = trained(recurrent_loss, ("input", "recurrent", "head"), dict.fromkeys(zeros, 0.0), 2)

    assert {name: one[name] for name in first} == first
    assert {name: two[name] for name in second} == second
    if zeros == ("recurrent",):
        assert not np.allclose(weights["recurrent"], weights["recurrent"][0], atol=1e-4)


@pytest.mark.parametrize(
    ("constants", "learns", "stays_alike"),
    [({"own": 0.0}, True, False), ({"own": 0.0, "after": 0.0}, False, True), ({"own": 0.2, "after": 0.2}, True, True)],
)
def test_a_hidden_layer_learns_through_random_weights_after_it(constants, learns, stays_alike):
    names = ("before", "own", "after")
    (one, _), weights = trained(lambda *given: hidden_loss(np.tanh, *given), names, constants, 2)

    assert one["own"] == learns
    assert np.allclose(weights["own"], weights["own"][0], atol=1e-7) == stays_alike


CELLS = {"shape": [64, 64]}


@pytest.mark.parametrize(
    ("layer", "members", "judgement", "told"),
    [
        ("Linear", {"role": "query"}, "acceptable", "uniform at first, as µP has it"),
        ("Linear", {"role": "key"}, "acceptable", "The keys learn from the first step"),
        ("Linear", {"role": "value"}, "acceptable", "if both are, neither ever learns"),
        ("Linear", {"role": "qkv"}, "reject", "stays so"),
        ("MultiheadAttention", {}, "reject", "stays so"),
        ("LSTM", {}, "acceptable", "learn from the first step"),
        ("GRU", {}, "acceptable", "learn from the first step"),
        ("RNN", {}, "poor", "no gradient goes back through time"),
        ("LSTM", {"tensor": "input"}, "reject", "nothing of the input gets into the state"),
        ("LSTMCell", {"framework": "haiku"}, "reject", "nothing of the input gets into the state"),
        ("Embedding", {}, "poor", "rows don't stay alike"),
        ("Embedding", {"tied": True}, "reject", "all logits are zero"),
        ("Linear", {"role": "router"}, "acceptable", "Shazeer et al., 2017"),
        ("Linear", {"role": "highway_gate"}, "acceptable", "its bias for every input"),
        ("Linear", {"role": "hypernetwork_output"}, "reject", "main network"),
        ("Linear", {"role": "projection_head"}, "reject", "no direction"),
        ("Linear", {"role": "mixture_head"}, "reject", "stay alike for ever"),
        ("Linear", {"role": "reconstruction_head"}, "acceptable", "the layers before them from the second"),
        ("Linear", {"role": "shortcut"}, "poor", "the path around the branch"),
        ("Linear", {"role": "mlp_up", "architecture": "gpt"}, "poor", "belong in the last layer"),
        ("Linear", {"activation": "relu"}, "reject", "relu has the slope 0"),
        ("Linear", {"activation": "relu", "residual": True}, "reject", "relu has the slope 0"),
        ("Linear", {"activation": "gelu", "residual": True}, "poor", "belong in the last layer"),
        ("Linear", {"activation": "tanh"}, "reject", "through random weights after them"),
        ("Conv2d", {"activation": "leaky_relu"}, "reject", "through random weights after them"),
        ("Mamba", {}, "poor", "evolve alike"),
        ("LoRA", {}, "acceptable", "the roles are swapped"),
    ],
)
def test_zeros_are_judged_by_what_they_do_in_their_place(layer, members, judgement, told):
    verdict = ask(layer, current=("zeros", {}), **members)["verdict"]

    assert verdict["judgement"] == judgement, verdict["statement"]
    assert told in verdict["statement"]
    assert ("Take " in verdict["statement"]) == (judgement in {"poor", "reject"})


@pytest.mark.parametrize(
    ("layer", "members", "value", "judgement", "told"),
    [
        ("Linear", {"role": "query"}, 0.1, "poor", "one direction of the input"),
        ("Linear", {"role": "qkv"}, 0.1, "reject", "stay alike for ever"),
        ("Linear", {"role": "router"}, -3.0, "acceptable", "Shazeer et al., 2017"),
        ("Linear", {"role": "reconstruction_head"}, 0.1, "poor", "targets of its own"),
        ("Embedding", {}, 1.0, "poor", "no token differs"),
        ("LSTM", {}, 0.1, "poor", "the same sum of all states"),
        ("LSTM", {"tensor": "input"}, 0.1, "reject", "in effect one unit"),
        ("depthwise", {}, 1.0 / 9.0, "acceptable", "multiplied by 1"),
        ("depthwise", {}, 2.0, "reject", "multiplied by 18"),
        ("Linear", {}, 0.1, "reject", "in effect one unit"),
    ],
)
def test_other_constants_are_judged_by_what_they_do_in_their_place(layer, members, value, judgement, told):
    verdict = ask(layer, current=("constant", {"value": value}), **members)["verdict"]

    assert verdict["judgement"] == judgement, verdict["statement"]
    assert told in verdict["statement"]


def test_one_unit_is_no_copy_of_another():
    """Equal weights of a single unit are judged by what becomes of the signal."""
    verdict = ask("Linear", shape=[1, 64], activation="relu", current=("constant", {"value": 0.01}))["verdict"]

    assert "in effect one unit" not in verdict["statement"]
