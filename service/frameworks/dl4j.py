"""DL4J's initializers."""

from __future__ import annotations

import math

from service.frameworks.framework import Call, Framework
from service.initializers.constant import Ones, Zeros
from service.initializers.identity import Identity
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
_SQRT_3 = math.sqrt(3.0)

DL4J = Framework(
    name="dl4j",
    title="DL4J",
    modules=("WeightInit", "org.deeplearning4j.nn.weights.WeightInit", "dl4j.WeightInit"),
    source="deeplearning4j-nn org/deeplearning4j/nn/weights/WeightInitUtil.java at 04ca4c7a; truncation: "
    "WeightInitVarScalingNormalFanAvg.java at da4bf020",
    shapes="The layers give the fans there.",
    calls=(
        Call("WeightInit.ZERO", Zeros()),
        Call("WeightInit.ONES", Ones()),
        Call("WeightInit.IDENTITY", Identity()),
        Call("WeightInit.UNIFORM", LecunUniform(gain=1.0 / _SQRT_3), is_alias=False),
        Call("WeightInit.NORMAL", LecunNormal(), is_alias=False),
        Call("WeightInit.LECUN_NORMAL", LecunNormal()),
        Call("WeightInit.LECUN_UNIFORM", LecunUniform(gain=_SQRT_3)),
        Call("WeightInit.XAVIER", GlorotNormal()),
        Call("WeightInit.XAVIER_UNIFORM", GlorotUniform()),
        Call("WeightInit.XAVIER_FAN_IN", LecunNormal()),
        Call(
            "WeightInit.XAVIER_LEGACY",
            GlorotNormal(gain=1.0 / _SQRT_2),
            "For matrices; of a kernel it adds the first two axes: give fan_in and fan_out.",
        ),
        Call("WeightInit.SIGMOID_UNIFORM", GlorotUniform(gain=4.0)),
        Call("WeightInit.RELU", HeNormal()),
        Call("WeightInit.RELU_UNIFORM", HeUniform()),
        Call("WeightInit.VAR_SCALING_UNIFORM_FAN_IN", VarianceScaling(scale=3.0, distribution="uniform")),
        Call(
            "WeightInit.VAR_SCALING_UNIFORM_FAN_OUT", VarianceScaling(scale=3.0, mode="fan_out", distribution="uniform")
        ),
        Call(
            "WeightInit.VAR_SCALING_UNIFORM_FAN_AVG", VarianceScaling(scale=3.0, mode="fan_avg", distribution="uniform")
        ),
        Call(
            "WeightInit.VAR_SCALING_NORMAL_FAN_AVG",
            VarianceScaling(scale=_CUT * _CUT, mode="fan_avg", distribution="truncated_normal"),
            "Releases before the truncation had distribution=normal and scale=1.",
        ),
    ),
    aliases={
        VarianceScaling: (
            "VAR_SCALING_NORMAL_FAN_IN",
            "VAR_SCALING_NORMAL_FAN_OUT",
            "VAR_SCALING_NORMAL_FAN_AVG",
            "VAR_SCALING_UNIFORM_FAN_IN",
            "VAR_SCALING_UNIFORM_FAN_OUT",
            "VAR_SCALING_UNIFORM_FAN_AVG",
        ),
    },
)
