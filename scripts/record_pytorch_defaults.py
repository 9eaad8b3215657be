"""Record what PyTorch's layers start with: the statistics in `tests/frameworks/recorded/pytorch_defaults.json`.

Run in an environment with PyTorch: `.venv-peers/bin/python -m scripts.record_pytorch_defaults > FILE`.
"""

from __future__ import annotations

import torch
from torch import nn

from scripts.records import record, write

torch.manual_seed(0)


def _transformer_biases(width, hidden):
    return {"linear1.bias": {"fan_in": width}, "linear2.bias": {"fan_in": hidden}}


# A module, and what the shapes of its tensors do not say.
MODULES = [
    (nn.Linear(300, 400), {"bias": {"fan_in": 300}}),
    (nn.AdaptiveLogSoftmaxWithLoss(128, 600, [200], head_bias=True), {"bias": {"fan_in": 128}}),
    (nn.Bilinear(50, 20, 300), {"bias": {"fan_in": 50}}),
    (nn.Conv1d(50, 400, 5), {"bias": {"fan_in": 250}}),
    (nn.Conv2d(32, 256, 3, groups=4), {"bias": {"fan_in": 72}}),
    (nn.Conv3d(8, 256, 3), {"bias": {"fan_in": 216}}),
    (nn.ConvTranspose1d(64, 256, 4, groups=2), {"bias": {"fan_in": 512}}),
    (nn.ConvTranspose2d(64, 200, 3), {"bias": {"fan_in": 1800}}),
    (nn.ConvTranspose3d(16, 200, 2), {"bias": {"fan_in": 1600}}),
    (nn.Embedding(300, 100), {}),
    (nn.EmbeddingBag(300, 100), {}),
    (nn.LSTM(30, 100, num_layers=2, bidirectional=True, proj_size=40), {}),
    (nn.LSTMCell(30, 100), {}),
    (nn.GRU(30, 100), {}),
    (nn.GRUCell(30, 100), {}),
    (nn.RNN(30, 200), {}),
    (nn.RNNCell(30, 200), {}),
    (nn.MultiheadAttention(128, 8, add_bias_kv=True), {}),
    (nn.MultiheadAttention(128, 8, kdim=60, vdim=300), {}),
    (nn.TransformerEncoderLayer(96, 4, 300), _transformer_biases(96, 300)),
    (nn.TransformerDecoderLayer(96, 4, 300), _transformer_biases(96, 300)),
    (
        nn.TransformerEncoder(nn.TransformerEncoderLayer(96, 4, 300), 1, nn.LayerNorm(96), enable_nested_tensor=False),
        _transformer_biases(96, 300),
    ),
    (nn.Transformer(96, 4, 1, 1, 300), _transformer_biases(96, 300)),
    (nn.PReLU(50), {}),
    (nn.LayerNorm((20, 100)), {}),
    (nn.RMSNorm(100), {}),
    (nn.GroupNorm(5, 100), {}),
    (nn.BatchNorm2d(100), {}),
    (nn.InstanceNorm1d(100, affine=True, track_running_stats=True), {}),
]


def main() -> None:
    records = [
        record(type(module).__name__, name, tensor.detach().numpy(), given)
        for module, given in MODULES
        for name, tensor in (*module.named_parameters(), *module.named_buffers())
        if tensor.is_floating_point()
    ]
    write({"torch": torch.__version__}, "scripts/record_pytorch_defaults.py", records)


if __name__ == "__main__":
    main()
