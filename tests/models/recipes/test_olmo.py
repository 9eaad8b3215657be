"""Against `reset_parameters` of OLMo and its official configurations, by hand."""

from __future__ import annotations

import pytest

from tests.models.recipes.models import LLAMA, made_by, without_shape


def test_every_matrix_is_cut_at_three_standard_deviations():
    matrices = [entry for entry in made_by("olmo", LLAMA).values() if len(entry["shape"]) == 2]
    cut = {"initializer": "truncated_normal", "std": 0.02, "low": -3.0, "high": 3.0}
    assert len(matrices) == 9
    assert all(without_shape(entry) == cut for entry in matrices)


def test_no_element_lies_beyond(client):
    body = {"seed": 1, "initialize": "olmo", "config": LLAMA, "only": "lm_head.weight"}
    (tensor,) = client.post("/checkpoints/plan", json=body).json()["tensors"]
    elements = client.get(f"{tensor['url']}".replace("format=raw", "format=json")).json()["data"]
    largest = max(abs(element) for row in elements for element in row)
    assert largest == pytest.approx(0.06, rel=0.05)
    assert largest <= 0.06


def test_olmo_2_has_it_too():
    tensors = made_by("olmo", {**LLAMA, "model_type": "olmo2"})
    assert tensors["model.layers.{0..3}.mlp.down_proj.weight"]["high"] == 3.0
    assert tensors["model.layers.{0..3}.self_attn.k_norm.weight"] == {"initializer": "ones", "shape": [32]}
    # Its own embedding has no row of padding.
    assert "padding_idx" not in tensors["model.embed_tokens.weight"]
