"""µP (Yang et al. 2022), as code has it for models whose widths all grow alike: m is the width over the base width.

For GPT-2, BERT and RoBERTa that is `_init_weights` of microsoft/mutransformers at 480287c, with `mup.init.normal_` of
microsoft/mup at 1981497: what has two widths is divided by sqrt(m), embeddings and readouts are not; GPT-2's `c_proj`
has 1/sqrt(2L) besides. For the other decoders it is `use_mup` of NVIDIA/Megatron-LM at d98e8a6, whose matrices that end
a branch have `mup_scaled_init_method_normal`. Factors of learning rates and outputs are the training code's.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.models.architecture import Entry
from service.models.recipes.megatron import BRANCH_ENDS, DECODERS, table
from service.models.recipes.recipe import Place, Recipe, Table
from service.models.recipes.schemes import normal

_STD = 0.02
"""`init_method_std` of Megatron-LM; mutransformers takes the configuration's `initializer_range`."""


def _divided(std: float, place: Place) -> Entry:
    return {"initializer": "normal", "std": std / place.model.width_multiplier**0.5}


def _scaled(std: float, place: Place) -> Entry:
    """Return N(0, std² / 2Lm)."""
    model = place.model
    scaled = {"initializer": "residual_scaled_normal", "std": std, "layers": model.layers}
    return {**scaled, "width_multiplier": model.width_multiplier}


def _own(place: Place) -> Entry:
    """Return N(0, initializer_range²), with the row of padding that the family's embedding has."""
    row = {name: value for name, value in place.own.items() if name == "padding_idx"}
    return {**normal(place.model.std)(place), **row}


def _of_matrices(place: Place) -> Entry:
    return _divided(place.model.std, place)


def _of_branch_ends(place: Place) -> Entry:
    return _scaled(place.model.std, place)


_ENCODER: Table = table(_own, _of_matrices, _of_matrices)
_GPT2: Table = {**_ENCODER, **dict.fromkeys(BRANCH_ENDS, _of_branch_ends)}
_MEGATRON: Table = table(normal(_STD), lambda place: _divided(_STD, place), lambda place: _scaled(_STD, place))

_OF_MUTRANSFORMERS: Mapping[str, Table] = {"gpt2": _GPT2, "bert": _ENCODER, "roberta": _ENCODER}
_OF_MEGATRON = (
    "NVIDIA/Megatron-LM at d98e8a6: megatron/core/transformer/transformer_config.py, TransformerConfig.use_mup"
)
_AT = "microsoft/mutransformers at 480287c: mutransformers/models"

MUP = Recipe(
    name="mup",
    tables={**dict.fromkeys(DECODERS, _MEGATRON), **_OF_MUTRANSFORMERS},
    sources={
        **dict.fromkeys(DECODERS, _OF_MEGATRON),
        **{
            family: f"{_AT}/{family}/modeling_{family}.py, _init_weights, with mup.init.normal_"
            for family in _OF_MUTRANSFORMERS
        },
    },
    takes_base_width=True,
)
