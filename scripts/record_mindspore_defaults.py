"""Record what MindSpore's layers start with: the statistics in `tests/frameworks/recorded/mindspore_defaults.json`.

Run in an environment with MindSpore: `python -m scripts.record_mindspore_defaults > FILE`.
"""

from __future__ import annotations

from importlib.metadata import version

import mindspore
import numpy as np
from mindspore import nn

from scripts.records import record, write

mindspore.set_seed(0)
np.random.seed(0)  # noqa: NPY002 (its recurrent layers draw with NumPy's global stream)

TRANSFORMER = {"out_proj.bias": {"fan_in": 96}, "dense1.bias": {"fan_in": 96}, "dense2.bias": {"fan_in": 300}}

# A layer, and what the shapes of its tensors do not say.
LAYERS = [
    (nn.Dense(300, 400), {"bias": {"fan_in": 300}}),
    (nn.Conv1d(50, 400, 5, has_bias=True), {"bias": {"fan_in": 250}}),
    (nn.Conv2d(32, 256, 3, has_bias=True), {"bias": {"fan_in": 288}}),
    (nn.Conv2d(32, 256, 3, group=4, has_bias=True), {"bias": {"fan_in": 72}}),
    (nn.Conv3d(8, 128, 3, has_bias=True), {"bias": {"fan_in": 216}}),
    (nn.Conv1dTranspose(64, 256, 4, has_bias=True), {"bias": {"fan_in": 1024}}),
    (nn.Conv2dTranspose(64, 200, 3, group=4, has_bias=True), {"bias": {"fan_in": 450}}),
    (nn.Conv3dTranspose(16, 200, 2, has_bias=True), {"bias": {"fan_in": 1600}}),
    (nn.Embedding(300, 100), {}),
    (nn.EmbeddingLookup(300, 100), {}),
    (nn.EmbeddingExt(300, 100), {}),
    (nn.LSTM(30, 100), {}),
    (nn.GRU(30, 100), {}),
    (nn.RNN(30, 100), {}),
    (nn.LSTMCell(30, 100), {}),
    (nn.GRUCell(30, 100), {}),
    (nn.RNNCell(30, 100), {}),
    (nn.MultiheadAttention(96, 4, add_bias_kv=True), {"out_proj.bias": {"fan_in": 96}}),
    (nn.MultiheadAttention(96, 4, kdim=60, vdim=300), {"out_proj.bias": {"fan_in": 96}}),
    (
        nn.TransformerEncoderLayer(96, 4, 300),
        TRANSFORMER,
    ),
    (
        nn.TransformerDecoderLayer(96, 4, 300),
        TRANSFORMER,
    ),
    (
        nn.TransformerEncoder(nn.TransformerEncoderLayer(96, 4, 300), 1, nn.LayerNorm((96,))),
        TRANSFORMER,
    ),
    (
        nn.Transformer(96, 4, 1, 1, 300),
        TRANSFORMER,
    ),
    (nn.PReLU(50), {}),
    (nn.LayerNorm((100,)), {}),
    (nn.LayerNormExt((100,)), {}),
    (nn.GroupNorm(5, 100), {}),
    (nn.InstanceNorm2d(100), {}),
    (nn.BatchNorm2d(100), {}),
    (nn.BatchNorm3d(100), {}),
]


def main() -> None:
    # In a network, where its tensors have the names that checkpoints have.
    records = [
        record(type(layer).__name__, name.removeprefix("0."), parameter.asnumpy(), given)
        for layer, given in LAYERS
        for name, parameter in nn.SequentialCell([layer]).parameters_dict().items()
    ]
    write({"mindspore": version("mindspore")}, "scripts/record_mindspore_defaults.py", records)


if __name__ == "__main__":
    main()
