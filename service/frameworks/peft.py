"""Names that PEFT has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.constant import Zeros
from service.initializers.lora import LoraA

PEFT = Framework(
    name="peft",
    title="PEFT",
    aliases={
        Zeros: ("lora_B",),
        LoraA: ("lora_A",),
    },
)
