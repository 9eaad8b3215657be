from __future__ import annotations

import pytest

from service.models.parts import UnknownPart, part_of


@pytest.mark.parametrize(("name", "rank", "part"), [
    ("model.layers.{0..31}.self_attn.q_proj.weight", 2, "query"),
    ("bert.encoder.layer.{0..11}.attention.output.dense.weight", 2, "attention_output"),
    ("bert.encoder.layer.{0..11}.output.dense.weight", 2, "mlp_down"),
    ("model.layers.{0..3}.block_sparse_moe.experts.{0..7}.w2.weight", 2, "mlp_down"),
    ("model.layers.3.mlp.gate.weight", 2, "router"),
    ("lm_head.weight", 2, "head"),
    ("lm_head.dense.weight", 2, "head_transform"),
    ("h.0.ln_1.weight", 1, "scale"),
    ("cls.predictions.bias", 1, "bias"),
])  # fmt: skip
def test_a_name_tells_the_part(name, rank, part):
    assert part_of(name, rank) == part


@pytest.mark.parametrize(("name", "rank"), [
    ("model.layers.0.self_attn.novel_proj.weight", 2), ("logit_scale", 0), ("mixer.A_log", 2), ("proj.weight", 4),
])  # fmt: skip
def test_a_name_that_tells_none_is_an_error(name, rank):
    with pytest.raises(UnknownPart, match=name):
        part_of(name, rank)
