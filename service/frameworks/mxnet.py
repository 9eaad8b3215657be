"""MXNet's initializers."""

from __future__ import annotations

import math

from service.frameworks.arguments import computed, half_width
from service.frameworks.framework import Call, Framework
from service.initializers.bias import LstmBias
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.resampling import Bilinear
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal

_SQRT_3 = math.sqrt(3.0)
_HAAR = "The same singular values; the matrix is Haar-distributed here, singular vectors of uniform noise there."

MXNET = Framework(
    name="mxnet",
    title="MXNet",
    modules=("mxnet.initializer", "mxnet.init", "mx.init", "mx.initializer"),
    source="apache/mxnet python/mxnet/initializer.py at 00ee4f32",
    calls=(
        Call("Zero()", Zeros()),
        Call("One()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-0.07, high=0.07), arguments={"scale": half_width()}),
        Call("Normal()", NormalInitializer(std=0.01)),
        Call("Xavier()", GlorotUniform(), arguments={"magnitude": computed("gain", lambda m: math.sqrt(m / 3.0))}),
        Call("Xavier(rnd_type='gaussian')", GlorotNormal(gain=_SQRT_3), is_alias=False, given={"rnd_type": "gaussian"}),
        Call(
            "Xavier(rnd_type='gaussian', factor_type='in', magnitude=2)",
            HeNormal(),
            is_alias=False,
            given={"rnd_type": "gaussian", "factor_type": "in", "magnitude": 2},
        ),
        Call("MSRAPrelu()", HeNormal(mode="fan_avg", nonlinearity="prelu")),
        Call("Orthogonal()", OrthogonalInitializer(gain=1.414), _HAAR),
        Call("Bilinear()", Bilinear(channels="all")),
        Call("LSTMBias()", LstmBias()),
    ),
    parameter_names={"loc": ("mean",), "scale": ("gain",), "slope": ("negative_slope",), "sigma": ("std",)},
)
