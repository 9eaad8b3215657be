"""What the tensors of a family of models start with in a library's code, by the part that each plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from service.frameworks.rules import ALL_ONES, ALL_ZEROS, TensorContext, TensorDefault
from service.initializers.random import NormalInitializer

ModelPart = Literal[
    "dense", "query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down", "router", "head",
    "prediction_head", "lm_head", "projection_head", "auxiliary_head", "conv", "patch_embedding", "embedding",
    "segment_embedding", "positional_embedding", "encoder_positions", "relative_position_bias", "class_token",
    "mask_token", "normalization", "layer_scale", "logit_scale", "dt_proj", "a_log", "dt_bias", "feature_projection",
    "position_conv", "quantizer", "codevectors", "gated_normalization",
]  # fmt: skip
"""What a tensor is for in a model: a matrix of attention or of a feed-forward, an embedding, a token, a scale, ..."""

MATRIX_PARTS: tuple[ModelPart, ...] = (
    "dense", "query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down", "router", "head",
    "prediction_head", "lm_head", "projection_head", "conv", "patch_embedding",
)  # fmt: skip
"""Those with a matrix or a kernel."""
_DRAWN_ALIKE: frozenset[ModelPart] = frozenset(
    (*MATRIX_PARTS, "embedding", "segment_embedding", "positional_embedding", "encoder_positions")
)
"""Those that the library draws alike where a model has no rule of its own."""


@dataclass(frozen=True)
class ModelFamily:
    """A family of models as a library's code starts it.

    A part that `weights` does not name starts as the library starts any layer: matrices, kernels and embeddings from
    N(0, std²), scales of normalisations as ones, and the bias of any part but of those in `biases` as zeros.
    """

    name: str
    """The library's folder of it, by which requests name it."""
    title: str
    """As its authors write it."""
    source: str
    """Where its own rule stands, or its configuration where it has none; the file and the line."""
    std: float | None = 0.02
    """The configuration's own; None in a library that leaves all other parts as the framework starts them."""
    weights: Mapping[ModelPart, TensorDefault] = field(default_factory=dict)
    biases: Mapping[ModelPart, TensorDefault] = field(default_factory=dict)
    without_biases: frozenset[ModelPart] = frozenset()
    """The parts without a bias in a family whose other matrices have some."""
    padding_rows: Mapping[ModelPart, int] = field(default_factory=dict)
    """The rows of embeddings that are zeros, those of the padding token."""
    is_tied: bool = False
    """Whether the output layer is the token embedding, unless a configuration says otherwise."""
    has_transposed_linears: bool = False
    """Whether attention and feed-forward are GPT-2's Conv1D, stored (in, out)."""

    def weight(self, part: ModelPart) -> TensorDefault | None:
        """Return what the weight of a part starts with; None where nothing but the framework's default is known."""
        own, std = self.weights.get(part), self.std
        if own is not None or std is None:
            return own
        if part not in _DRAWN_ALIKE:
            return ALL_ONES if part == "normalization" else None
        row = self.padding_rows.get(part)
        return TensorDefault(
            f"N(0, {std:g}²)" + ("" if row is None else f", row {row} 0"),
            lambda context: NormalInitializer(std=std, padding_idx=_row_of(row, context)),
        )

    def bias(self, part: ModelPart) -> TensorDefault:
        """Return what the bias of a part starts with."""
        return self.biases.get(part, ALL_ZEROS)


def by_name(*families: ModelFamily) -> Mapping[str, ModelFamily]:
    """Return families by the names of their folders."""
    return {family.name: family for family in families}


def _row_of(padding_row: int | None, context: TensorContext) -> int | None:
    """Return the row of zeros; None where an embedding has fewer rows."""
    return padding_row if padding_row is not None and padding_row < context.size(0) else None
