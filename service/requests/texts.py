"""The values of a query, which are all texts, as the values that JSON would have."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

_INTEGER = re.compile(r"-?[0-9]{1,100}")
_INTEGERS = re.compile(r"(-?[0-9]{1,100}(,-?[0-9]{1,100})*)?")
_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def _integer(text: str) -> int | str:
    return int(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> float | str:
    return float(text) if _NUMBER.fullmatch(text) else text


def _integers(text: str) -> list[int] | str:
    """Read a shape, `256,784`; the empty text has no axes."""
    return [int(size) for size in text.split(",") if size] if _INTEGERS.fullmatch(text) else text


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _integers,
}


def read_texts(model: type[BaseModel], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the values for `model`; a text that cannot be read as its field's type stays, for the model to refuse."""
    readers = _readers(model)
    return {name: readers[name](text) if name in readers else text for name, text in texts.items()}


@functools.cache
def _readers(model: type[BaseModel]) -> dict[str, Callable[[str], Any]]:
    """Return the readers of the fields that have one JSON type other than text."""
    readers = {}
    for name, schema in model.model_json_schema().get("properties", {}).items():
        types = {choice.get("type") for choice in schema.get("anyOf", [schema])} - {"null"}
        if len(types) == 1 and (json_type := types.pop()) in _READERS:
            readers[name] = _READERS[json_type]
    return readers
