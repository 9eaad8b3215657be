"""Record what Keras's layers start with: the statistics in `tests/frameworks/recorded/keras_defaults.json`.

Run in an environment with Keras and JAX: `KERAS_BACKEND=jax python -m scripts.record_keras_defaults > FILE`.
"""

from __future__ import annotations

import keras
from keras import layers

from scripts.records import record, write

keras.utils.set_random_seed(0)


def _with_lora(layer, *shapes):
    built = _built(layer, *shapes)
    built.enable_lora(40)
    return built


def _built(layer, *shapes):
    layer.build(*shapes)
    return layer


# A layer, and what the shapes of its tensors do not say.
LAYERS = [
    (_with_lora(layers.Dense(400), (None, 300)), {}),
    (_built(layers.EinsumDense("ab,bc->ac", 400, bias_axes="c"), (None, 300)), {}),
    (
        _with_lora(layers.EinsumDense("abc,cde->abde", (None, 8, 16), bias_axes="de"), (None, 10, 90)),
        {"kernel": {"equation": "abc,cde->abde"}},
    ),
    (
        _built(layers.EinsumDense("abcd,cde->abe", (None, 90), bias_axes="e"), (None, 10, 8, 16)),
        {"kernel": {"equation": "abcd,cde->abe"}},
    ),
    (
        _built(layers.EinsumDense("abc,bcd->abd", (20, 70)), (None, 20, 30)),
        {"kernel": {"equation": "abc,bcd->abd"}},
    ),
    (_built(layers.Conv1D(400, 5), (None, 20, 50)), {}),
    (_with_lora(layers.Conv2D(64, 3), (None, 20, 20, 32)), {}),
    (_built(layers.Conv2D(64, 3, groups=4), (None, 20, 20, 32)), {}),
    (_built(layers.Conv3D(64, 3), (None, 20, 20, 20, 8)), {}),
    (_built(layers.Conv1DTranspose(100, 4), (None, 20, 32)), {}),
    (_built(layers.Conv2DTranspose(32, 3), (None, 20, 20, 64)), {}),
    (_built(layers.DepthwiseConv1D(9), (None, 20, 200)), {}),
    (_built(layers.DepthwiseConv2D(3, depth_multiplier=2), (None, 20, 20, 200)), {}),
    (_built(layers.SeparableConv1D(100, 9), (None, 20, 200)), {}),
    (_built(layers.SeparableConv2D(100, 3), (None, 20, 20, 200)), {}),
    (_with_lora(layers.Embedding(300, 100), (None, 10)), {}),
    (_built(layers.ReversibleEmbedding(300, 100, tie_weights=False), (None, 10)), {}),
    (_built(layers.LSTMCell(64), (None, 50)), {}),
    (_built(layers.GRUCell(64), (None, 50)), {}),
    (_built(layers.SimpleRNNCell(64), (None, 50)), {}),
    (_built(layers.LSTM(64), (None, 10, 50)), {}),
    (_built(layers.GRU(64), (None, 10, 50)), {}),
    (_built(layers.SimpleRNN(64), (None, 10, 50)), {}),
    (_built(layers.ConvLSTM2D(16, 3), (None, 5, 20, 20, 12)), {}),
    (_built(layers.MultiHeadAttention(4, 32, use_gate=True), (None, 10, 96), (None, 10, 96)), {}),
    (_built(layers.MultiHeadAttention(4, 32, value_dim=20), (None, 10, 96), (None, 10, 70), (None, 10, 60)), {}),
    (_built(layers.GroupQueryAttention(32, 8, 2), (None, 10, 96), (None, 10, 96), (None, 10, 96)), {}),
    (
        _built(layers.Attention(use_scale=True, score_mode="concat"), [(None, 10, 96), (None, 10, 96)]),
        {},
    ),
    (_built(layers.AdditiveAttention(), [(None, 10, 4000), (None, 10, 4000)]), {}),
    (_built(layers.PReLU(), (None, 100)), {}),
    (_built(layers.LayerNormalization(), (None, 100)), {}),
    (_built(layers.RMSNormalization(), (None, 100)), {}),
    (_built(layers.GroupNormalization(5), (None, 100)), {}),
    (_built(layers.BatchNormalization(), (None, 100)), {}),
]


def main() -> None:
    records = [
        record(type(layer).__name__, weight.path.partition("/")[2] or weight.path, weight.numpy(), given)
        for layer, given in LAYERS
        for weight in layer.weights
        if "seed_generator" not in weight.path
    ]
    versions = {"keras": keras.__version__, "backend": keras.backend.backend()}
    write(versions, "scripts/record_keras_defaults.py", records)


if __name__ == "__main__":
    main()
