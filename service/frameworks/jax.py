"""JAX's initializers; its users' layers are Flax's."""

from __future__ import annotations

from service.frameworks.arguments import without_effect
from service.frameworks.flax import FLAX
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.convolution import DeltaOrthogonal
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

JAX = Framework(
    name="jax",
    title="JAX",
    without_bias="use_bias=False",
    modules=("jax.nn.initializers", "jnn.initializers", "flax.linen.initializers", "flax.nnx.initializers"),
    signatures={
        "constant": "value dtype",
        "uniform": "scale dtype",
        "normal": "stddev dtype",
        "truncated_normal": "stddev dtype lower upper",
        "variance_scaling": "scale mode distribution in_axis out_axis batch_axis dtype",
        "glorot_uniform": "in_axis out_axis batch_axis dtype",
        "xavier_uniform": "in_axis out_axis batch_axis dtype",
        "glorot_normal": "in_axis out_axis batch_axis dtype",
        "xavier_normal": "in_axis out_axis batch_axis dtype",
        "he_uniform": "in_axis out_axis batch_axis dtype",
        "kaiming_uniform": "in_axis out_axis batch_axis dtype",
        "he_normal": "in_axis out_axis batch_axis dtype",
        "kaiming_normal": "in_axis out_axis batch_axis dtype",
        "lecun_uniform": "in_axis out_axis batch_axis dtype",
        "lecun_normal": "in_axis out_axis batch_axis dtype",
        "orthogonal": "scale column_axis dtype",
        "delta_orthogonal": "scale column_axis dtype",
    },
    source="jax/_src/nn/initializers.py, 0.10.2",
    layout="in_out",
    calls=(
        Call("zeros", Zeros()),
        Call("ones", Ones()),
        Call("constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("uniform()", UniformInitializer(low=0.0, high=0.01)),
        Call("normal()", NormalInitializer(std=0.01)),
        Call("truncated_normal()", TruncatedNormalInitializer(std=0.01)),
        Call(
            "variance_scaling(1.0, 'fan_in', 'truncated_normal')",
            VarianceScaling(distribution="truncated_normal"),
            given={"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
        ),
        Call(
            "variance_scaling(1.0, 'fan_geo_avg', 'normal')",
            VarianceScaling(mode="fan_geo_avg"),
            given={"scale": 1.0, "mode": "fan_geo_avg", "distribution": "normal"},
        ),
        Call("glorot_uniform()", GlorotUniform()),
        Call("xavier_uniform()", GlorotUniform()),
        Call("glorot_normal()", GlorotNormal(distribution="truncated_normal")),
        Call("xavier_normal()", GlorotNormal(distribution="truncated_normal")),
        Call("he_uniform()", HeUniform()),
        Call("kaiming_uniform()", HeUniform()),
        Call("he_normal()", HeNormal(distribution="truncated_normal")),
        Call("kaiming_normal()", HeNormal(distribution="truncated_normal")),
        Call("lecun_uniform()", LecunUniform()),
        Call("lecun_normal()", LecunNormal(distribution="truncated_normal")),
        Call("orthogonal()", OrthogonalInitializer(), arguments={"column_axis": without_effect(-1)}),
        Call("delta_orthogonal()", DeltaOrthogonal(), arguments={"column_axis": without_effect(-1)}),
    ),
    parameter_names={
        "lower": ("low",),
        "upper": ("high",),
        "maxval": ("high",),
        "minval": ("low",),
        "scale": ("gain", "high"),
        "stddev": ("std",),
    },
    layers=FLAX.layers,
    default=FLAX.default,
)
