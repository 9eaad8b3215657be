"""Record what calls of PyTorch, Keras and JAX draw for layers, in `tests/frameworks/recorded/called_weights.json`.

Run in an environment with torch, keras and jax: `KERAS_BACKEND=jax python -m scripts.record_called_weights > FILE`. Of
Flax's layers the shapes stand here as Flax stores them, and JAX's functions are what Flax calls on them.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import jax
import keras
import numpy as np
import torch
from torch import nn

from scripts.records import write

_DRAWS = 8

_TORCH_LAYERS = [
    ("Linear", {}, "weight", lambda: nn.Linear(200, 300)),
    ("Conv2d", {}, "weight", lambda: nn.Conv2d(64, 32, 4)),
    ("Conv2d", {"groups": 4}, "weight", lambda: nn.Conv2d(64, 128, 3, groups=4)),
    ("Conv2d", {"groups": 32}, "weight", lambda: nn.Conv2d(32, 32, 3, groups=32)),
    ("Conv1d", {}, "weight", lambda: nn.Conv1d(64, 96, 5)),
    ("ConvTranspose2d", {}, "weight", lambda: nn.ConvTranspose2d(64, 32, 4)),
    ("ConvTranspose2d", {"stride": 2}, "weight", lambda: nn.ConvTranspose2d(64, 32, 4, stride=2)),
    ("ConvTranspose2d", {"groups": 4}, "weight", lambda: nn.ConvTranspose2d(64, 128, 3, groups=4)),
    ("LSTM", {}, "weight_hh_l0", lambda: nn.LSTM(96, 96)),
    ("MultiheadAttention", {}, "in_proj_weight", lambda: nn.MultiheadAttention(96, 4)),
]
_TORCH_CALLS: list[tuple[str, Any, dict[str, Any]]] = [
    ("nn.init.kaiming_normal_(w)", nn.init.kaiming_normal_, {}),
    ("nn.init.kaiming_normal_(w, mode='fan_out')", nn.init.kaiming_normal_, {"mode": "fan_out"}),
    ("torch.nn.init.kaiming_uniform_(w, nonlinearity='relu')", nn.init.kaiming_uniform_, {"nonlinearity": "relu"}),
    ("xavier_normal_", nn.init.xavier_normal_, {}),
    ("nn.init.xavier_uniform_(w, gain=2)", nn.init.xavier_uniform_, {"gain": 2.0}),
    ("nn.init.orthogonal_(w)", nn.init.orthogonal_, {}),
    ("nn.init.normal_(w, std=0.02)", nn.init.normal_, {"std": 0.02}),
]
_KERAS_LAYERS = [
    ("Dense", {}, keras.layers.Dense(300), (None, 200), "kernel"),
    ("Conv2D", {}, keras.layers.Conv2D(32, 4), (None, 8, 8, 64), "kernel"),
    ("Conv2D", {"groups": 4}, keras.layers.Conv2D(128, 3, groups=4), (None, 8, 8, 64), "kernel"),
    ("Conv2DTranspose", {}, keras.layers.Conv2DTranspose(32, 4), (None, 8, 8, 64), "kernel"),
    ("Conv2DTranspose", {"stride": 2}, keras.layers.Conv2DTranspose(32, 4, strides=2), (None, 8, 8, 64), "kernel"),
    ("DepthwiseConv2D", {}, keras.layers.DepthwiseConv2D(5, depth_multiplier=2), (None, 8, 8, 64), "kernel"),
    ("LSTM", {}, keras.layers.LSTM(96), (None, 5, 96), "cell.recurrent_kernel"),
]
_KERAS_CALLS = [
    ("keras.initializers.HeNormal()", keras.initializers.HeNormal()),
    ("HeNormal", keras.initializers.HeNormal()),
    ("keras.initializers.GlorotUniform()", keras.initializers.GlorotUniform()),
    (
        "keras.initializers.VarianceScaling(scale=2.0, mode='fan_out')",
        keras.initializers.VarianceScaling(scale=2.0, mode="fan_out"),
    ),
    ("keras.initializers.Orthogonal()", keras.initializers.Orthogonal()),
]
_FLAX_LAYERS = [
    ("Dense", {}, (200, 300)),
    ("Conv", {}, (3, 3, 64, 32)),
    ("Conv", {"groups": 4}, (3, 3, 16, 128)),
    ("ConvTranspose", {}, (4, 4, 64, 32)),
]
_JAX_CALLS = [
    ("jax.nn.initializers.he_normal()", jax.nn.initializers.he_normal()),
    ("nn.initializers.xavier_uniform()", jax.nn.initializers.xavier_uniform()),
    ("jax.nn.initializers.variance_scaling(2.0, 'fan_out', 'normal')",
     jax.nn.initializers.variance_scaling(2.0, "fan_out", "normal")),
]  # fmt: skip


def _record(framework, layer, members, call, draws):
    numbers = np.concatenate([np.ravel(np.asarray(draw, np.float64)) for draw in draws])
    shape = list(np.shape(draws[0]))
    return {
        "framework": framework, "layer": layer, "members": {**members, "shape": shape}, "current": call,
        "std": float(np.sqrt(np.mean(numbers**2))), "count": numbers.size,
    }  # fmt: skip


def _of_torch():
    for layer, members, tensor, make in _TORCH_LAYERS:
        weight = getattr(make(), tensor)
        for call, function, given in _TORCH_CALLS:
            draws = [function(weight, **given).detach().numpy().copy() for _ in range(_DRAWS)]
            yield _record("pytorch", layer, members, call, draws)


def _of_keras():
    for layer, members, built, shape, tensor in _KERAS_LAYERS:
        built.build(shape)
        weight = built
        for name in tensor.split("."):
            weight = getattr(weight, name)
        for call, initializer in _KERAS_CALLS:
            config = {**initializer.get_config(), "seed": None}
            draws = [type(initializer).from_config(config)(weight.shape) for _ in range(_DRAWS)]
            yield _record("keras", layer, members, call, draws)


def _of_jax():
    for layer, members, shape in _FLAX_LAYERS:
        for call, function in _JAX_CALLS:
            draws = [function(jax.random.key(number), shape) for number in range(_DRAWS)]
            yield _record("flax", layer, members, call, draws)


def main() -> None:
    torch.manual_seed(0)
    keras.utils.set_random_seed(0)
    versions = {name: version(name) for name in ("torch", "keras", "jax")}
    write(versions, "scripts/record_called_weights.py", [*_of_torch(), *_of_keras(), *_of_jax()])


main()
