"""Record what Equinox's layers start with: the statistics in `tests/frameworks/recorded/equinox_defaults.json`.

Run in an environment with Equinox: `python -m scripts.record_equinox_defaults > FILE`.
"""

from __future__ import annotations

from importlib.metadata import version

import equinox.nn as nn
import jax
import numpy as np

from scripts.records import record, write

KEY = jax.random.key(0)


def _biases(**sizes):
    return {f"{name}.bias": {"fan_in": size} for name, size in sizes.items()}


# A module, and what the shapes of its tensors do not say.
MODULES = [
    (nn.Linear(300, 400, key=KEY), {"bias": {"fan_in": 300}}),
    (nn.Conv1d(50, 400, 5, key=KEY), {"bias": {"fan_in": 250}}),
    (nn.Conv2d(32, 256, 3, groups=4, key=KEY), {"bias": {"fan_in": 72}}),
    (nn.Conv3d(8, 128, 3, key=KEY), {"bias": {"fan_in": 216}}),
    (nn.ConvTranspose1d(64, 256, 4, key=KEY), {"bias": {"fan_in": 256}}),
    (nn.ConvTranspose2d(64, 200, 3, groups=4, key=KEY), {"bias": {"fan_in": 144}}),
    (nn.Embedding(300, 100, key=KEY), {}),
    (nn.GRUCell(30, 200, key=KEY), {"bias_n": {"units": 200}}),
    (nn.LSTMCell(30, 100, key=KEY), {}),
    (
        nn.MultiheadAttention(
            8, 90, key_size=60, value_size=300, output_size=130, qk_size=16, vo_size=20, key=KEY,
            use_query_bias=True, use_key_bias=True, use_value_bias=True, use_output_bias=True,
        ),
        _biases(query_proj=90, key_proj=60, value_proj=300, output_proj=160),
    ),
    (nn.PReLU(), {}),
    (nn.LayerNorm(100), {}),
    (nn.RMSNorm(100), {}),
    (nn.GroupNorm(5, 100), {}),
    (nn.BatchNorm(100, "batch", mode="batch"), {}),
]  # fmt: skip


def _tensors(module, before=""):
    """Yield the names and values of a module's parameters, without its buffers."""
    for name, value in vars(module).items():
        if isinstance(value, jax.Array):
            yield before + name, value
        elif isinstance(value, nn.Linear):
            yield from _tensors(value, f"{before}{name}.")


def main() -> None:
    records = [
        record(type(module).__name__, name, np.array(values), given)
        for module, given in MODULES
        for name, values in _tensors(module)
    ]
    write({"equinox": version("equinox"), "jax": version("jax")}, "scripts/record_equinox_defaults.py", records)


if __name__ == "__main__":
    main()
