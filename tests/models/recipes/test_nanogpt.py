"""Against `GPT.__init__` of nanoGPT, by hand."""

from __future__ import annotations

from tests.models.recipes.models import GPT2, made_by


def test_what_is_called_c_proj_is_scaled_by_the_depth():
    tensors = made_by("nanogpt", GPT2)
    scaled = [name for name, entry in tensors.items() if entry["initializer"] == "residual_scaled_normal"]
    assert scaled == ["transformer.h.{0..3}.attn.c_proj.weight", "transformer.h.{0..3}.mlp.c_proj.weight"]
    assert {entry["std"] for entry in tensors.values() if len(entry["shape"]) == 2} == {0.02}


def test_the_standard_deviation_is_its_own_whatever_the_configuration_says():
    tensors = made_by("nanogpt", {**GPT2, "initializer_range": 0.5})
    assert tensors["transformer.wte.weight"]["std"] == 0.02


def test_the_head_is_the_embedding():
    assert not any("lm_head" in name for name in made_by("nanogpt", GPT2))
