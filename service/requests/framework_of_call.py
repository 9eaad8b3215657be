"""Whose layer a call is, by the module before its name: nn.Conv2d, keras.layers.Dense, nnx.Linear."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MODULES: Mapping[str, str] = {
    "torch": "pytorch", "keras": "keras", "tf": "keras", "tensorflow": "keras", "layers": "keras", "flax": "flax",
    "nnx": "flax", "linen": "flax", "mlx": "mlx", "paddle": "paddle", "hk": "haiku", "haiku": "haiku",
    "eqx": "equinox", "equinox": "equinox", "candle_nn": "candle", "transformers": "transformers",
    "mindspore": "mindspore", "tinygrad": "tinygrad",
}  # fmt: skip
"""By the first part of the path."""

_OF_NN: Mapping[str, re.Pattern[str]] = {
    "pytorch": re.compile(
        r"(Lazy)?(Linear|Bilinear|Conv(Transpose)?[123]d|Embedding(Bag)?|(LSTM|GRU|RNN)(Cell)?|MultiheadAttention|"
        r"(Batch|Instance)Norm[123]d|LayerNorm|GroupNorm|RMSNorm|PReLU|Transformer(En|De)coderLayer)"
    ),
    "flax": re.compile(r"Dense(General)?|Conv(Transpose|Local)?|Embed|BatchNorm|MultiHeadDotProductAttention|\w+Cell"),
}
"""The layers of the frameworks whose users call the module nn; where several have one, it is PyTorch's."""

_SEPARATOR = re.compile(r"::|\.")


def framework_of(name: str) -> str | None:
    """Return the framework whose module stands before a layer's name; None where that says none."""
    path = _SEPARATOR.split(name[:256])
    if len(path) == 1:
        return None
    if path[0] != "nn":
        return _MODULES.get(path[0])
    return next((framework for framework, layers in _OF_NN.items() if layers.fullmatch(path[-1])), None)
