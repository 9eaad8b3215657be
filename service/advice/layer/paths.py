"""By which paths models call their layers, where the last step alone says less or another thing: as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.likeness import fold

if TYPE_CHECKING:
    from service.advice.layer.vocabulary import LayerRole

NUMBER = "#"
"""What stands in a path for any number but the last step's."""

ROLES_OF_PATHS: tuple[tuple[LayerRole, str], ...] = (
    (
        "attention_output",
        "attn.proj attn.c_proj attn.wo attn.out attn.to_out.0 attn.o attn1.to_out.0 attn2.to_out.0 attention.wo "
        "attention.dense attention.output.dense crossattention.output.dense attention.out_lin attention.o "
        "attention.proj self_attention.dense self_attention.proj self_attn.dense self_attn.out self_attn.proj "
        "SelfAttention.o EncDecAttention.o rel_attn.o",
    ),
    ("query", "attn.q attention.q attention.q_lin SelfAttention.q EncDecAttention.q rel_attn.q"),
    ("key", "attn.k attention.k attention.k_lin SelfAttention.k EncDecAttention.k rel_attn.k"),
    ("value", "attn.v attention.v attention.v_lin SelfAttention.v EncDecAttention.v rel_attn.v"),
    (
        "mlp_up",
        "mlp.c_fc mlp.wi mlp.fc_in mlp.w3 mlp.weights_in mlp_tokens.fc1 mlp_channels.fc1 ffn.lin1 ffn.w3 ff.net.#.proj "
        "ff.layer_1 feed_forward.w3 feed_forward.w_1 intermediate.dense DenseReluDense.wi DenseReluDense.wi_1 "
        "experts.#.w3 #.mlp.fc1 #.mlp.linear1 #.ffn.fc1 #.ffn.linear1 #.ff.linear1 #.ffn",
    ),
    ("mlp_gate", "mlp.w1 ffn.w1 feed_forward.w1 DenseReluDense.wi_0 experts.#.w1"),
    (
        "mlp_down",
        "mlp.c_proj mlp.wo mlp.fc_out mlp.w2 mlp.weights_out mlp_tokens.fc2 mlp_channels.fc2 ffn.lin2 ffn.w2 ff.net.2 "
        "ff.layer_2 feed_forward.w2 feed_forward.w_2 output.dense DenseReluDense.wo experts.#.w2 #.mlp.fc2 "
        "#.mlp.linear2 #.ffn.fc2 #.ffn.linear2 #.ff.linear2 #.ffn_output",
    ),
    ("router", "mlp.gate moe.gate block_sparse_moe.gate"),
    ("modulation", "adaLN_modulation.1"),
    ("head", "classifier.out_proj AuxLogits.fc aux1.fc2 aux2.fc2 final_layer.linear"),
    ("lm_head", "predictions.decoder lm_head.decoder"),
)
"""Paths to linear layers: steps with dots between them."""

ROLES_OF_PATHS_IN_TRANSFORMERS: tuple[tuple[LayerRole, str], ...] = (
    ("mlp_up", "mlp.fc1 mlp.linear1 mlp.0 ffn.fc1 ffn.linear1 ff.linear1"),
    ("mlp_down", "mlp.fc2 mlp.linear2 mlp.3 ffn.fc2 ffn.linear2 ff.linear2"),
)
"""Paths that are those of any perceptron elsewhere."""

OTHER_PATHS = "transform.dense head.dense classifier.dense t_embedder.mlp.0 t_embedder.mlp.2"
"""Paths to linear layers that are no part of a block."""

CODEBOOK_PATHS = "quantize.embedding"
"""Paths to the codes of a vector quantisation."""

PATCH_PATHS = "patch_embed.proj patch_embeddings.projection x_embedder.proj stem.proj"
"""Paths to the convolution that makes patches of an image."""


def folded_path(path: str) -> str:
    """Return the word that a path of the tables is, as `joined` makes it of a layer's own."""
    return joined([fold(step) for step in path.split(".")])


def joined(steps: list[str]) -> str:
    """Return folded steps as one word, in which all numbers before the last step are alike."""
    return "".join(NUMBER if step.isdecimal() else step for step in steps[:-1]) + steps[-1]
