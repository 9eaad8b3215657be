"""Statements of code in which layers are made: self.fc1 = nn.Linear(784, 256), model.add(layers.Dense(10))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.requests.code.brackets import CLOSING, OPENING, QUOTES, depths

LONGEST = 2**16
"""Characters of a statement, and of modules that are pasted together."""

_ASSIGNMENT = re.compile(
    r"(?:[\w<>:]+\s+){0,3}(?:[\w-]+(?:\.|->))*(\w+)(?:\[[^\]]{0,32}\])?\s*(?::(?!:)[^=(){]{1,64})?(?:=(?![=>])|<-)\s*(?=\S)"
)
"""The name before a call: fc1 = ..., self.fc1: nn.Module = ..., let fc1 = ..., DenseLayer fc1 = ..."""
_PRINTED = re.compile(r"\(([\w.-]+)\)\s*:\s*")
"""The name before a module as print shows it: (fc1): Linear(...)."""
_ADDED = re.compile(
    r"[\w.>-]*\b(?:add|append|add_module|register_module)\s*\(\s*(?:(['\"])([\w.]+)\1\s*,\s*)?"
    r"(?=[\w.: ]+\()(.*)\)",
    re.DOTALL,
)
"""What adds a layer to a model: model.add(...), add_module("fc1", ...)."""
_BESIDE = ",;"


@dataclass(frozen=True)
class Statement:
    """A layer as a statement makes it: the expression, and the name that it is given; empty without one."""

    text: str
    name: str = ""


def statement_of(text: str) -> Statement:
    """Return what a statement makes, without comments, what separates it from others, and what it is assigned to."""
    if len(text) > LONGEST:
        return Statement(text)
    text = without_comments(text).strip().rstrip(_BESIDE).rstrip()
    found = _ASSIGNMENT.match(text) or _PRINTED.match(text)
    name = "" if found is None else found[1]
    text = text if found is None else text[found.end() :]
    added = _ADDED.fullmatch(text)
    if added is not None:
        return Statement(unwrapped(added[3].strip().rstrip(",")), added[2] or name)
    return Statement(unwrapped(text), name)


_WRAPPER = re.compile(
    r"(?:[\w.]+\.)?(?:spectral_norm|weight_norm|orthogonal|TimeDistributed|SpectralNormalization|WeightNormalization|"
    r"checkpoint_wrapper|remat)\s*\(\s*(?=(?:\w+\.)*[A-Z]\w*\s*\()"
)


def unwrapped(text: str) -> str:
    """Return the layer in a wrapper that changes neither its tensors' shapes nor what it puts out."""
    found = _WRAPPER.match(text)
    if found is None:
        return text
    inside = text[found.end() :]
    end = next((place for place, depth in enumerate(depths(inside), 1) if inside[place - 1] == ")" and depth == 0), 0)
    return inside[:end] or text


def without_comments(text: str) -> str:
    """Return code without what stands behind a #, or outside of brackets behind //, up to the end of each line."""
    if "#" not in text and "//" not in text:
        return text
    kept: list[str] = []
    depth, quote, is_comment = 0, "", False
    for place, letter in enumerate(text):
        if is_comment and letter != "\n":
            continue
        is_comment = False
        if quote:
            quote = "" if letter == quote else quote
        elif letter in QUOTES:
            quote = letter
        elif letter == "#" or (depth <= 0 and text.startswith("//", place)):
            is_comment = True
            continue
        else:
            depth += (letter in OPENING) - (letter in CLOSING)
        kept.append(letter)
    return "".join(kept)


def statements_of(text: str) -> Iterator[str]:
    """Yield the statements of code, which end with a line or a semicolon that is in no brackets."""
    start = 0
    for place, (letter, depth) in enumerate(zip(text, depths(text), strict=True)):
        if letter in "\n;" and depth <= 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def is_open(text: str) -> bool:
    """Return whether a bracket of a text is not closed."""
    return bool(text) and [*depths(text)][-1] > 0
