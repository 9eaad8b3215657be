"""Against `torchtitan/models/llama3/__init__.py` and `…/common/param_init.py`, by hand."""

from __future__ import annotations

import math

import pytest

from tests.models.recipes.models import DEEPSEEK, LLAMA, made_by, without_shape

DEPTH_SCALED = [0.02 / math.sqrt(2), 0.02 / math.sqrt(4), 0.02 / math.sqrt(6), 0.02 / math.sqrt(8)]
HEAD = {"initializer": "truncated_normal", "std": 1 / 8, "low": -3.0, "high": 3.0}


@pytest.fixture(scope="module")
def planned(client):
    body = {"seed": 1, "initialize": "torchtitan", "config": LLAMA}
    plan = client.post("/checkpoints/plan", json=body).json()
    return {tensor["name"]: tensor["parameters"] for tensor in plan["tensors"]}


@pytest.mark.parametrize("name", ["self_attn.o_proj", "mlp.up_proj", "mlp.down_proj"])
def test_the_output_of_attention_and_w2_and_w3_are_scaled_by_their_layer(planned, name):
    stds = [planned[f"model.layers.{layer}.{name}.weight"]["std"] for layer in range(4)]
    assert stds == pytest.approx(DEPTH_SCALED)


@pytest.mark.parametrize("name", ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.gate_proj"])
def test_the_other_matrices_have_the_same_in_every_layer(planned, name):
    assert {planned[f"model.layers.{layer}.{name}.weight"]["std"] for layer in range(4)} == {0.02}


def test_the_output_is_cut_at_three_standard_deviations():
    assert without_shape(made_by("torchtitan", LLAMA)["lm_head.weight"]) == HEAD


def test_the_embedding_has_one():
    entry = made_by("torchtitan", LLAMA)["model.embed_tokens.weight"]
    assert without_shape(entry) == {"initializer": "normal", "std": 1.0}


def test_a_tied_embedding_starts_as_the_output_does():
    tensors = made_by("torchtitan", {**LLAMA, "tie_word_embeddings": True})
    assert without_shape(tensors["model.embed_tokens.weight"]) == HEAD


def test_a_model_without_a_head_has_the_embedding_of_one_that_is_not_tied():
    tensors = made_by("torchtitan", {**LLAMA, "architectures": ["LlamaModel"]})
    assert tensors["embed_tokens.weight"]["std"] == 1.0


def test_the_router_of_experts_is_scaled_by_its_layer():
    tensors = made_by("torchtitan", DEEPSEEK)
    assert tensors["model.layers.2.mlp.gate.weight"]["layer"] == 2
    assert tensors["model.layers.2.mlp.experts.{0..3}.down_proj.weight"]["layer"] == 2
    assert tensors["model.layers.{1..3}.mlp.experts.{0..3}.gate_proj.weight"]["std"] == 0.02


def test_qwen3_has_one_standard_deviation():
    tensors = made_by("torchtitan", {**LLAMA, "model_type": "qwen3"})
    assert {entry["std"] for entry in tensors.values() if entry["initializer"] == "normal"} == {0.02}
    assert {entry["initializer"] for entry in tensors.values()} == {"normal", "ones"}
