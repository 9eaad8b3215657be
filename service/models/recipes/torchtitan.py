"""torchtitan's recipes: `torchtitan/models/{llama3,qwen3,deepseek_v3}/__init__.py` of pytorch/torchtitan at b5bcd76.

Its `trunc_normal_` of 0.02 has PyTorch's bounds, ±2, which lie a hundred standard deviations away: a normal.
"""

from __future__ import annotations

from service.models.architecture import Entry
from service.models.recipes.recipe import Place, Recipe, Table
from service.models.recipes.schemes import ZEROS, neutral, normal, scaled_by_layer, truncated

_STD = 0.02
_EMBEDDING_STD = 1.0
_CUTOFF = 3.0


def _output(place: Place) -> Entry:
    """Return `_output_linear_init`: the width^-1/2, cut at three standard deviations."""
    return truncated(place.model.width**-0.5, _CUTOFF)(place)


def _embedding(place: Place) -> Entry:
    """Return `_EMBEDDING_INIT`, or the head's where both are one (`_EMBEDDING_SKIP_INIT`)."""
    return _output(place) if place.model.is_tied else normal(_EMBEDDING_STD)(place)


_LINEAR, _BY_LAYER = normal(_STD), scaled_by_layer(_STD)

_LLAMA: Table = {
    "token_embedding": _embedding, "query": _LINEAR, "key": _LINEAR, "value": _LINEAR, "attention_output": _BY_LAYER,
    # make_ffn_config has w1 of the gate; w2 and w3 share the other.
    "mlp_gate": _LINEAR, "mlp_up": _BY_LAYER, "mlp_down": _BY_LAYER,
    "head": _output, "scale": neutral, "bias": ZEROS,
}  # fmt: skip

_DEEPSEEK: Table = {**_LLAMA, "latent": _LINEAR, "router": _BY_LAYER, "router_bias": ZEROS}

_QWEN3: Table = {
    **dict.fromkeys(
        ("token_embedding", "query", "key", "value", "attention_output", "mlp_gate", "mlp_up", "mlp_down", "head"),
        _LINEAR,
    ),
    "scale": neutral, "bias": ZEROS,
}  # fmt: skip

_AT = "pytorch/torchtitan at b5bcd76: torchtitan/models"

TORCHTITAN = Recipe(
    name="torchtitan",
    tables={"llama": _LLAMA, "qwen3": _QWEN3, "deepseek_v3": _DEEPSEEK},
    sources={
        "llama": f"{_AT}/llama3/__init__.py, _build_llama3_layers",
        "qwen3": f"{_AT}/qwen3/__init__.py, _build_qwen3_layers",
        "deepseek_v3": f"{_AT}/deepseek_v3/__init__.py, build_mla_moe_layers",
    },
)
