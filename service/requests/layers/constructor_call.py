"""A constructor's call: its name, and its arguments as values of JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from service.requests.code.calls import read_call, value_of
from service.requests.layers.builder_call import read_builder
from service.requests.members import repeated
from service.requests.spellings.values import integers


@dataclass(frozen=True)
class ConstructorCall:
    """A constructor's call, with arguments as values of JSON; what is no number, list or word is a text."""

    name: str
    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    """Names of arguments that stand there more than once."""

    @classmethod
    def of(cls, text: str) -> ConstructorCall | None:
        """Return the call that a text is; None where it is none."""
        written = (read_builder(text) or read_call(text.strip())) if "(" in text else None
        if written is None:
            return None
        named = [(name, argument) for name, argument in written.arguments if name is not None]
        call = cls(written.name, repeated=tuple(repeated(named)))
        for name, argument in written.arguments:
            if name is None:
                # Flux's inputs => outputs.
                call.positional.extend(_argument(side.strip()) for side in argument.split("=>", 1))
            else:
                call.keywords[name] = _argument(argument)
        return call

    @property
    def given_name(self) -> str | None:
        """The name that the call gives to the layer, as Keras, Flax and Haiku let it; None where it gives none."""
        name = self.keywords.get("name")
        return name if isinstance(name, str) and _GIVEN_NAME.fullmatch(name) else None


_GIVEN_NAME = re.compile(r"[\w./-]{1,64}")
_WHOLE = re.compile(r"[0-9_ ()+*/-]+")
"""What a size is computed by: 28 * 28."""


def _argument(text: str) -> Any:
    try:
        value = value_of(text)
    except ValueError:
        return text
    if isinstance(value, float) and value.is_integer() and _WHOLE.fullmatch(text):
        return int(value)
    return integers(value) if isinstance(value, str) and value[:1] in {"(", "["} else value
