"""Record what Flax's layers start with, linen's and nnx's: `tests/frameworks/recorded/flax_defaults.json`.

Run in an environment with Flax: `python -m scripts.record_flax_defaults > FILE`.
"""

from __future__ import annotations

import flax
import jax
import jax.numpy as jnp
from flax import linen, nnx
from flax.traverse_util import flatten_dict

from scripts.records import record, write

KEY = jax.random.key(0)


def _cell(cell, features):
    """Return the variables of a recurrent cell."""
    x = jnp.ones((1, *features))
    return cell.init(KEY, cell.initialize_carry(KEY, x.shape), x)


def _of(layer, *shape):
    return layer.init(KEY, jnp.ones(shape))


# A name, the variables of the layer that has it, and what their shapes do not say.
LINEN = [
    ("Dense", _of(linen.Dense(400), 1, 300), {}),
    ("DenseGeneral", _of(linen.DenseGeneral((8, 16)), 1, 90), {"kernel": {"fan_in": 90}}),
    ("DenseGeneral", _of(linen.DenseGeneral(90, axis=(-2, -1)), 1, 8, 16), {"kernel": {"fan_in": 128}}),
    ("DenseGeneral", _of(linen.DenseGeneral(50, batch_dims=(0,)), 6, 7, 30), {"kernel": {"fan_in": 180}}),
    ("Einsum", _of(linen.Einsum((8, 30, 40), "bae,aec->bac"), 2, 8, 30), {}),
    ("Conv", _of(linen.Conv(400, (5,)), 1, 20, 50), {}),
    ("Conv", _of(linen.Conv(64, (3, 3), feature_group_count=4), 1, 20, 20, 32), {}),
    ("ConvLocal", _of(linen.ConvLocal(32, (3,), padding="VALID"), 1, 12, 20), {}),
    ("ConvTranspose", _of(linen.ConvTranspose(32, (3, 3)), 1, 8, 8, 64), {}),
    (
        "ConvTranspose(transpose_kernel=True)",
        _of(linen.ConvTranspose(32, (3, 3), transpose_kernel=True), 1, 8, 8, 64),
        {},
    ),
    ("Embed", linen.Embed(300, 100).init(KEY, jnp.zeros((1,), jnp.int32)), {}),
    ("LSTMCell", _cell(linen.LSTMCell(64), (50,)), {}),
    ("OptimizedLSTMCell", _cell(linen.OptimizedLSTMCell(64), (50,)), {}),
    ("GRUCell", _cell(linen.GRUCell(64), (50,)), {}),
    ("MGUCell", _cell(linen.MGUCell(64), (50,)), {}),
    ("SimpleCell", _cell(linen.SimpleCell(64), (50,)), {}),
    ("ConvLSTMCell", _cell(linen.ConvLSTMCell(16, (3, 3)), (8, 8, 12)), {}),
    (
        "MultiHeadDotProductAttention",
        _of(linen.MultiHeadDotProductAttention(4, qkv_features=128, normalize_qk=True), 1, 5, 96),
        {},
    ),
    ("PReLU", _of(linen.PReLU(), 1, 5), {}),
    ("LayerNorm", _of(linen.LayerNorm(), 1, 100), {}),
    ("RMSNorm", _of(linen.RMSNorm(), 1, 100), {}),
    ("GroupNorm", _of(linen.GroupNorm(5), 1, 100), {}),
    ("InstanceNorm", _of(linen.InstanceNorm(), 1, 6, 100), {}),
    ("BatchNorm", _of(linen.BatchNorm(use_running_average=True), 1, 100), {}),
]

RNGS = nnx.Rngs(0)
NNX = [
    (nnx.Linear(300, 400, rngs=RNGS), {}),
    (nnx.LinearGeneral(90, (8, 16), rngs=RNGS), {"kernel": {"fan_in": 90}}),
    (nnx.Conv(32, 64, (3, 3), feature_group_count=4, rngs=RNGS), {}),
    (nnx.ConvTranspose(64, 32, (3, 3), rngs=RNGS), {}),
    (nnx.Embed(300, 100, rngs=RNGS), {}),
    (nnx.LSTMCell(50, 64, rngs=RNGS), {}),
    (nnx.OptimizedLSTMCell(50, 64, rngs=RNGS), {}),
    (nnx.GRUCell(50, 64, rngs=RNGS), {}),
    (nnx.SimpleCell(50, 64, rngs=RNGS), {}),
    (nnx.MultiHeadAttention(4, 96, 128, decode=False, rngs=RNGS), {}),
    (nnx.LoRA(300, 40, 200, rngs=RNGS), {}),
    (nnx.LoRALinear(300, 200, lora_rank=40, rngs=RNGS), {}),
    (nnx.PReLU(), {}),
    (nnx.LayerNorm(100, rngs=RNGS), {}),
    (nnx.BatchNorm(100, rngs=RNGS), {}),
]


def main() -> None:
    records = [
        record(name, "/".join(path[1:]), value, given)
        for name, variables, given in LINEN
        for path, value in flatten_dict(variables).items()
    ]
    records += [
        record(type(module).__name__, ".".join(map(str, path)), variable[...], given)
        for module, given in NNX
        for path, variable in nnx.to_flat_state(nnx.state(module, (nnx.Param, nnx.BatchStat)))
    ]
    write({"flax": flax.__version__, "jax": jax.__version__}, "scripts/record_flax_defaults.py", records)


if __name__ == "__main__":
    main()
