"""OLMo 2's recipe: `reset_parameters` in `olmo/model.py` of allenai/OLMo at 59a53e3, by its official configurations.

`configs/official-1124/OLMo2-7B-stage1.yaml` has `init_fn: normal`, `init_std: 0.02` and `init_cutoff_factor: 3`;
`init_normal` in `olmo/initialization.py` cuts at that many standard deviations. Embeddings and the head have the same.
"""

from __future__ import annotations

from service.models.recipes.recipe import Recipe, Table
from service.models.recipes.schemes import ZEROS, neutral, truncated

_CUT = truncated(0.02, 3.0)

_TABLE: Table = {
    "token_embedding": _CUT, "query": _CUT, "key": _CUT, "value": _CUT, "attention_output": _CUT,
    "mlp_gate": _CUT, "mlp_up": _CUT, "mlp_down": _CUT, "head": _CUT, "scale": neutral, "bias": ZEROS,
}  # fmt: skip

_AT = "allenai/OLMo at 59a53e3: olmo/model.py, reset_parameters, by configs/official-1124/OLMo2-7B-stage1.yaml"

_FAMILIES = ("olmo2", "llama")

OLMO = Recipe(name="olmo", tables=dict.fromkeys(_FAMILIES, _TABLE), sources=dict.fromkeys(_FAMILIES, _AT))
