"""TensorFlow: its users' layers are Keras's."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.frameworks.keras import KERAS
from service.frameworks.tensorflow_1 import TENSORFLOW_1
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.convolution import ConvolutionOrthogonal, DeltaOrthogonal
from service.initializers.random import NormalInitializer, UniformInitializer

TENSORFLOW = Framework(
    name="tensorflow",
    title="TensorFlow",
    without_bias="use_bias=False",
    modules=("tf", "tensorflow"),
    signatures={
        "constant_initializer": "value",
        "random_uniform_initializer": "minval maxval seed",
        "random_normal_initializer": "mean stddev seed",
    },
    source="tensorflow/tensorflow tensorflow/python/ops/init_ops_v2.py at 08f6b972",
    layout="in_out",
    calls=(
        Call("zeros_initializer()", Zeros()),
        Call("ones_initializer()", Ones()),
        Call("constant_initializer()", ConstantInitializer()),
        Call("random_uniform_initializer()", UniformInitializer(low=-0.05, high=0.05)),
        Call("random_normal_initializer()", NormalInitializer(std=0.05)),
    ),
    parameter_names={"maxval": ("high",), "minval": ("low",), "stddev": ("std",)},
    aliases={
        DeltaOrthogonal: ("convolutional_delta_orthogonal",),
        ConvolutionOrthogonal: (
            "convolutional_orthogonal_1d",
            "convolutional_orthogonal_2d",
            "convolutional_orthogonal_3d",
            "ConvolutionOrthogonal1D",
            "ConvolutionOrthogonal2D",
            "ConvolutionOrthogonal3D",
        ),
    },
    earlier=TENSORFLOW_1,
    layers=KERAS.layers,
    default=KERAS.default,
)
