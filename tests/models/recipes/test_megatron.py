"""Against `TransformerConfig.__post_init__` of Megatron-LM, by hand."""

from __future__ import annotations

import pytest

from service.models.recipes.megatron import MEGATRON
from tests.models.recipes.models import BERT, DEEPSEEK, GPT2, LLAMA, made_by, without_shape

# Of four layers: 0.02 / sqrt(2 * 4).
SCALED = 0.0070710678


@pytest.mark.parametrize(("config", "ends"), [
    (LLAMA, ["model.layers.{0..3}.self_attn.o_proj", "model.layers.{0..3}.mlp.down_proj"]),
    (GPT2, ["transformer.h.{0..3}.attn.c_proj", "transformer.h.{0..3}.mlp.c_proj"]),
    (BERT, ["bert.encoder.layer.{0..3}.attention.output.dense", "bert.encoder.layer.{0..3}.output.dense"]),
    (DEEPSEEK, ["model.layers.{1..3}.mlp.experts.{0..3}.down_proj", "model.layers.{0..0}.mlp.down_proj"]),
], ids=lambda value: value["model_type"] if isinstance(value, dict) else "")  # fmt: skip
def test_what_ends_a_branch_is_scaled_by_the_depth_and_all_else_has_the_same(config, ends):
    tensors = made_by("megatron", config)
    scaled = {name for name, entry in tensors.items() if entry["initializer"] == "residual_scaled_normal"}
    assert {f"{end}.weight".replace("{0..0}", "0") for end in ends} <= scaled
    assert all(tensors[name]["layers"] == 4 and tensors[name]["std"] == 0.02 for name in scaled)
    others = [entry for name, entry in tensors.items() if name not in scaled and len(entry["shape"]) == 2]
    assert all(without_shape(entry) == {"initializer": "normal", "std": 0.02} for entry in others)


def test_the_plan_has_the_number(client):
    body = {"seed": 1, "initialize": "megatron", "config": LLAMA, "only": "*.o_proj.weight"}
    tensors = client.post("/checkpoints/plan", json=body).json()["tensors"]
    assert [tensor["parameters"]["std"] for tensor in tensors] == [pytest.approx(SCALED)] * 4


def test_no_row_of_an_embedding_is_of_padding():
    assert "padding_idx" not in made_by("megatron", BERT)["bert.embeddings.word_embeddings.weight"]


def test_gemma_s_scales_stay_zero_for_its_code_adds_one():
    tensors = made_by("megatron", {**LLAMA, "model_type": "gemma"})
    assert tensors["model.norm.weight"]["initializer"] == "zeros"


def test_every_family_has_its_source():
    assert MEGATRON.sources.keys() == MEGATRON.tables.keys()
