"""Lux's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform

LUX = Framework(
    name="lux",
    title="Lux",
    modules=("WeightInitializers", "Lux.WeightInitializers", "Lux"),
    parameter_names={"hi": ("high",), "lo": ("low",)},
    signatures={
        "truncated_normal": "* mean std lo hi",
        "kaiming_uniform": "* gain",
        "kaiming_normal": "* gain",
        "orthogonal": "* gain",
        "sparse_init": "* sparsity std",
        "identity_init": "* gain shift",
        "glorot_uniform": "* gain",
        "glorot_normal": "* gain",
    },
    source="LuxDL/Lux.jl lib/WeightInitializers/src/initializers.jl at 6f4b96cc",
    shapes="A convolution's kernel stands kernel axes, in, out: layout=in_out.",
    calls=(
        Call("zeros32", Zeros()),
        Call("ones32", Ones()),
        Call("rand32", UniformInitializer()),
        Call("randn32", NormalInitializer()),
        Call("truncated_normal()", TruncatedNormalInitializer(bounds="absolute")),
        Call("glorot_uniform()", GlorotUniform()),
        Call("glorot_normal()", GlorotNormal()),
        Call("kaiming_uniform()", HeUniform()),
        Call("kaiming_normal()", HeNormal()),
        Call("orthogonal()", OrthogonalInitializer()),
        Call("sparse_init(sparsity=0.9)", SparseInitializer(sparsity=0.9), given={"sparsity": 0.9}),
        Call("identity_init()", Identity()),
    ),
)
