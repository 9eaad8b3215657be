"""Names that papers, and the code beside them, have for their schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.bias import Chrono, GruBias
from service.initializers.fixup import Fixup
from service.initializers.identity import Identity
from service.initializers.implicit import Siren
from service.initializers.lora import LoraA
from service.initializers.skew import Skew
from service.initializers.state_space import Lru
from service.initializers.transformer_stacks import TFixup
from service.initializers.zero import Zero

PAPERS: tuple[Framework, ...] = (
    Framework(
        name="irnn",
        title="IRNN",
        aliases={Identity: ("irnn",)},
    ),
    Framework(
        name="zero",
        title="ZerO",
        aliases={Zero: ("ZerO_Init_on_matrix", "ZerO_Init_on_conv")},
    ),
    Framework(
        name="exprnn",
        title="expRNN",
        aliases={Skew: ("henaff_init_", "cayley_init_")},
    ),
    Framework(
        name="t_fixup",
        title="T-Fixup",
        aliases={TFixup: ("t_fixup",)},
    ),
    Framework(
        name="fixup",
        title="Fixup",
        aliases={Fixup: ("fixup",)},
    ),
    Framework(
        name="lora",
        title="LoRA",
        aliases={LoraA: ("lora_a",)},
        parameter_names={"alpha": ("gain",)},
    ),
    Framework(
        name="gru",
        title="GRU",
        aliases={GruBias: ("gru_update_bias",)},
    ),
    Framework(
        name="chrono",
        title="chrono",
        aliases={Chrono: ("chrono_initialization",)},
    ),
    Framework(
        name="lru",
        title="LRU",
        aliases={Lru: ("nu_log", "theta_log", "gamma_log")},
    ),
    Framework(
        name="siren",
        title="SIREN",
        aliases={Siren: ("sine_init", "first_layer_sine_init")},
    ),
)
