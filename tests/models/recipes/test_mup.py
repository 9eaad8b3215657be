"""Against `_init_weights` of mutransformers with `mup.init.normal_`, and `use_mup` of Megatron-LM, by hand."""

from __future__ import annotations

import math

import pytest

from tests.models.recipes.models import BERT, GPT2, LLAMA, made_by

BASE = 16
M = 64 / BASE


@pytest.mark.parametrize(("name", "std"), [
    ("transformer.wte.weight", 0.02),
    ("transformer.wpe.weight", 0.02),
    ("transformer.h.2.attn.c_attn.weight", 0.02 / math.sqrt(M)),
    ("transformer.h.2.mlp.c_fc.weight", 0.02 / math.sqrt(M)),
    ("transformer.h.2.attn.c_proj.weight", 0.02 / math.sqrt(8) / math.sqrt(M)),
    ("transformer.h.2.mlp.c_proj.weight", 0.02 / math.sqrt(8) / math.sqrt(M)),
])  # fmt: skip
def test_gpt2_is_that_of_mutransformers(client, name, std):
    body = {"seed": 1, "initialize": "mup", "base_width": BASE, "config": GPT2, "only": name}
    (tensor,) = client.post("/checkpoints/plan", json=body).json()["tensors"]
    assert tensor["parameters"]["std"] == pytest.approx(std)


def test_its_std_is_the_initializer_range():
    tensors = made_by("mup", {**GPT2, "initializer_range": 0.1}, BASE)
    assert tensors["transformer.wte.weight"]["std"] == 0.1
    assert tensors["transformer.h.{0..3}.mlp.c_fc.weight"]["std"] == pytest.approx(0.05)


def test_an_encoder_has_no_scaling_by_the_depth_and_keeps_its_row_of_padding():
    tensors = made_by("mup", BERT, BASE)
    assert tensors["bert.encoder.layer.{0..3}.output.dense.weight"]["std"] == pytest.approx(0.01)
    assert tensors["cls.predictions.transform.dense.weight"]["std"] == pytest.approx(0.01)
    assert tensors["bert.embeddings.word_embeddings.weight"]["std"] == 0.02
    assert tensors["bert.embeddings.word_embeddings.weight"]["padding_idx"] == 0


def test_other_decoders_are_those_of_megatron():
    tensors = made_by("mup", LLAMA, BASE)
    end = tensors["model.layers.{0..3}.mlp.down_proj.weight"]
    assert end["std"] / math.sqrt(2 * end["layers"] * end["width_multiplier"]) == pytest.approx(0.02 / math.sqrt(8 * M))
    assert tensors["model.layers.{0..3}.mlp.up_proj.weight"]["std"] == pytest.approx(0.01)
    assert tensors["lm_head.weight"]["std"] == tensors["model.embed_tokens.weight"]["std"] == 0.02


def test_at_the_base_width_it_is_what_it_was():
    assert made_by("mup", GPT2, 64)["transformer.h.{0..3}.mlp.c_fc.weight"]["std"] == 0.02
