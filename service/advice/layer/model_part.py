"""Which part a layer plays in the family of models that it is of, in the libraries whose code of them is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import LayerKind, LayerRole, fold_layer_word
from service.frameworks.model_families.family import MATRIX_PARTS, ModelFamily, ModelPart
from service.frameworks.model_families.registry import MODELS
from service.frameworks.rules import TensorContext, TensorDefault
from service.frameworks.transformers import TRANSFORMERS
from service.tensors.layout import Layout, Shape

_EXAMPLES: Mapping[str, str] = {"gpt": "gpt2", "moe": "mixtral"}
"""The family that stands for a kind of network."""

_PARTS_OF_KINDS: Mapping[LayerKind, ModelPart] = {
    "embedding": "embedding", "positional_embedding": "positional_embedding", "normalization": "normalization",
    "layer_scale": "layer_scale", "logit_scale": "logit_scale", "mamba": "a_log", "mamba2": "a_log",
}  # fmt: skip
_MATRIX_KINDS: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose", "attention"))
_PARTS_OF_ROLES: Mapping[LayerRole, ModelPart] = {
    "binary_head": "head", "regression_head": "head", "detector_head": "head",
    **{cast(LayerRole, part): part for part in MATRIX_PARTS if part not in {"dense", "conv", "prediction_head"}},
}  # fmt: skip
PARTS_OF_WORDS: Mapping[str, ModelPart] = {
    **dict.fromkeys(
        ("relativepositionbias", "relativepositionbiastable", "relativeattentionbias", "relpos", "relattnbias"),
        "relative_position_bias",
    ),
    **dict.fromkeys(
        ("clstoken", "classtoken", "disttoken", "distillationtoken", "registertokens", "classembedding"),
        "class_token",
    ),
    **dict.fromkeys(("tokentypeembeddings", "tokentypeembedding", "segmentembeddings"), "segment_embedding"),
    **dict.fromkeys(("headdense", "transformdense"), "prediction_head"),
    "auxlogitsfc": "auxiliary_head", "posconvembed": "position_conv", "positionalconvembedding": "position_conv",
    "dtbias": "dt_bias", "masktoken": "mask_token", "dtproj": "dt_proj", "featureprojection": "feature_projection",
}  # fmt: skip
"""Of words that say more of a part than a kind and a role can."""

_HEAD_SIZE = 64
"""That of T5's heads, of which its smaller models are as wide as all heads together."""


@dataclass(frozen=True)
class ModelTensor:
    """The weight of a layer as a part of a family's models."""

    library: str
    family: ModelFamily
    part: ModelPart
    weight: TensorDefault

    @property
    def bias(self) -> TensorDefault:
        return self.family.bias(self.part)

    @property
    def is_transposed(self) -> bool:
        """Whether it is GPT-2's Conv1D, stored (in, out)."""
        is_of_block = self.part in MATRIX_PARTS and not self.part.endswith("head")
        return self.family.has_transposed_linears and is_of_block


def model_tensor(layer: Layer, library: str = TRANSFORMERS.name) -> ModelTensor | None:
    """Return what the layer's weight is in its family of models, in a library's code.

    None where the library says nothing of the family, or of that part.
    """
    family, part = _family(layer, library), _part(layer)
    weight = None if family is None or part is None else family.weight(part)
    return None if family is None or part is None or weight is None else ModelTensor(library, family, part, weight)


_PUBLISHED_ELSEWHERE: frozenset[str] = frozenset(
    ("vit", "vit_mae", "clip", "resnet", "densenet", "t5", "mamba", "mamba2", "detector", "detr", "wav2vec2")
)
"""Families whose authors' own code these libraries do not follow in all parts: the rules know it."""
SCALED_BY_BLOCK: frozenset[str] = frozenset(
    family.name
    for families in MODELS.values()
    for family in families.values()
    if any("block" in weight.takes for weight in family.weights.values())
)
"""Families of which some library scales tensors by the number of their block."""
HOMES: Mapping[str, str] = {"beit": "timm"}
"""The library that follows a family's authors most closely, where that is not the first of `MODELS` to have it."""


_BLOCK_NUMBER = re.compile(r"(?:^|[._/])(?:blocks?|layers?|h)[._/]?([0-9]{1,4})[._/]")


def block_number(path: str) -> int | None:
    """Return the number of the block in the path to a layer, blocks.3.mlp.fc2; None where it has none."""
    found = _BLOCK_NUMBER.search(path)
    return None if found is None else int(found[1])


def own_code(layer: Layer) -> ModelTensor | None:
    """Return what the layer's weight is in the code of its family: that of the library which `framework` says.

    Without one it is that of the library that has the family. None where there is no such code, or the rules know it.
    """
    architecture, library = layer.description.architecture, layer.description.framework
    if architecture is None or architecture in _EXAMPLES:
        return None
    if library is not None and library in MODELS:
        return model_tensor(layer, library)
    if architecture in _PUBLISHED_ELSEWHERE:
        return None
    home = HOMES.get(architecture) or next((name for name in MODELS if architecture in MODELS[name]), None)
    return None if home is None else model_tensor(layer, home)


def _family(layer: Layer, library: str) -> ModelFamily | None:
    families = MODELS.get(library, {})
    name: str = layer.description.architecture or layer.kind
    return families.get(name) or families.get(_EXAMPLES.get(name, ""))


def _part(layer: Layer) -> ModelPart | None:
    by_word = PARTS_OF_WORDS.get(fold_layer_word(layer.description.layer))
    if by_word is not None:
        return by_word
    if layer.kind == "positional_embedding" and is_in_encoder(layer):
        return "encoder_positions" if layer.description.architecture == "whisper" else "positional_embedding"
    if layer.kind == "normalization" and is_in_linear_attention(layer):
        return "gated_normalization"
    if layer.kind not in _MATRIX_KINDS:
        return _PARTS_OF_KINDS.get(layer.kind)
    return _PARTS_OF_ROLES.get(layer.role, "conv" if layer.kind in {"conv", "conv_transpose"} else "dense")


QUERY_WORDS = frozenset(("queryembed", "querypositionembeddings", "objectquery", "objectqueries", "querytokens"))
"""By which the queries of DETR and its like are known."""


def is_in_linear_attention(layer: Layer) -> bool:
    """Return whether a layer is in the linear attention of Qwen3-Next and its like, as the path to it says."""
    return ".linear_attn." in f".{layer.description.layer}"


_ENCODER = re.compile(r"(?:^|[._/])encoder[._/]")


def is_in_encoder(layer: Layer) -> bool:
    """Return whether a layer is in an encoder, as its description or the path to it says."""
    description = layer.description
    return description.stack == "encoder" or (
        description.stack is None and _ENCODER.search(description.layer) is not None
    )


def model_context(layer: Layer, shape: Shape | None = None, layout: Layout | None = None) -> TensorContext:
    """Return what a family's rule may depend on, for the layer's weight, or for another shape in another layout."""
    description = layer.description
    heads = description.heads and layer.out // description.heads
    known: dict[str, Any] = {"head_size": description.head_size or heads, "width": description.width}
    if layer.kind == "positional_embedding" and known["width"] is None:
        known["width"] = _HEAD_SIZE * layer.shape[-1]
    return TensorContext(
        layer.shape if shape is None else shape,
        layout or layer.layout,
        groups=layer.groups,
        fan_in=layer.fan_in,
        depth=layer.depth,
        block=block_number(description.layer) if description.block is None else description.block,
        **known,
    )
