"""TensorFlow: its users' layers are Keras's."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.frameworks.keras import KERAS
from service.initializers.convolution import ConvolutionOrthogonal, DeltaOrthogonal

TENSORFLOW = Framework(
    name="tensorflow",
    title="TensorFlow",
    modules=("tf", "tensorflow"),
    layout="in_out",
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
