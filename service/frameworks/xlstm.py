"""The initializers of xLSTM's code."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.linspace import Linspace
from service.initializers.residual_branches import SmallInit, WangInit
from service.initializers.xlstm import SlstmBias

XLSTM = Framework(
    name="xlstm",
    title="xLSTM",
    source="NX-AI/xlstm xlstm/components/init.py at 8901ba0",
    calls=(
        Call("bias_linspace_init_(b, start=3.0, end=6.0)", Linspace(start=3.0, end=6.0)),
        Call("small_init_init_(w, dim=300)", SmallInit(width=300.0)),
        Call("wang_init_(w, dim=300, num_blocks=24)", WangInit(layers=24, width=300.0)),
    ),
    aliases={SlstmBias: ("powerlaw_blockdependent",)},
)
