"""TensorFlow.js's initializers."""

from __future__ import annotations

import math

from service.frameworks.arguments import CAMEL_CASE_MODE, SCALING_DISTRIBUTION, computed
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
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

_CUT = 0.87962566103423978
"""The standard deviation of a standard normal cut at ±2."""
_SQRT_2 = math.sqrt(2.0)

TENSORFLOW_JS = Framework(
    name="tensorflow_js",
    title="TensorFlow.js",
    modules=("tfjs.initializers", "tf.initializers", "tfjs_layers.initializers"),
    parameter_names={"maxval": ("high",), "minval": ("low",), "stddev": ("std",)},
    source="tensorflow/tfjs tfjs-layers/src/initializers.ts at 12e993e2",
    layout="in_out",
    calls=(
        Call("initializers.zeros()", Zeros()),
        Call("initializers.ones()", Ones()),
        Call("initializers.constant({value: 0.3})", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("initializers.randomUniform({})", UniformInitializer(low=-0.05, high=0.05)),
        Call("initializers.randomNormal({})", NormalInitializer(std=0.05)),
        Call("initializers.truncatedNormal({})", TruncatedNormalInitializer(std=0.05)),
        Call(
            "initializers.varianceScaling({})",
            VarianceScaling(scale=_CUT * _CUT, distribution="truncated_normal"),
            arguments={
                "mode": CAMEL_CASE_MODE,
                "scale": computed("scale", lambda scale: _CUT * _CUT * scale),
                "distribution": SCALING_DISTRIBUTION,
            },
        ),
        Call("initializers.glorotUniform()", GlorotUniform()),
        Call("initializers.glorotNormal()", GlorotNormal(gain=_CUT, distribution="truncated_normal")),
        Call("initializers.heUniform()", HeUniform()),
        Call("initializers.heNormal()", HeNormal(gain=_SQRT_2 * _CUT, distribution="truncated_normal")),
        Call("initializers.leCunUniform()", LecunUniform()),
        Call("initializers.leCunNormal()", LecunNormal(gain=_CUT, distribution="truncated_normal")),
        Call("initializers.orthogonal({})", OrthogonalInitializer()),
        Call("initializers.identity({})", Identity()),
    ),
)
