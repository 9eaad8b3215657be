"""Record what tinygrad's layers start with: the statistics in `tests/frameworks/recorded/tinygrad_defaults.json`.

Run in an environment with tinygrad and a C compiler: `python -m scripts.record_tinygrad_defaults > FILE`.
"""

from __future__ import annotations

from importlib.metadata import version

from tinygrad import Tensor, nn

from scripts.records import record, write

Tensor.manual_seed(0)

# A layer, and what the shapes of its tensors do not say.
LAYERS = [
    (nn.Linear(300, 400), {"bias": {"fan_in": 300}}),
    (nn.Conv1d(50, 400, 5), {"bias": {"fan_in": 250}}),
    (nn.Conv2d(32, 256, 3), {"bias": {"fan_in": 288}}),
    (nn.Conv2d(32, 256, 3, groups=4), {"weight": {"groups": 4}, "bias": {"fan_in": 288}}),
    (nn.ConvTranspose1d(64, 256, 4), {"bias": {"fan_in": 256}}),
    (nn.ConvTranspose2d(64, 200, 3, groups=4), {"bias": {"fan_in": 576}}),
    (nn.Embedding(300, 100), {}),
    (nn.LSTMCell(30, 100), {}),
    (nn.LayerNorm(100), {}),
    (nn.LayerNorm2d(100), {}),
    (nn.RMSNorm(100), {}),
    (nn.GroupNorm(5, 100), {}),
    (nn.InstanceNorm(100), {}),
    (nn.BatchNorm(100), {}),
]


def main() -> None:
    records = [
        record(type(layer).__name__, name, values.numpy(), given)
        for layer, given in LAYERS
        for name, values in nn.state.get_state_dict(layer).items()
        if name != "num_batches_tracked"
    ]
    write({"tinygrad": version("tinygrad")}, "scripts/record_tinygrad_defaults.py", records)


if __name__ == "__main__":
    main()
