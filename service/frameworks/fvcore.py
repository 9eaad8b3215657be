"""fvcore's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.variance_scaling import HeNormal, LecunUniform

FVCORE = Framework(
    name="fvcore",
    title="fvcore",
    modules=("fvcore.nn.weight_init",),
    signatures={
        "c2_xavier_fill": "tensor",
        "c2_msra_fill": "tensor",
    },
    source="facebookresearch/fvcore fvcore/nn/weight_init.py at 01cf3bc1",
    calls=(
        Call("c2_xavier_fill(module)", LecunUniform()),
        Call("c2_msra_fill(module)", HeNormal(mode="fan_out")),
    ),
)
