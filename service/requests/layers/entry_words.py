"""What an entry of a list of layers is by its words: the layer or the activation that its call names."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from service.advice.layer.instead import INSTEAD
from service.advice.layer.vocabulary import (
    GATED_UNITS,
    fold_layer_word,
    is_activation,
    layer_word,
)
from service.requests.layers.constructor_call import ConstructorCall
from service.tensors.errors import InvalidParameter

OF_ACTIVATIONS = frozenset(("layer", "name", "negative_slope", "alpha", "omega", "pieces"))
"""What an entry may say that is an activation."""


def word_of(members: Mapping[str, Any]) -> str | None:
    """Return what an entry is called, without the arguments of its call, or of its builder's."""
    text, call = members.get("layer"), call_of(members)
    if call is not None:
        return call.name
    return text.partition("(")[0].strip() if isinstance(text, str) else None


def call_of(members: Mapping[str, Any]) -> ConstructorCall | None:
    """Return the call that an entry is; None of a name alone."""
    text = members.get("layer")
    return _parsed(text) if isinstance(text, str) and "(" in text else None


@functools.lru_cache(maxsize=1024)
def _parsed(text: str) -> ConstructorCall | None:
    return ConstructorCall.of(text)


def is_activation_entry(word: str, members: Mapping[str, Any]) -> bool:
    """Return whether an entry that is called so is an activation, and no layer with weights."""
    folded = fold_layer_word(word)
    if folded == "activation":
        return True
    if not is_activation(word):
        return False
    # GLU(dim=-1) is an activation, and the same word with sizes a layer.
    call = call_of(members)
    has_sizes = bool(members.keys() - OF_ACTIVATIONS) or (call is not None and len(call.positional) > 1)
    return folded not in GATED_UNITS or not has_sizes


def named_activation(text: str) -> str:
    """Return the activation that an entry is: of Keras's Activation("relu") the one that it names."""
    call = _parsed(text)
    if fold_layer_word(text.partition("(")[0]) != "activation":
        return text if call is None or call.positional or call.keywords else call.name
    named = [] if call is None else [*call.positional, *call.keywords.values()]
    return next((value for value in named if isinstance(value, str)), "linear")


def kind_of(members: Mapping[str, Any]) -> str:
    """Return the kind of the layer that an entry is; empty where it is none that is known."""
    word = word_of(members) or ""
    if fold_layer_word(word) in INSTEAD:
        return ""
    try:
        return layer_word(word).kind
    except InvalidParameter:
        return ""


def says_activation(members: Mapping[str, Any]) -> bool:
    """Return whether the call that an entry is has an activation among its arguments."""
    call = call_of(members)
    if call is None:
        return False
    return "activation" in call.keywords or any(
        isinstance(each, str) and is_activation(each) for each in call.positional
    )
