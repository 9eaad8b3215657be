"""Values as people and libraries write them, as the values that JSON has for them.

What cannot be read stays as it is, for the model to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.requests.spellings.choices import Choices
from service.requests.spellings.table import FALSE, TRUE, WRAPPERS
from service.tensors.spec import LARGEST_EXACT_INTEGER

Reader = Callable[[Any], Any]
"""From what a request has, a text or a value of JSON, to what the model takes."""

_PLAIN_SIZES = re.compile(r"[0-9]{1,100}(?:,[0-9]{1,100})*")
_INTEGER = re.compile(r"-?[0-9]{1,100}")
# No part of a text can be matched in two ways, which would take as long as the product of the lengths.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,1000}(?:\.[0-9]{0,500})?|\.[0-9]{1,500})(?:[eE][+-]?[0-9]{1,20})?")
_SEPARATOR = re.compile(r"\s*,\s*|\s*[xX×*]\s*|\s+")
_HEXADECIMAL = re.compile(r"\s*0[xX][0-9]+\s*")
_MOST_ITEMS = 128
"""Of a list in a text: more than any list may have, so that reading stays cheap."""
_LONGEST_LIST = 2048
"""Characters of such a text."""

_BOOLEANS: Mapping[str, bool] = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}


def integer(value: Any) -> Any:
    """Read a whole number: 2, 2.0, "2", "2e3"; a double only up to 2**53, where all whole numbers are doubles."""
    if isinstance(value, str):
        if _INTEGER.fullmatch(value):
            return int(value)
        read = number(value)
        return integer(read) if isinstance(read, float) else value
    if isinstance(value, float) and abs(value) <= LARGEST_EXACT_INTEGER and value.is_integer():
        return int(value)
    return value


def number(value: Any) -> Any:
    """Read a number from a text."""
    if not isinstance(value, str):
        return value
    stripped = value.strip()
    return float(stripped) if _NUMBER.fullmatch(stripped) else value


def boolean(value: Any) -> Any:
    """Read a truth value: true, True, yes, on, 1."""
    if isinstance(value, bool):
        return value
    return _BOOLEANS.get(str(value).strip().lower(), value) if isinstance(value, str | int) else value


def integers(value: Any) -> Any:
    """Read a list of whole numbers, such as a shape; a number alone is a list of one, the empty text one of none."""
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, tuple | list):
        if len(value) == 1 and isinstance(value[0], str):
            return integers(value[0])
        return [integer(item) for item in value[:_MOST_ITEMS]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [integer(value)]
    return value


def _of_text(text: str) -> list[Any] | str:
    if len(text) > _LONGEST_LIST:
        return text
    if _PLAIN_SIZES.fullmatch(text):
        return [int(size) for size in text.split(",", _MOST_ITEMS)[:_MOST_ITEMS]]
    if text == "":
        return []
    # 0x10 is 16 to some and 0 by 10 to others.
    if _HEXADECIMAL.fullmatch(text):
        return text
    inner = unwrapped(text)
    if inner == "":
        return text if text.isspace() else []
    items = [integer(item) for item in _items(inner)[:_MOST_ITEMS]]
    return items if items and all(isinstance(item, int) for item in items) else text


def _items(text: str) -> list[str]:
    """Return the items of a list with one kind of separator; a comma may stand at the end."""
    text = text.removesuffix(",").rstrip()
    kinds = {found[0].strip() for found in _SEPARATOR.finditer(text)}
    if len({kind.lower() for kind in kinds}) > 1:
        return []
    return _SEPARATOR.split(text)


def unwrapped(text: str) -> str:
    """Return what stands in the brackets around a list, or the text itself, without blanks at the ends."""
    stripped = text.strip()
    for opening, closing in WRAPPERS:
        if stripped.startswith(opening) and stripped.endswith(closing):
            return stripped[len(opening) : -len(closing)].strip()
    return stripped


def slices(value: Any) -> Any:
    """Read a slice without the brackets around it, and without blanks."""
    return "".join(unwrapped(value).removesuffix(",").split()) or value if isinstance(value, str) else value


def integer_or_integers(value: Any) -> Any:
    """Read a whole number or a list of them."""
    read = integer(value)
    return integers(value) if isinstance(read, str | list | tuple) else read


def choice(choices: Choices) -> Reader:
    """Return what reads a value of an enumeration of texts."""
    values = choices.values

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in values:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value) if str(value) in values else value
        if not isinstance(value, str):
            return value
        found = choices.find(value)
        return value if found is None else found

    return read


_READERS: Mapping[frozenset[str], Reader] = {
    frozenset(("integer",)): integer,
    frozenset(("number",)): number,
    frozenset(("boolean",)): boolean,
    frozenset(("array",)): integers,
    frozenset(("integer", "array")): integer_or_integers,
}


def count_or_sizes(value: Any) -> Any:
    """Read a number of alike blocks, or the size of each; an empty text says neither."""
    return value if value == "" else integer_or_integers(value)


_AXES = ("in_axis", "out_axis", "batch_axis")
"""These are a number or several, which no schema says: generators of clients have no such union."""


def as_it_is(value: Any) -> Any:
    """Return a list of no numbers."""
    return value


_BY_NAME: Mapping[str, Reader] = {
    "slice": slices,
    "candidates": as_it_is,
    "seed": integer,
    "gates": count_or_sizes,
    **dict.fromkeys(_AXES, integer_or_integers),
}


def reader(name: str, types: Iterable[str], choices: Choices | None) -> Reader | None:
    """Return what reads the values of a parameter; None where they are taken as they are."""
    return _BY_NAME.get(name) or (choice(choices) if choices else _READERS.get(frozenset(types)))
