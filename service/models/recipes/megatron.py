"""Megatron-LM's recipe: `TransformerConfig.__post_init__` of NVIDIA/Megatron-LM at d98e8a6.

`init_method` is N(0, 0.02²), for embeddings and the head too; the matrices that end a branch have
`scaled_init_method_normal` (`megatron/core/utils.py`), N(0, 0.02² / 2L). Its embeddings have no row of padding.
"""

from __future__ import annotations

from service.models.parts import Part
from service.models.recipes.recipe import Recipe, Scheme, Table
from service.models.recipes.schemes import ZEROS, neutral, normal, scaled_by_depth

_STD = 0.02

EMBEDDINGS: tuple[Part, ...] = ("token_embedding", "position_embedding", "type_embedding", "head")
INNER: tuple[Part, ...] = (
    "query", "key", "value", "query_key_value", "latent", "mlp_gate", "mlp_up", "mlp_gate_up", "router", "pooler",
    "head_transform",
)  # fmt: skip
BRANCH_ENDS: tuple[Part, ...] = ("attention_output", "mlp_down")

DECODERS = (
    "gpt2", "gpt_neox", "llama", "mistral", "mixtral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "phi3",
    "opt", "bloom", "falcon", "deepseek_v3",
)  # fmt: skip
"""Those that consist of the parts of its GPTModel."""


def table(embedding: Scheme, inner: Scheme, end: Scheme) -> Table:
    """Return the schemes of embeddings and heads, of matrices within layers, and of those that end a branch."""
    return {
        **dict.fromkeys(EMBEDDINGS, embedding), **dict.fromkeys(INNER, inner), **dict.fromkeys(BRANCH_ENDS, end),
        "router_bias": ZEROS, "scale": neutral, "bias": ZEROS,
    }  # fmt: skip


_TABLE = table(normal(_STD), normal(_STD), scaled_by_depth(_STD))
_AT = "NVIDIA/Megatron-LM at d98e8a6: megatron/core/transformer/transformer_config.py, TransformerConfig.__post_init__"

MEGATRON = Recipe(
    name="megatron",
    tables=dict.fromkeys((*DECODERS, "bert"), _TABLE),
    sources=dict.fromkeys((*DECODERS, "bert"), _AT),
)
