"""The initializers of RWKV-7's training code."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.rwkv import Rwkv7
from service.initializers.spectral_condition import SpectralOrthogonal

RWKV = Framework(
    name="rwkv",
    title="RWKV",
    source="BlinkDL/RWKV-LM RWKV-v7/train_temp/src/model.py at 118e451",
    calls=(Call("ortho_init(w, 0.1)", SpectralOrthogonal(scaling="muon", gain=0.1)),),
    aliases={Rwkv7: ("RWKV_Tmix_x070",)},
)
