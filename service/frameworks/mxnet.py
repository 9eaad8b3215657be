"""MXNet's initializers."""

from __future__ import annotations

from collections.abc import Mapping

from service.frameworks.arguments import chosen, half_width, without_effect
from service.frameworks.framework import Call, Framework
from service.frameworks.xavier import xavier_calls
from service.initializers.bias import LstmBias
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.resampling import Bilinear
from service.initializers.variance_scaling import HeNormal

_HAAR = "The same singular values; the matrix is Haar-distributed here, singular vectors of uniform noise there."


def _xavier(given: Mapping[str, str]) -> str:
    return f"Xavier({', '.join(f'{name}={value!r}' for name, value in given.items())})"


MXNET = Framework(
    name="mxnet",
    title="MXNet",
    modules=("mxnet.initializer", "mxnet.init", "mx.init", "mx.initializer"),
    signatures={
        "Constant": "value",
        "Uniform": "scale",
        "Normal": "sigma",
        "Orthogonal": "scale rand_type",
        "Xavier": "rnd_type factor_type magnitude",
        "MSRAPrelu": "factor_type slope",
        "LSTMBias": "forget_bias",
    },
    source="apache/mxnet python/mxnet/initializer.py at 00ee4f32",
    calls=(
        Call("Zero()", Zeros()),
        Call("One()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-0.07, high=0.07), arguments={"scale": half_width()}),
        Call("Normal()", NormalInitializer(std=0.01)),
        *xavier_calls(_xavier, "rnd_type", "factor_type"),
        Call(
            "Xavier(rnd_type='gaussian', factor_type='in', magnitude=2)",
            HeNormal(),
            is_alias=False,
            given={"rnd_type": "gaussian", "factor_type": "in", "magnitude": 2},
        ),
        Call(
            "MSRAPrelu()",
            HeNormal(mode="fan_avg", nonlinearity="prelu"),
            arguments={"factor_type": chosen("mode", {"in": "fan_in", "out": "fan_out", "avg": "fan_avg"})},
        ),
        Call(
            "Orthogonal()",
            OrthogonalInitializer(gain=1.414),
            _HAAR,
            arguments={"rand_type": without_effect("uniform", "normal")},
        ),
        Call("Bilinear()", Bilinear(channels="all")),
        Call("LSTMBias()", LstmBias()),
    ),
    parameter_names={
        "forget_bias": ("forget",),
        "loc": ("mean",),
        "scale": ("gain",),
        "slope": ("negative_slope",),
        "sigma": ("std",),
    },
)
