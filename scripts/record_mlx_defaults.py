"""Record what MLX's layers start with: the statistics in `tests/frameworks/recorded/mlx_defaults.json`.

Run in an environment with MLX (`mlx[cpu]` where there is no Metal): `python -m scripts.record_mlx_defaults > FILE`.
"""

from __future__ import annotations

from importlib.metadata import version

import mlx.core as mx
import numpy as np
from mlx import nn
from mlx.utils import tree_flatten

from scripts.records import record, write

mx.random.seed(0)


def _projection_biases(queries, keys, values, outputs):
    names = ("query_proj", "key_proj", "value_proj", "out_proj")
    sizes = (queries, keys, values, outputs)
    return {f"{name}.bias": {"fan_in": size} for name, size in zip(names, sizes, strict=True)}


_FEED_FORWARD_BIASES = {"linear1.bias": {"fan_in": 96}, "linear2.bias": {"fan_in": 384}}

# A module, and what the shapes of its tensors do not say.
MODULES = [
    (nn.Linear(300, 400), {"bias": {"fan_in": 300}}),
    (nn.Bilinear(50, 20, 300), {"bias": {"fan_in": 50}}),
    (nn.Conv1d(50, 400, 5), {}),
    (nn.Conv2d(32, 256, 3, groups=4), {}),
    (nn.Conv3d(8, 128, 3), {}),
    (nn.ConvTranspose1d(64, 256, 4), {}),
    (nn.ConvTranspose2d(64, 200, 3), {}),
    (nn.ConvTranspose3d(16, 200, 2), {}),
    (nn.Embedding(300, 100), {}),
    (nn.RNN(30, 200), {}),
    (nn.GRU(30, 200), {}),
    (nn.LSTM(30, 100), {}),
    (
        nn.MultiHeadAttention(
            128, 8, query_input_dims=90, key_input_dims=60, value_input_dims=300, value_dims=160, bias=True
        ),
        _projection_biases(90, 60, 300, 160),
    ),
    (nn.TransformerEncoderLayer(96, 4), _FEED_FORWARD_BIASES),
    (nn.TransformerDecoderLayer(96, 4), _FEED_FORWARD_BIASES),
    (nn.Transformer(96, 4, 1, 1), _FEED_FORWARD_BIASES),
    (nn.PReLU(50), {}),
    (nn.LayerNorm(100), {}),
    (nn.RMSNorm(100), {}),
    (nn.GroupNorm(5, 100), {}),
    (nn.InstanceNorm(100, affine=True), {}),
    (nn.BatchNorm(100), {}),
]


def main() -> None:
    records = [
        record(type(module).__name__, name, np.array(values), given)
        for module, given in MODULES
        for name, values in tree_flatten(module.parameters())
    ]
    write({"mlx": version("mlx")}, "scripts/record_mlx_defaults.py", records)


if __name__ == "__main__":
    main()
