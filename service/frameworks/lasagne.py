"""Lasagne's initializers."""

from __future__ import annotations

from service.frameworks.arguments import half_width
from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform

_SHAPED = ("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "Orthogonal")

LASAGNE = Framework(
    name="lasagne",
    title="Lasagne",
    modules=("lasagne.init",),
    parameter_names={"val": ("value",)},
    signatures={"Constant": "val", "Uniform": "range", "Normal": "std mean", **dict.fromkeys(_SHAPED, "gain")},
    source="Lasagne/Lasagne lasagne/init.py at 0fbadeba",
    layout="in_out",
    shapes="A convolution's kernel stands out, in, kernel axes: layout=out_in.",
    calls=(
        Call("Constant()", ConstantInitializer()),
        Call("Uniform()", UniformInitializer(low=-0.01, high=0.01), arguments={"range": half_width()}),
        Call("Normal()", NormalInitializer(std=0.01)),
        Call("GlorotUniform()", GlorotUniform()),
        Call("GlorotNormal()", GlorotNormal()),
        Call("HeUniform()", HeUniform(gain=1.0)),
        Call("HeNormal()", HeNormal(gain=1.0)),
        Call("Orthogonal()", OrthogonalInitializer(), layout="out_in"),
    ),
)
