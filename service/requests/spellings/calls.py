"""Calls as people paste them, `nn.Conv2d(3, 64, kernel_size=7)`: the name and the arguments, as values of JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_LONGEST = 512
"""Characters of a call that is read."""
_MOST_ARGUMENTS = 32
_CALL = re.compile(r"(?:new\s+)?([^\s()]+)\((.*)\)", re.DOTALL)
_KEYWORD = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*[=:]\s*(?![=>])(.*)", re.DOTALL)
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]{0,15}\.[0-9]{0,15}(?:e-?[0-9]{1,3})?|-?[0-9]{1,15}e-?[0-9]{1,3}", re.IGNORECASE)
_OPENING, _CLOSING = "([{", ")]}"
_CONSTANTS = {"true": True, "false": False, "none": None, "null": None, "nothing": None}


@dataclass(frozen=True)
class Call:
    """A call's name, and its arguments."""

    name: str
    positional: tuple[Any, ...]
    """Numbers, truth values, None, lists of whole numbers; all else as the text that it is."""
    keywords: dict[str, Any]


def read_call(text: str) -> Call | None:
    """Return the call that a text is; None where it is none, or one too long to be read."""
    if len(text) > _LONGEST or ")" not in text:
        return None
    found = _CALL.fullmatch(text.strip())
    if found is None:
        return None
    arguments = _split(found[2])
    if arguments is None or len(arguments) > _MOST_ARGUMENTS:
        return None
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in arguments:
        keyword = _KEYWORD.fullmatch(argument)
        if keyword is not None:
            keywords[keyword[1]] = _value(keyword[2])
        elif "=>" in argument:
            # Flux's inputs => outputs.
            positional += [_value(side) for side in argument.split("=>", 1)]
        else:
            positional.append(_value(argument))
    return Call(found[1], tuple(positional), keywords)


def _split(text: str) -> list[str] | None:
    """Return what stands between the commas that are in no brackets; None where brackets do not match."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
            if depth < 0:
                return None
        elif character in ",;" and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()] if depth == 0 else None


def _value(text: str) -> Any:
    text = text.strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and text.strip("-.") != "":
        return float(text)
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if text[:1] in {"(", "["} and text[-1:] in {")", "]"}:
        items = [item.strip() for item in text[1:-1].split(",") if item.strip()]
        if items and all(_INTEGER.fullmatch(item) for item in items):
            return [int(item) for item in items]
    return text[1:-1] if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0] else text.removeprefix(":")
