"""What a language model generates by, as its `generation_config.json` has it: the tokens at its ends."""

from __future__ import annotations

from collections.abc import Mapping

from service.models.config import Config
from service.models.tokenizer import Tokenizer

_GENERATIVE = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
"""What the names of classes that generate end in."""

_ROLES = ("bos", "eos", "pad", "decoder_start", "no_timestamps")


def generation_config(config: Config, tokenizer: Tokenizer | None) -> Mapping[str, int | bool] | None:
    """Return the document of a model; None of one that generates no text."""
    if tokenizer is None or not config.architecture.endswith(_GENERATIVE):
        return None
    numbers = {f"{role}_token_id": tokenizer.number(role) for role in _ROLES}
    return {"_from_model_config": True, **{name: number for name, number in numbers.items() if number is not None}}
