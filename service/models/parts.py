"""The parts of transformers, each by the names that the families have for its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from service.models.templates import without_ranges

Part = Literal[
    "token_embedding", "position_embedding", "type_embedding", "query", "key", "value", "query_key_value", "latent",
    "attention_output", "mlp_gate", "mlp_up", "mlp_gate_up", "mlp_down", "router", "router_bias", "head", "pooler",
    "head_transform", "scale", "bias",
]  # fmt: skip

_MATRICES: Mapping[Part, str] = {
    "token_embedding": "embed_tokens wte embed_in word_embeddings",
    "position_embedding": "wpe position_embeddings embed_positions",
    "type_embedding": "token_type_embeddings",
    "query": "self_attn.q_proj attention.self.query attention.q_lin",
    "key": "self_attn.k_proj attention.self.key attention.k_lin",
    "value": "self_attn.v_proj attention.self.value attention.v_lin",
    "query_key_value": "self_attn.qkv_proj attn.c_attn attention.query_key_value self_attention.query_key_value Wqkv",
    # Of multi-head latent attention: what leads to its latent vectors, and from them to the heads.
    "latent": "q_a_proj q_b_proj kv_a_proj_with_mqa kv_b_proj",
    "attention_output":
        "self_attn.o_proj self_attn.out_proj attn.c_proj attention.dense self_attention.dense attention.output.dense "
        "attention.out_lin",
    "mlp_gate": "gate_proj experts.*.w1",
    "mlp_up": "up_proj experts.*.w3 mlp.c_fc dense_h_to_4h intermediate.dense ffn.lin1 fc1",
    "mlp_gate_up": "gate_up_proj",
    "mlp_down": "down_proj experts.*.w2 mlp.c_proj dense_4h_to_h output.dense ffn.lin2 fc2",
    "router": "mlp.gate block_sparse_moe.gate",
    "head": "lm_head embed_out",
    "pooler": "pooler.dense",
    "head_transform": "predictions.transform.dense lm_head.dense vocab_transform",
}  # fmt: skip
"""The ends of the paths of their modules; a star stands for a number."""

_BY_PATH: Mapping[str, Part] = {path: part for part, paths in _MATRICES.items() for path in paths.split()}

_LONGEST_PATH = 1 + max(path.count(".") for path in _BY_PATH)


class UnknownPart(LookupError):
    """A tensor whose name is that of no part."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no part of a transformer that is known")
        self.name = name


def part_of(name: str, rank: int) -> Part:
    """Return which part a tensor of `rank` axes is; ranges of numbers may stand in its name. Raises UnknownPart."""
    *path, tensor = without_ranges(name).split(".")
    if rank == 1:
        if tensor == "weight":
            return "scale"
        if tensor == "bias":
            return "bias"
        if tensor == "e_score_correction_bias":
            return "router_bias"
    if rank == 2 and tensor == "weight":
        steps = ["*" if step.isdecimal() else step for step in path]
        # "attention.output.dense" is another part than "output.dense".
        for length in range(min(_LONGEST_PATH, len(steps)), 0, -1):
            part = _BY_PATH.get(".".join(steps[-length:]))
            if part is not None:
                return part
    raise UnknownPart(name)
