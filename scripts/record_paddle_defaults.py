"""Record what Paddle's layers start with: the statistics in `tests/frameworks/recorded/paddle_defaults.json`.

Run in an environment with Paddle: `python -m scripts.record_paddle_defaults > FILE`.
"""

from __future__ import annotations

from importlib.metadata import version

import paddle
from paddle import nn

from scripts.records import record, write

paddle.seed(0)

# A layer, and what the shapes of its tensors do not say.
LAYERS = [
    (nn.Linear(300, 400), {}),
    (nn.Bilinear(50, 20, 60), {}),
    (nn.Conv1D(50, 400, 5), {}),
    (nn.Conv2D(32, 256, 3), {}),
    (nn.Conv2D(32, 256, 3, groups=4), {"weight": {"groups": 4}}),
    (nn.Conv3D(8, 128, 3), {}),
    (nn.Conv1DTranspose(64, 256, 4), {}),
    (nn.Conv2DTranspose(64, 200, 3, groups=4), {}),
    (nn.Conv3DTranspose(16, 200, 2), {}),
    (nn.Embedding(300, 100), {}),
    (nn.LSTM(30, 100), {}),
    (nn.GRU(30, 100), {}),
    (nn.SimpleRNN(30, 100), {}),
    (nn.LSTMCell(30, 100), {}),
    (nn.GRUCell(30, 100), {}),
    (nn.SimpleRNNCell(30, 100), {}),
    (nn.MultiHeadAttention(96, 4, kdim=60, vdim=300), {}),
    (nn.TransformerEncoderLayer(96, 4, 300), {}),
    (nn.TransformerDecoderLayer(96, 4, 300), {}),
    (nn.PReLU(50), {}),
    (nn.LayerNorm(100), {}),
    (nn.GroupNorm(5, 100), {}),
    (nn.InstanceNorm2D(100), {}),
    (nn.BatchNorm2D(100), {}),
]


def main() -> None:
    records = [
        record(type(layer).__name__, name, values.numpy(), given)
        for layer, given in LAYERS
        for name, values in layer.state_dict().items()
    ]
    write({"paddle": version("paddlepaddle")}, "scripts/record_paddle_defaults.py", records)


if __name__ == "__main__":
    main()
