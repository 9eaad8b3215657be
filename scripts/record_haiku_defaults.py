"""Record what Haiku's modules start with: the statistics in `tests/frameworks/recorded/haiku_defaults.json`.

Run in an environment with Haiku: `python -m scripts.record_haiku_defaults > FILE`.
"""

from __future__ import annotations

from importlib.metadata import version

import haiku as hk
import jax
import jax.numpy as jnp
from haiku.data_structures import traverse

from scripts.records import record, write

KEY = jax.random.key(0)


def _of(make, *arguments, **keywords):
    """Return the parameters of a module that is called with arguments."""

    def call(*arguments):
        return make()(*arguments, **keywords)

    return hk.transform_with_state(call).init(KEY, *arguments)[0]


def _of_core(make, *shape):
    """Return those of a recurrent core, which is called with a state too."""

    def call(x):
        core = make()
        return core(x, core.initial_state(batch_size=shape[0]))

    return hk.transform(call).init(KEY, jnp.ones(shape))


W_INIT = hk.initializers.VarianceScaling()

# A name, and the parameters of the module that has it. W_INIT is no default: attention must be given one.
MODULES = [
    ("Linear", _of(lambda: hk.Linear(400), jnp.ones((1, 300)))),
    ("Bias", _of(hk.Bias, jnp.ones((1, 100)))),
    ("nets.MLP", _of(lambda: hk.nets.MLP([400, 50]), jnp.ones((1, 300)))),
    ("Conv1D", _of(lambda: hk.Conv1D(400, 5), jnp.ones((1, 20, 50)))),
    ("Conv2D", _of(lambda: hk.Conv2D(256, 3), jnp.ones((1, 9, 9, 32)))),
    ("Conv2D", _of(lambda: hk.Conv2D(256, 3, feature_group_count=4), jnp.ones((1, 9, 9, 32)))),
    ("Conv3D", _of(lambda: hk.Conv3D(128, 3), jnp.ones((1, 5, 5, 5, 8)))),
    ("Conv1DTranspose", _of(lambda: hk.Conv1DTranspose(256, 4), jnp.ones((1, 9, 64)))),
    ("Conv2DTranspose", _of(lambda: hk.Conv2DTranspose(200, 3), jnp.ones((1, 9, 9, 16)))),
    ("Conv3DTranspose", _of(lambda: hk.Conv3DTranspose(16, 2), jnp.ones((1, 5, 5, 5, 200)))),
    ("DepthwiseConv1D", _of(lambda: hk.DepthwiseConv1D(2, 5), jnp.ones((1, 9, 300)))),
    ("DepthwiseConv2D", _of(lambda: hk.DepthwiseConv2D(2, 3), jnp.ones((1, 9, 9, 200)))),
    ("DepthwiseConv3D", _of(lambda: hk.DepthwiseConv3D(1, 3), jnp.ones((1, 5, 5, 5, 100)))),
    ("SeparableDepthwiseConv2D", _of(lambda: hk.SeparableDepthwiseConv2D(2, 5), jnp.ones((1, 9, 9, 200)))),
    ("Embed", _of(lambda: hk.Embed(300, 100), jnp.zeros((1,), jnp.int32))),
    ("VanillaRNN", _of_core(lambda: hk.VanillaRNN(100), 1, 30)),
    ("LSTM", _of_core(lambda: hk.LSTM(100), 1, 30)),
    ("GRU", _of_core(lambda: hk.GRU(100), 1, 30)),
    ("Conv1DLSTM", _of_core(lambda: hk.Conv1DLSTM((9,), 50, 5), 1, 9, 20)),
    ("Conv2DLSTM", _of_core(lambda: hk.Conv2DLSTM((9, 9), 24, 3), 1, 9, 9, 12)),
    ("Conv3DLSTM", _of_core(lambda: hk.Conv3DLSTM((3, 3, 3), 16, 3), 1, 3, 3, 3, 8)),
    ("MultiHeadAttention", _of(lambda: hk.MultiHeadAttention(4, 16, w_init=W_INIT), *[jnp.ones((1, 5, 64))] * 3)),
    ("LayerNorm", _of(lambda: hk.LayerNorm(-1, create_scale=True, create_offset=True), jnp.ones((1, 100)))),
    ("RMSNorm", _of(lambda: hk.RMSNorm(-1), jnp.ones((1, 100)))),
    ("GroupNorm", _of(lambda: hk.GroupNorm(5), jnp.ones((1, 9, 9, 100)))),
    ("InstanceNorm", _of(lambda: hk.InstanceNorm(create_scale=True, create_offset=True), jnp.ones((1, 9, 9, 100)))),
    ("BatchNorm", _of(lambda: hk.BatchNorm(True, True, 0.9), jnp.ones((9, 100)), is_training=True)),
]  # fmt: skip


def main() -> None:
    records = [
        record(name, f"{module}/{tensor}", values, {})
        for name, parameters in MODULES
        for module, tensor, values in traverse(parameters)
        if (name, tensor) != ("MultiHeadAttention", "w")
    ]
    write({"haiku": version("dm-haiku"), "jax": version("jax")}, "scripts/record_haiku_defaults.py", records)


if __name__ == "__main__":
    main()
