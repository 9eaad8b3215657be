"""Whose model it is that print(model) shows, by the name of its class: LlamaForCausalLM( (model): LlamaModel( ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.advice.layer.description import LayerDescription
from service.frameworks.model_families.registry import MODELS
from service.frameworks.transformers import TRANSFORMERS
from service.requests.spellings.model import choices_of

_CLASS = re.compile(
    r"\s*([A-Za-z]\w{0,63}?)(?:For[A-Z]\w{0,48}|LMHeadModel|DoubleHeadsModel|WithLMHeadModel|Model)\s*\(\s*\("
)
"""A class of Hugging Face transformers, as print shows it with the modules in it."""


def said_by_class(layers: Any) -> Mapping[str, str]:
    """Return the family of models and the library that the class of a printed model says, by the members they are."""
    text = layers[0] if isinstance(layers, list) and len(layers) == 1 else layers
    found = _CLASS.match(text) if isinstance(text, str) else None
    family = None if found is None else choices_of(LayerDescription)["architecture"].find(found[1])
    if family not in MODELS[TRANSFORMERS.name]:
        return {}
    return {"architecture": str(family), "framework": TRANSFORMERS.name}


FROM_CLASS = "the class of the model"
"""Where these members are from, for people."""
