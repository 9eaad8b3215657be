"""Small models, and what recipes make of them."""

from __future__ import annotations

import json
from pathlib import Path

from service.models.config import Config
from service.models.recipes.recipe import tensors_of
from service.models.recipes.registry import RECIPES
from service.models.registry import architecture_of

LAYERS, WIDTH, INNER = 4, 64, 160

LLAMA = {
    "model_type": "llama", "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
    "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 96,
}  # fmt: skip
GPT2 = {
    "model_type": "gpt2", "n_embd": WIDTH, "n_layer": LAYERS, "n_head": 4, "n_positions": 32, "vocab_size": 96,
}  # fmt: skip
BERT = {**LLAMA, "model_type": "bert", "max_position_embeddings": 32, "architectures": ["BertForMaskedLM"]}
DEEPSEEK = {
    **LLAMA, "model_type": "deepseek_v3", "q_lora_rank": 16, "kv_lora_rank": 16, "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8, "v_head_dim": 8, "n_routed_experts": 4, "moe_intermediate_size": 32,
    "first_k_dense_replace": 1,
}  # fmt: skip


def made_by(recipe, config, base_width=None):
    """Return the tensors of a configuration by a recipe, those of all layers under one name."""
    parsed = Config(config)
    return tensors_of(RECIPES[recipe].groups(parsed, architecture_of(parsed), base_width))


def without_shape(entry):
    """Return what initializes a tensor."""
    return {name: value for name, value in entry.items() if name != "shape"}


RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())
"""What the sources themselves start such models at: of each tensor the mean, the std, the largest absolute value."""
