"""nanoGPT's recipe: `GPT.__init__` and `GPT._init_weights` in `model.py` of karpathy/nanoGPT at 3adf61e.

Linear layers and embeddings are N(0, 0.02²), what ends in `c_proj.weight` N(0, 0.02² / 2L); `lm_head` is the embedding.
"""

from __future__ import annotations

from service.models.recipes.recipe import Recipe, Table
from service.models.recipes.schemes import ZEROS, neutral, normal, scaled_by_depth

_NORMAL, _END = normal(0.02), scaled_by_depth(0.02)

_TABLE: Table = {
    "token_embedding": _NORMAL, "position_embedding": _NORMAL, "query_key_value": _NORMAL, "mlp_up": _NORMAL,
    "attention_output": _END, "mlp_down": _END, "scale": neutral, "bias": ZEROS,
}  # fmt: skip

NANOGPT = Recipe(
    name="nanogpt",
    tables={"gpt2": _TABLE},
    sources={"gpt2": "karpathy/nanoGPT at 3adf61e: model.py, GPT.__init__ and GPT._init_weights"},
)
