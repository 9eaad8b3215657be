"""Modules as they are pasted from code: nn.Sequential(...), a list of calls, what print(model) shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from service.advice.network.structure import DIRECTIONS
from service.requests.code.brackets import depths
from service.requests.code.calls import parts_of
from service.requests.code.module import Module
from service.requests.code.statements import unwrapped

MOST_MODULES = 2**13
"""Modules of one text, of which a few characters say that they are repeated: more than any request may have."""

_DEEPEST = 16
"""Modules within modules."""

_SEQUENTIAL = re.compile(
    r"\s*(?:[\w.]+(?:\.|::))?(?:[Ss]equential(?:Cell)?|Chain|ModuleList|CellList|LayerList|OrderedDict)\s*\((.*)\)\s*",
    re.DOTALL,
)
_PRINTED_MODULE = re.compile(r"\s*[\w.]+\s*\(\s*(\([\w.-]+\)\s*:.*)\)\s*", re.DOTALL)
"""A module with others in it, as print shows it."""
_IN_ORDER = re.compile(r"\s*(?:[\w.]+(?:\.|::))?(?:[Ss]equential(?:Cell)?|Chain)\s*\(")
"""What hands its input through its modules, one after another."""
_ATTENTION = re.compile(
    r"\s*([\w.]*MultiheadAttention)\s*\(\s*\(out_proj\)\s*:\s*\w+\(in_features=(\d+),[^()]*\bbias=(\w+)\)\s*\)\s*",
    re.DOTALL,
)
"""PyTorch's attention as print shows it: of its tensors the output's matrix alone is in a module."""
_BIDIRECTIONAL = re.compile(
    r"\s*(?:[\w.]+\.)?Bidirectional\s*\(\s*(?:layer\s*=\s*)?((?:\w+\.)*(\w+)\s*\(.*)", re.DOTALL
)
"""Keras's two cells, of which one reads a sequence backwards."""
_NAME = re.compile(r",?\s*\bname\s*=\s*(['\"])([\w.-]+)\1")
_MERGE = re.compile(r"\bmerge_mode\s*=\s*(?:['\"](\w{1,16})['\"])?")
_ONE_OF_TWO = frozenset(("sum", "mul", "ave"))
"""Ways in which Keras makes outputs as wide as one direction's; `concat` puts both beside each other."""
_LIST = re.compile(r"\s*[\[(](.*)[\])]\s*", re.DOTALL)
_LIST_OF_CALLS = re.compile(r"\[\s*[\w.:]+\s*\(.*\]", re.DOTALL)
_SPREAD = re.compile(r"\*\s*[\[(](.*)[\])]", re.DOTALL)
_COMPREHENSION = re.compile(r"(.*\))\s+for\s+\w+\s+in\s+range\s*\(\s*([0-9]{1,6})\s*\)", re.DOTALL)
"""A layer so often as a number says: nn.Linear(64, 64) for _ in range(3)."""
_WRAPPER = re.compile(r"\s*[\w.:]+\s*\((.*)\)\s*", re.DOTALL)
_NAMED = re.compile(r"\s*\(\s*(['\"])([\w.]+)\1\s*,(.*)\)\s*", re.DOTALL)
"""An item of an OrderedDict."""
_PRINTED = re.compile(r"\s*\(([\w.-]+)\)\s*:\s*(?:[0-9]+ x )?")
"""What stands before a module that is printed: (0): Linear(in_features=784, ...), (0-31): 32 x DecoderLayer(...)."""
_RANGE = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")
"""The numbers of modules that are alike, as PyTorch prints them once."""
_FINISHED = re.compile(r"\s*\.(?:to|cuda|cpu|eval|train|half|float|double|bfloat16|compile)\s*\([^()]*\)\s*$")
"""What is done with modules that are made."""
_MOST_FINISHED, _LONGEST_FINISHED = 4, 64
"""Such calls after one another, and characters of one."""
_INPUT = re.compile(r"(?:[\w.]+\.)?Input(?:Layer)?\s*\(")
"""Keras's, which it does not count among a model's layers."""
_KEYWORD = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*(.*)", re.DOTALL)
_OF_MODULES = frozenset(("layers", "modules"))
"""Keywords whose values are modules; others, such as a name, say nothing of them."""


def is_container(text: str) -> bool:
    """Return whether a text is of several modules."""
    return _container(text) is not None


def _container(text: str) -> re.Match[str] | None:
    text = _unfinished(text)
    found = _SEQUENTIAL.fullmatch(text) or _PRINTED_MODULE.fullmatch(text) or _module_around(text)
    return found or _BIDIRECTIONAL.fullmatch(text)


def _module_around(text: str) -> re.Match[str] | None:
    """Return the match of someone's own module that is given others first, Residual(nn.Sequential(...))."""
    found = _WRAPPER.fullmatch(text) if "equential" in text or "Chain" in text else None
    return found if found is not None and _IN_ORDER.match(found[1]) else None


def _unfinished(text: str) -> str:
    """Return what makes modules, without the calls behind it such as .to("cuda")."""
    for _ in range(_MOST_FINISHED):
        found = _FINISHED.search(text, max(0, len(text) - _LONGEST_FINISHED))
        if found is None:
            break
        text = text[: found.start()]
    return text


def is_list_of_modules(text: str) -> bool:
    """Return whether an expression is of several modules, or a list of calls."""
    return is_container(text) or _LIST_OF_CALLS.fullmatch(text) is not None


def is_input(text: str) -> bool:
    """Return whether an expression is what a model of Keras begins with."""
    return _INPUT.match(text) is not None


def modules_within(text: str, path: str) -> Iterator[Module]:
    """Yield the modules of an expression under the names that they have there."""
    yield from islice(_modules(text, path, 0), MOST_MODULES)


def is_applied(text: str) -> bool:
    """Return whether a text is a call of what a call gives, Dense(64)(x)."""
    return _APPLIED.match(text) is not None and text[_end_of_call(text, 0) :].lstrip().startswith("(")


_APPLIED = re.compile(r"[\w.:]+\s*\(")


def _modules(text: str, path: str, depth: int) -> Iterator[Module]:
    if depth > _DEEPEST:
        return
    sequence = path if _IN_ORDER.match(text) else None
    for name, part in _directions(text) or _named_parts(_inside(text)):
        is_inner = is_container(part) and _ATTENTION.fullmatch(part) is None
        found = list(islice(_modules(part, "", depth + 1), MOST_MODULES)) if is_inner else [Module("", _text(part))]
        for each in _names_of_range(name):
            for module in found:
                within = None if module.sequence is None else _joined(path, each, module.sequence)
                yield Module(_joined(path, each, module.name), module.text, within if is_inner else sequence)
    merge = None if _BIDIRECTIONAL.fullmatch(text) is None else _MERGE.search(text)
    if merge is not None and merge[1] != "concat":
        # What stays two tensors, with merge_mode=None, has no one width.
        yield Module(_joined(path, "merge"), "MergedDirections()" if merge[1] in _ONE_OF_TWO else "Reshape()")


def _directions(text: str) -> list[tuple[str, str]]:
    """Return the two cells of Keras's Bidirectional by the names that it gives them; none of what is another module."""
    found = _BIDIRECTIONAL.fullmatch(text)
    if found is None:
        return []
    cell = found[1][: _end_of_call(found[1], 0)]
    named = _NAME.search(cell)
    name = found[2].lower() if named is None else named[2]
    return [(f"{direction}_{name}", _NAME.sub("", cell)) for direction in DIRECTIONS]


def _joined(*names: str) -> str:
    return ".".join(filter(None, names))


def _text(part: str) -> str:
    """Return the call of a module; of PyTorch's attention the one that made what is printed."""
    attention = _ATTENTION.fullmatch(part)
    if attention is None:
        return unwrapped(part.strip())
    call, width, bias = attention.groups()
    return f"{call}(embed_dim={width}, bias={bias})"


def _names_of_range(name: str) -> Iterator[str]:
    """Yield the names of modules that are alike: 0, 1, 2 of 0-2; of others the one that they have."""
    found = _RANGE.fullmatch(name)
    if found is None:
        yield name
    else:
        yield from map(str, range(int(found[1]), int(found[2]) + 1))


def _inside(text: str, depth: int = 0) -> str:
    """Return what stands between the brackets of a container, and of a list or an OrderedDict in it."""
    text = _unfinished(text)
    found = _container(text)
    inside = text if found is None else found[1]
    if _PRINTED.match(inside):
        return inside
    parts = [part for part in map(_value, parts_of(inside)) if part]
    if len(parts) == 1:
        listed = None if _NAMED.fullmatch(parts[0]) else _LIST.fullmatch(parts[0])
        if listed is not None:
            return listed[1]
        is_around = found is None or parts[0].startswith("OrderedDict")
        if depth < _DEEPEST and is_around and parts[0] != text and is_container(parts[0]):
            return _inside(parts[0], depth + 1)
    return ", ".join(parts)


def _value(part: str) -> str:
    """Return an argument without its keyword; nothing where that is not of modules."""
    keyword = _KEYWORD.fullmatch(part)
    if keyword is None:
        return part
    return keyword[2] if keyword[1] in _OF_MODULES else ""


def _named_parts(inside: str) -> Iterator[tuple[str, str]]:
    if _PRINTED.match(inside):
        yield from _of_print(inside)
        return
    number = 0
    for part in _listed(inside):
        named, repeated = _NAMED.fullmatch(part), _COMPREHENSION.fullmatch(part)
        if _INPUT.match(part):
            yield "input", part
            continue
        count = 1
        if named is not None:
            yield named[2], named[3].strip()
        elif repeated is not None:
            count = int(repeated[2])
            yield f"{number}-{number + count - 1}", repeated[1]
        else:
            yield str(number), part
        number += count


def _listed(inside: str) -> Iterator[str]:
    """Yield what is listed, with the parts of lists that are spread out in it, *[...]."""
    for part in parts_of(inside):
        spread = _SPREAD.fullmatch(part)
        yield from [part] if spread is None else parts_of(spread[1])


def _of_print(inside: str) -> Iterator[tuple[str, str]]:
    """Yield the modules that are printed, each on lines of its own."""
    place = 0
    while (found := _PRINTED.match(inside, place)) is not None:
        end = _end_of_call(inside, found.end())
        yield found[1], inside[found.end() : end]
        place = end


def _end_of_call(text: str, start: int) -> int:
    """Return where the call that begins at `start` ends: at its closing bracket, or the line's end without one."""
    for place, depth in enumerate(depths(text[start:]), start):
        if depth == 0 and text[place] in ")\n":
            return place + 1
    return len(text)
