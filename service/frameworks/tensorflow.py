"""TensorFlow: its users' layers are Keras's."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.frameworks.keras import KERAS
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.convolution import ConvolutionOrthogonal, DeltaOrthogonal
from service.initializers.random import NormalInitializer, UniformInitializer

TENSORFLOW = Framework(
    name="tensorflow",
    title="TensorFlow",
    modules=("tf", "tensorflow"),
    source="tensorflow/python/ops/init_ops_v2.py",
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
    layers=KERAS.layers,
    default=KERAS.default,
)
