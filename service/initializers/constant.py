"""Constants: zeros, ones, and any one number."""

from __future__ import annotations

from typing import ClassVar

from service.initializers.entry import Built, Entry, Finite, Initializer, Target
from service.tensors.source import ConstantSource
from service.tensors.spec import plain


def _built(value: float) -> Built:
    return Built(ConstantSource(value), {}, abs(value))


class Zeros(Initializer):
    """Zero everywhere."""

    entry: ClassVar[Entry] = Entry(
        name="zeros",
        summary="Zero everywhere.",
        formula="W = 0",
        when="Biases; the last layer of a residual branch; normalisation shifts. Never the weights of a "
        "hidden layer: all its units would compute, and learn, the same.",
        references=(),
        aliases={
            "PyTorch": ("zeros_",), "JAX": ("zeros",), "Flax": ("zeros_init",), "Keras": ("Zeros", "zero"),
            "burn": ("Zeros",), "candle": ("ZERO",), "Flux": ("zeros32",), "Lux": ("zeros32",), "DL4J": ("ZERO",),
            "MXNet": ("Zero",), "Chainer": ("Zero",), "MindSpore": ("Zero",), "TensorFlow 1": ("zeros_initializer",),
            "Sonnet": ("Zeros",), "tinygrad": ("zeros",), "TensorFlow.js": ("zeros",), "Gorgonia": ("Zeroes",),
            "GoMLX": ("Zero",), "PEFT": ("lora_B",),
        },
        random=False,
        example="shape=256",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        return _built(0.0)


class Ones(Initializer):
    """One everywhere."""

    entry: ClassVar[Entry] = Entry(
        name="ones",
        summary="One everywhere.",
        formula="W = 1",
        when="The scales of normalisation layers.",
        references=(),
        aliases={
            "PyTorch": ("ones_",), "JAX": ("ones",), "Flax": ("ones_init",), "Keras": ("Ones", "one"),
            "burn": ("Ones",), "candle": ("ONE",), "Flux": ("ones32",), "Lux": ("ones32",), "DL4J": ("ONES",),
            "MXNet": ("One",), "Chainer": ("One",), "MindSpore": ("One",), "TensorFlow 1": ("ones_initializer",),
            "Sonnet": ("Ones",), "tinygrad": ("ones",), "TensorFlow.js": ("ones",), "Gorgonia": ("Ones",),
            "GoMLX": ("One",),
        },
        random=False,
        example="shape=256",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        return _built(1.0)


class ConstantInitializer(Initializer):
    """One number everywhere."""

    value: Finite = 0.0

    entry: ClassVar[Entry] = Entry(
        name="constant",
        summary="One number everywhere.",
        formula="W = value",
        when="Biases that start from a known value: 1 for an LSTM's forget gate, -ln((1 - p)/p) for a "
        "classifier whose positives have the prior p.",
        references=(),
        aliases={
            "PyTorch": ("constant_",), "JAX": ("constant",), "Keras": ("Constant",), "burn": ("Constant",),
            "candle": ("Const",), "tch": ("Const",), "MLX": ("constant",), "Paddle": ("Constant",),
            "MXNet": ("Constant",), "Chainer": ("Constant",), "MindSpore": ("Constant",),
            "TensorFlow 1": ("constant_initializer",), "Haiku": ("Constant",), "Sonnet": ("Constant",),
            "tinygrad": ("full",), "TensorFlow.js": ("constant",), "Gorgonia": ("ValuesOf",),
            "DJL": ("ConstantInitializer",), "mmengine": ("constant_init",),
        },
        random=False,
        example="shape=256&value=0.1",
    )  # fmt: skip

    def build(self, target: Target) -> Built:
        return Built(ConstantSource(self.value), {"value": plain(self.value)}, abs(self.value))
