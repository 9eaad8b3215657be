"""What is wrong with a value or a name, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.requests.sisters import takers
from service.requests.spellings.choices import Choices
from service.requests.spellings.parameters import meant_by
from service.streams.stream import LARGEST_SEED
from service.tensors.spec import LARGEST_EXACT_INTEGER

_WORD = re.compile("[A-Za-z_]+")

EXPECTED = {
    "shape": "must be the sizes of the axes: 256,784 in a query, [256, 784] in JSON; with none it is a scalar",
    "gain": "must be a number; the name of an activation goes into nonlinearity",
    "seed": f"must be an integer from 0 to {LARGEST_SEED}; in JSON a string of digits will do",
}
"""What a parameter must be, where that takes more than its type to say."""

_BY_TYPE = {
    "bool_type": "must be true or false",
    "model_type": "must be an object, in the body of a POST",
    "float_type": "must be a finite number, such as 0.02",
    "finite_number": "must be a finite number",
    "int_type": "must be an integer",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
}
"""What a value of the wrong JSON type must be, by Pydantic's name for the error."""


_OF_LAYERS_SHAPE = {
    "too_short": "must have an axis at least; a weight that is one number, as a logit scale is, has the shape 1",
    "greater_than_equal": "must have sizes of 1 and more; a layer with an axis of 0 has no weights to initialise",
    "less_than_equal": "must have sizes of at most {le}",
}
"""What the shape of a layer's weight must be, by Pydantic's name for the error; a tensor may have axes of 0."""


def explain(error: Mapping[str, Any], place: str | None, choices: Choices | None = None) -> str:
    """Return in a user's words what an item of Pydantic's `ValidationError.errors()` says of `place`.

    `choices` are those of the place, where it has any.
    """
    error_type = error["type"]
    context = error.get("ctx", {})
    given = error.get("input")
    if isinstance(given, tuple) and all(isinstance(item, str) for item in given) and error_type != "missing":
        return "is given more than once; give it once"
    if error_type == "missing":
        return f"is required; it {EXPECTED[place]}" if place in EXPECTED else "is required"
    if error_type in {"too_long", "string_too_long"}:
        unit = "axes" if place == "shape" else "characters" if isinstance(given, str) else "items"
        return f"has more than {context['max_length']} {unit}"
    if place == "shape" and error_type != "value_error":
        own = None if context.get("ge") == 0 else _OF_LAYERS_SHAPE.get(error_type)
        usual = f"{EXPECTED['shape']}; each size is an integer from 0 to {LARGEST_EXACT_INTEGER}"
        return usual if own is None else own.format(**context)
    if error_type in _BY_TYPE:
        return EXPECTED.get(place or "", _BY_TYPE[error_type])
    message = str(error["msg"]).removeprefix("Value error, ").replace("Input should", "must")
    hint = choices.hint(error["input"]) if choices is not None and isinstance(error.get("input"), str) else ""
    if choices is not None and hint and len(message) > _LONGEST_LIST:
        message = f"must be one of the {len(choices.values)} names that /openapi.json lists"
    return f"{message[:1].lower()}{message[1:]}{hint}"


_LONGEST_LIST = 600
"""Characters of a list of values, behind which nobody finds what was probably meant."""


@dataclass(frozen=True)
class Taker:
    """What takes parameters: an entry of the catalogue, or a framework's function."""

    name: str
    parameters: Collection[str]
    own_names: Mapping[str, str] = field(default_factory=dict)
    """What a function calls parameters of the catalogue."""


def unknown(name: str, value: object, taker: Taker, lists: bool = True) -> str:
    """Return that `taker` has no parameter `name`, which others have, what was probably meant, and what it takes.

    The list of what it takes is long: where several parameters are unknown, one of them `lists` it.
    """
    taken = {*taker.parameters, *taker.own_names}
    guess = meant_by(name, value, [*taker.parameters, *taker.own_names])
    others = takers(name, taker.name) or ("" if guess.parameter in taken else takers(guess.parameter, taker.name))
    elsewhere = f" ({others})" if others else ""
    instead = _WORD.sub(lambda word: taker.own_names.get(word[0], word[0]), guess.instead)
    suggestion = f"; did you mean {instead}?" if instead else ""
    listed = f"{' It' if instead else '; it'} takes {', '.join(taker.parameters)}" if lists else ""
    return f"{taker.name} takes no such parameter{elsewhere}{suggestion}{listed}"
