"""MindSpore's initializers."""

from __future__ import annotations

from service.frameworks.arguments import half_width
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Dirac, Identity
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.sparse import SparseInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform, VarianceScaling

MINDSPORE = Framework(
    name="mindspore",
    title="MindSpore",
    modules=("mindspore.common.initializer",),
    parameter_names={"sigma": ("std",)},
    source="mindspore/python/mindspore/common/initializer.py at 4347b7b3 (2022)",
    calls=(
        Call("Zero()", Zeros()),
        Call("One()", Ones()),
        Call("Constant(0.3)", ConstantInitializer(value=0.3), given={"value": 0.3}),
        Call("Uniform()", UniformInitializer(low=-0.07, high=0.07), arguments={"scale": half_width()}),
        Call("Normal()", NormalInitializer(std=0.01)),
        Call(
            "VarianceScaling()",
            VarianceScaling(distribution="uniform"),
            "Its default says truncated_normal and compares with truncated_norm: uniform is what comes out.",
        ),
        Call("XavierUniform()", GlorotUniform()),
        Call("XavierNormal()", GlorotNormal()),
        Call("HeUniform()", HeUniform()),
        Call("HeNormal()", HeNormal()),
        Call("Orthogonal()", OrthogonalInitializer()),
        Call("Identity()", Identity()),
        Call("Dirac()", Dirac()),
        Call("Sparse(0.9)", SparseInitializer(sparsity=0.9), given={"sparsity": 0.9}),
    ),
    aliases={TruncatedNormalInitializer: ("TruncatedNormal",)},
)
