"""The initializers of tf.contrib.layers, which stand in code for TensorFlow 1."""

from __future__ import annotations

import math

from service.frameworks.arguments import computed
from service.frameworks.framework import Call, Framework
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, VarianceScaling

# Its normals have the variance 1.3 * factor / fan before they are cut at two sigmas.
_CUT_VARIANCE = 1.3 * 0.87962566103423978**2

_CUT_NORMAL = computed("scale", lambda factor: _CUT_VARIANCE * factor)
_UNIFORM = computed("scale", lambda factor: factor)

TENSORFLOW_CONTRIB = Framework(
    name="tensorflow_contrib",
    title="tf.contrib.layers",
    modules=("tf.contrib.layers", "tensorflow.contrib.layers"),
    signatures={
        "xavier_initializer": "uniform seed dtype",
        "variance_scaling_initializer": "factor mode uniform seed dtype",
    },
    source="tensorflow/tensorflow tensorflow/contrib/layers/python/layers/initializers.py at 1681cd91",
    layout="in_out",
    calls=(
        Call(
            "xavier_initializer()", GlorotUniform(), defaults={"uniform": True},
            other_names=("xavier_initializer_conv2d",),
        ),
        Call(
            "xavier_initializer(uniform=False)",
            GlorotNormal(gain=math.sqrt(_CUT_VARIANCE), distribution="truncated_normal"),
            given={"uniform": False},
            is_alias=False,
        ),
        Call(
            "variance_scaling_initializer()",
            VarianceScaling(scale=2.0 * _CUT_VARIANCE, distribution="truncated_normal"),
            arguments={"factor": _CUT_NORMAL},
            defaults={"uniform": False},
        ),
        Call(
            "variance_scaling_initializer(uniform=True)",
            VarianceScaling(scale=2.0, distribution="uniform"),
            given={"uniform": True},
            arguments={"factor": _UNIFORM},
        ),
    ),
)  # fmt: skip
