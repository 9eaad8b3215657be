"""TensorFlow 1's initializers."""

from __future__ import annotations

from service.frameworks.arguments import SCALING_DISTRIBUTION
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.convolution import ConvolutionOrthogonal, DeltaOrthogonal
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, LecunUniform, VarianceScaling

TENSORFLOW_1 = Framework(
    name="tensorflow_1",
    title="TensorFlow 1",
    modules=("tf.compat.v1", "tensorflow.compat.v1", "tf1"),
    parameter_names={"factor": ("gain",), "maxval": ("high",), "minval": ("low",), "stddev": ("std",)},
    source="tensorflow/python/ops/init_ops.py since it divides by .87962566103423978; at 00603667 it did not yet",
    layout="in_out",
    calls=(
        Call("zeros_initializer()", Zeros()),
        Call("ones_initializer()", Ones()),
        Call("constant_initializer()", ConstantInitializer()),
        Call("constant_initializer(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("random_uniform_initializer()", UniformInitializer(low=0.0, high=1.0)),
        Call("random_normal_initializer()", NormalInitializer()),
        Call("truncated_normal_initializer()", TruncatedNormalInitializer()),
        Call("uniform_unit_scaling_initializer()", LecunUniform()),
        Call("uniform_unit_scaling_initializer(factor=1.43)", LecunUniform(gain=1.43), given={"factor": 1.43}),
        Call(
            "variance_scaling_initializer()",
            VarianceScaling(distribution="truncated_normal"),
            arguments={"distribution": SCALING_DISTRIBUTION},
        ),
        Call("glorot_uniform_initializer()", GlorotUniform()),
        Call("glorot_normal_initializer()", GlorotNormal(distribution="truncated_normal")),
        Call("orthogonal_initializer()", OrthogonalInitializer()),
        Call("convolutional_delta_orthogonal()", DeltaOrthogonal(), is_alias=False),
        Call("convolutional_orthogonal_1d()", ConvolutionOrthogonal(), is_alias=False),
        Call("convolutional_orthogonal_2d()", ConvolutionOrthogonal(), is_alias=False),
        Call("convolutional_orthogonal_3d()", ConvolutionOrthogonal(), is_alias=False),
        Call("identity_initializer()", Identity()),
    ),
    aliases={
        GlorotUniform: ("xavier_initializer",),
        LecunUniform: ("uniform_unit_scaling",),
    },
)
