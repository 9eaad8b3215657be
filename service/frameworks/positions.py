"""Position embeddings by the code that others copy."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.position_embeddings import Sinusoidal

_FLOAT32 = "It computes in float32: of far positions the last digits differ."

WHISPER = Framework(
    name="whisper",
    title="Whisper",
    source="openai/whisper whisper/model.py at fdf63e5",
    calls=(Call("sinusoids(length, channels)", Sinusoidal(order="halves", timescales="inclusive"), _FLOAT32),),
)

FAIRSEQ = Framework(
    name="fairseq",
    title="fairseq",
    source="facebookresearch/fairseq fairseq/modules/sinusoidal_positional_embedding.py at 0491f26",
    calls=(
        Call(
            "SinusoidalPositionalEmbedding(dim, padding_idx=1)",
            Sinusoidal(order="halves", timescales="inclusive", padding_idx=1),
            _FLOAT32,
        ),
    ),
)

MAE = Framework(
    name="mae",
    title="MAE",
    source="facebookresearch/mae util/pos_embed.py at a9f5c70",
    calls=(
        Call(
            "get_2d_sincos_pos_embed(dim, grid_size)",
            Sinusoidal(order="halves"),
            "Of a shape (rows, columns, width), which MAE has as (rows · columns, width).",
        ),
    ),
)
