"""TensorFlow 1's initializers."""

from __future__ import annotations

from service.frameworks.arguments import SCALING_DISTRIBUTION
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.convolution import ConvolutionOrthogonal, DeltaOrthogonal
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

TENSORFLOW_1 = Framework(
    name="tensorflow_1",
    title="TensorFlow 1",
    modules=("tf.compat.v1", "tf.compat.v1.initializers", "tensorflow.compat.v1", "tf1"),
    parameter_names={"factor": ("gain",), "maxval": ("high",), "minval": ("low",), "stddev": ("std",)},
    signatures={
        "constant_initializer": "value dtype",
        "random_uniform_initializer": "minval maxval seed dtype",
        "random_normal_initializer": "mean stddev seed dtype",
        "truncated_normal_initializer": "mean stddev seed dtype",
        "uniform_unit_scaling_initializer": "factor seed dtype",
        "variance_scaling_initializer": "scale mode distribution seed dtype",
        "glorot_uniform_initializer": "seed dtype",
        "glorot_normal_initializer": "seed dtype",
        "lecun_normal": "seed",
        "lecun_uniform": "seed",
        "he_normal": "seed",
        "he_uniform": "seed",
        "identity_initializer": "gain dtype",
        "orthogonal_initializer": "gain seed dtype",
        "convolutional_delta_orthogonal": "gain seed dtype",
        "convolutional_orthogonal_1d": "gain seed dtype",
        "convolutional_orthogonal_2d": "gain seed dtype",
        "convolutional_orthogonal_3d": "gain seed dtype",
    },
    source="tensorflow/python/ops/init_ops.py since it divides by .87962566103423978; at 00603667 it did not yet",
    layout="in_out",
    calls=(
        Call("zeros_initializer()", Zeros(), other_names=("zeros",)),
        Call("ones_initializer()", Ones(), other_names=("ones",)),
        Call("constant_initializer()", ConstantInitializer(), other_names=("constant",)),
        Call("constant_initializer(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("random_uniform_initializer()", UniformInitializer(low=0.0, high=1.0), other_names=("random_uniform",)),
        Call("random_normal_initializer()", NormalInitializer(), other_names=("random_normal",)),
        Call("truncated_normal_initializer()", TruncatedNormalInitializer(), other_names=("truncated_normal",)),
        Call("uniform_unit_scaling_initializer()", LecunUniform(), other_names=("uniform_unit_scaling",)),
        Call("uniform_unit_scaling_initializer(factor=1.43)", LecunUniform(gain=1.43), given={"factor": 1.43}),
        Call(
            "variance_scaling_initializer()",
            VarianceScaling(distribution="truncated_normal"),
            arguments={"distribution": SCALING_DISTRIBUTION},
            other_names=("variance_scaling",),
        ),
        Call("initializers.lecun_normal()", LecunNormal(distribution="truncated_normal")),
        Call("initializers.lecun_uniform()", LecunUniform()),
        Call("initializers.he_normal()", HeNormal(distribution="truncated_normal")),
        Call("initializers.he_uniform()", HeUniform()),
        Call("glorot_uniform_initializer()", GlorotUniform(), other_names=("glorot_uniform",)),
        Call(
            "glorot_normal_initializer()", GlorotNormal(distribution="truncated_normal"), other_names=("glorot_normal",)
        ),
        Call("orthogonal_initializer()", OrthogonalInitializer(), other_names=("orthogonal",)),
        Call("convolutional_delta_orthogonal()", DeltaOrthogonal(), is_alias=False),
        Call("convolutional_orthogonal_1d()", ConvolutionOrthogonal(), is_alias=False),
        Call("convolutional_orthogonal_2d()", ConvolutionOrthogonal(), is_alias=False),
        Call("convolutional_orthogonal_3d()", ConvolutionOrthogonal(), is_alias=False),
        Call("identity_initializer()", Identity(), other_names=("identity",)),
    ),
    aliases={
        LecunUniform: ("uniform_unit_scaling",),
    },
)
