"""JAX's functions of a key, of which its initializers are made."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer

JAX_RANDOM = Framework(
    name="jax_random",
    title="jax.random",
    modules=("jax.random",),
    signatures={
        "uniform": "shape dtype minval maxval",
        "normal": "shape dtype",
        "truncated_normal": "lower upper shape dtype",
    },
    source="jax/_src/random.py, 0.10.2",
    calls=(
        Call("uniform(key)", UniformInitializer(low=0.0, high=1.0)),
        Call("normal(key)", NormalInitializer()),
        Call("truncated_normal(key, -2, 2)", TruncatedNormalInitializer(), given={"lower": -2, "upper": 2}),
    ),
    parameter_names={"lower": ("low",), "upper": ("high",), "maxval": ("high",), "minval": ("low",)},
)
