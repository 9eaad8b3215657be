"""Modules as they are pasted from code: nn.Sequential(...), a list of calls, what print(model) shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.requests.calls import parts_of

LONGEST = 2**16
"""Characters of modules that are pasted together."""

_DEEPEST = 16
"""Modules within modules."""

_SEQUENTIAL = re.compile(r"\s*(?:[\w.]+(?:\.|::))?(?:Sequential|Chain|ModuleList|OrderedDict)\s*\((.*)\)\s*", re.DOTALL)
_PRINTED_MODULE = re.compile(r"\s*[\w.]+\s*\(\s*(\(\w+\)\s*:.*)\)\s*", re.DOTALL)
"""A module with others in it, as print shows it."""
_IN_ORDER = re.compile(r"\s*(?:[\w.]+(?:\.|::))?(?:Sequential|Chain)\s*\(")
"""What hands its input through its modules, one after another."""
_ATTENTION = re.compile(
    r"\s*([\w.]*MultiheadAttention)\s*\(\s*\(out_proj\)\s*:\s*\w+\(in_features=(\d+),[^()]*\bbias=(\w+)\)\s*\)\s*",
    re.DOTALL,
)
"""PyTorch's attention as print shows it: of its tensors the output's matrix alone is in a module."""
_LIST = re.compile(r"\s*[\[(](.*)[\])]\s*", re.DOTALL)
_NAMED = re.compile(r"\s*\(\s*(['\"])([\w.]+)\1\s*,(.*)\)\s*", re.DOTALL)
"""An item of an OrderedDict."""
_PRINTED = re.compile(r"\s*\((\w+)\)\s*:\s*")
"""What stands before a module that is printed: (0): Linear(in_features=784, ...)."""
_KEYWORD = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)
_OF_MODULES = frozenset(("layers", "modules"))
"""Keywords whose values are modules; others, such as a name, say nothing of them."""


@dataclass(frozen=True)
class Module:
    """A module of a network as it is written: a call, or the name of a function."""

    name: str
    """Where it is in what was pasted: its number, or the name that it is given."""
    text: str
    sequence: str | None = None
    """The path of the nn.Sequential that it is in; None of one of which nobody says what follows it."""


def is_container(text: str) -> bool:
    """Return whether a text is of several modules."""
    return _container(text) is not None


def _container(text: str) -> re.Match[str] | None:
    return _SEQUENTIAL.fullmatch(text) or _PRINTED_MODULE.fullmatch(text)


def modules_of(text: str) -> list[Module]:
    """Return the modules of a text, one after another, those within others too."""
    return list(_modules(text.strip(), "", 0)) if len(text) <= LONGEST else []


def _modules(text: str, path: str, depth: int) -> Iterator[Module]:
    if depth > _DEEPEST:
        return
    sequence = path if _IN_ORDER.match(text) else None
    for name, part in _named_parts(_inside(text)):
        own = f"{path}.{name}" if path else name
        attention = _ATTENTION.fullmatch(part)
        if attention is not None:
            call, width, bias = attention.groups()
            yield Module(own, f"{call}(embed_dim={width}, bias={bias})", sequence)
        elif is_container(part):
            yield from _modules(part, own, depth + 1)
        else:
            yield Module(own, part.strip(), sequence)


def _inside(text: str) -> str:
    """Return what stands between the brackets of a container, and of a list in it."""
    found = _container(text)
    inside = text if found is None else found[1]
    if _PRINTED.match(inside):
        return inside
    parts = [part for part in map(_value, parts_of(inside)) if part]
    if len(parts) == 1:
        listed = None if _NAMED.fullmatch(parts[0]) else _LIST.fullmatch(parts[0])
        if listed is not None:
            return listed[1]
        if parts[0].startswith("OrderedDict") or (parts[0] != text and found is None and is_container(parts[0])):
            return _inside(parts[0])
    return ", ".join(parts)


def _value(part: str) -> str:
    """Return an argument without its keyword; nothing where that is not of modules."""
    keyword = _KEYWORD.fullmatch(part)
    if keyword is None:
        return part
    return keyword[2] if keyword[1] in _OF_MODULES else ""


def _named_parts(inside: str) -> Sequence[tuple[str, str]]:
    if _PRINTED.match(inside):
        return list(_of_print(inside))
    found = []
    for number, part in enumerate(parts_of(inside)):
        named = _NAMED.fullmatch(part)
        found.append((str(number), part) if named is None else (named[2], named[3].strip()))
    return found


def _of_print(inside: str) -> Iterator[tuple[str, str]]:
    """Yield the modules that are printed, each on lines of its own."""
    place = 0
    while (found := _PRINTED.match(inside, place)) is not None:
        end = _end_of_call(inside, found.end())
        yield found[1], inside[found.end() : end]
        place = end


def _end_of_call(text: str, start: int) -> int:
    """Return where the call that begins at `start` ends: at its closing bracket, or the line's end without one."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0 and (text[place] == ")" or text[place] == "\n"):
            return place + 1
    return len(text)
