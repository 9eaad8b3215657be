"""The schemes of OLMo, and of OLMo-core after it."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.random import TruncatedNormalInitializer
from service.initializers.residual_branches import Mitchell, ResidualScaledNormal

OLMO = Framework(
    name="olmo",
    title="OLMo",
    aliases={Mitchell: ("mitchell",)},
)

OLMO_CORE = Framework(
    name="olmo_core",
    title="OLMo-core",
    source="allenai/OLMo-core src/olmo_core/nn/transformer/init.py at 004aeff",
    calls=(
        Call("InitMethod.normal", TruncatedNormalInitializer(std=0.02, low=-3.0, high=3.0), is_alias=False),
        Call("InitMethod.llama_depth (w_out, w2, w3 of block 3)", ResidualScaledNormal(layer=3, cutoff=3.0)),
    ),
)
