from __future__ import annotations

import pytest

from service.checkpoints.by_name import BY_NAME, layers
from service.checkpoints.names import NamePattern

NAMES = {
    ("bn1.num_batches_tracked", 0): "zeros",
    ("bert.embeddings.position_ids", 2): "arange",
    ("bn1.running_var", 1): "ones",
    ("bn1.running_mean", 1): "zeros",
    ("h.0.attn.c_attn.bias", 1): "zeros",
    ("lstm.bias_ih_l0", 1): "zeros",
    ("model.layers.0.input_layernorm.weight", 1): "ones",
    ("h.0.ln_1.weight", 1): "ones",
    ("vit.embeddings.cls_token", 3): "truncated_normal",
    ("vit.embeddings.position_embeddings", 3): "truncated_normal",
    ("model.embed_tokens.weight", 2): "normal",
    ("wte.weight", 2): "normal",
    ("bert.embeddings.word_embeddings.weight", 2): "normal",
    ("lstm.weight_hh_l0", 2): "orthogonal",
    ("lstm.weight_ih_l0", 2): "glorot_uniform",
    ("h.0.mlp.c_proj.weight", 2): "residual_scaled_normal",
    ("model.layers.0.self_attn.o_proj.weight", 2): "residual_scaled_normal",
    ("layer1.0.conv1.weight", 4): "he_normal",
    ("lm_head.weight", 2): "normal",
}


@pytest.mark.parametrize(("name", "rank"), NAMES)
def test_tensors_of_known_models_are_initialized_by_their_names(name, rank):
    rule = next(
        rule
        for rule in BY_NAME
        if (rule.ranks is None or rank in rule.ranks) and any(NamePattern(text).matches(name) for text in rule.match)
    )

    assert rule.initializer == NAMES[name, rank]


@pytest.mark.parametrize(
    ("names", "count"), [(["h.0.w", "h.11.w"], 12), (["fc.weight"], 1), (["3.weight", "0.weight"], 4)]
)
def test_layers_are_counted_by_the_numbers_in_names(names, count):
    assert layers(names) == count
