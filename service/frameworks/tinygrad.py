"""tinygrad's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer, Ones, Zeros
from service.initializers.identity import Identity
from service.initializers.random import NormalInitializer, ScaledUniform, UniformInitializer
from service.initializers.variance_scaling import GlorotUniform, HeNormal, HeUniform

_MATRICES = "For matrices; of a kernel it counts fan_out without the receptive field: give fan_out."

TINYGRAD = Framework(
    name="tinygrad",
    title="tinygrad",
    modules=("tinygrad.Tensor", "tinygrad.tensor.Tensor"),
    parameter_names={"a": ("negative_slope",)},
    signatures={
        "uniform": "* low high",
        "normal": "* mean std",
        "kaiming_uniform": "* a",
        "kaiming_normal": "* a",
    },
    source="tinygrad/tinygrad tinygrad/mixin/rand.py at a9069c17",
    calls=(
        Call("Tensor.rand(*shape)", UniformInitializer()),
        Call("Tensor.randn(*shape)", NormalInitializer()),
        Call("Tensor.uniform(*shape)", UniformInitializer()),
        Call("Tensor.normal(*shape)", NormalInitializer()),
        Call("Tensor.scaled_uniform(*shape)", ScaledUniform()),
        Call("Tensor.glorot_uniform(*shape)", GlorotUniform(), _MATRICES),
        Call("Tensor.kaiming_uniform(*shape)", HeUniform(nonlinearity="leaky_relu")),
        Call("Tensor.kaiming_normal(*shape)", HeNormal(nonlinearity="leaky_relu")),
    ),
    aliases={
        Zeros: ("zeros",),
        Ones: ("ones",),
        ConstantInitializer: ("full",),
        UniformInitializer: ("rand",),
        NormalInitializer: ("randn",),
        Identity: ("eye",),
    },
)
