"""Record what PyTorch's layers start with: the statistics in `tests/initializers/pytorch_defaults.json`.

Run in an environment with PyTorch: `.venv-peers/bin/python scripts/record_pytorch_defaults.py > FILE`.
"""

from __future__ import annotations

import json
import sys

import torch
from torch import nn

torch.manual_seed(0)

LAYERS = [
    ("Linear", nn.Linear(300, 400), {"fan_in": 300}),
    ("Conv", nn.Conv1d(50, 400, 5), {"fan_in": 250}),
    ("Conv", nn.Conv2d(32, 64, 3, groups=4), {"fan_in": 72, "groups": 4}),
    ("Conv", nn.Conv3d(8, 64, 3), {"fan_in": 216}),
    ("ConvTranspose", nn.ConvTranspose2d(64, 32, 3), {"fan_in": 288}),
    ("ConvTranspose", nn.ConvTranspose1d(64, 32, 4, groups=2), {"fan_in": 64}),
    ("Embedding", nn.Embedding(300, 100), {}),
    ("LSTM", nn.LSTM(30, 100), {"units": 100}),
    ("GRU", nn.GRU(30, 100), {"units": 100}),
    ("RNN", nn.RNN(30, 200), {"units": 200}),
    ("MultiheadAttention", nn.MultiheadAttention(128, 8), {"fan_in": 128}),
    ("LayerNorm", nn.LayerNorm(100), {}),
    ("BatchNorm", nn.BatchNorm2d(100), {}),
]


def main() -> None:
    records = [
        {
            "layer": layer, "tensor": name.removesuffix("_l0"), "shape": list(tensor.shape), "parameters": parameters,
            "mean": tensor.mean().item(), "std": tensor.std(correction=0).item(), "largest": tensor.abs().max().item(),
        }
        for layer, module, parameters in LAYERS
        for name, tensor in module.named_parameters()
    ]  # fmt: skip
    json.dump(
        {"torch": torch.__version__, "written_by": "scripts/record_pytorch_defaults.py", "records": records},
        sys.stdout,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()
