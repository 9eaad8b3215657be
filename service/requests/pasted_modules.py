"""Modules as they are pasted from code: nn.Sequential(...), a list of calls, what print(model) shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from service.requests.brackets import depths
from service.requests.calls import parts_of
from service.requests.code_numbers import CodeNumbers
from service.requests.statements import LONGEST, Statement, statement_of, statements_of, unwrapped, without_comments

_MOST = 2**13
"""Modules of one text, of which a few characters say that they are repeated: more than any request may have."""

_DEEPEST = 16
"""Modules within modules."""

_MOST_BRACKETS = 40
"""Within each other: each level of modules is looked through again, and has up to three."""

_SEQUENTIAL = re.compile(
    r"\s*(?:[\w.]+(?:\.|::))?(?:[Ss]equential|Chain|ModuleList|OrderedDict)\s*\((.*)\)\s*", re.DOTALL
)
_PRINTED_MODULE = re.compile(r"\s*[\w.]+\s*\(\s*(\([\w-]+\)\s*:.*)\)\s*", re.DOTALL)
"""A module with others in it, as print shows it."""
_IN_ORDER = re.compile(r"\s*(?:[\w.]+(?:\.|::))?(?:[Ss]equential|Chain)\s*\(")
"""What hands its input through its modules, one after another."""
_ATTENTION = re.compile(
    r"\s*([\w.]*MultiheadAttention)\s*\(\s*\(out_proj\)\s*:\s*\w+\(in_features=(\d+),[^()]*\bbias=(\w+)\)\s*\)\s*",
    re.DOTALL,
)
"""PyTorch's attention as print shows it: of its tensors the output's matrix alone is in a module."""
_LIST = re.compile(r"\s*[\[(](.*)[\])]\s*", re.DOTALL)
_LIST_OF_CALLS = re.compile(r"\[\s*[\w.:]+\s*\(.*\]", re.DOTALL)
_SPREAD = re.compile(r"\*\s*[\[(](.*)[\])]", re.DOTALL)
_COMPREHENSION = re.compile(r"(.*\))\s+for\s+\w+\s+in\s+range\s*\(\s*([0-9]{1,6})\s*\)", re.DOTALL)
"""A layer so often as a number says: nn.Linear(64, 64) for _ in range(3)."""
_WRAPPER = re.compile(r"\s*[\w.:]+\s*\((.*)\)\s*", re.DOTALL)
_NAMED = re.compile(r"\s*\(\s*(['\"])([\w.]+)\1\s*,(.*)\)\s*", re.DOTALL)
"""An item of an OrderedDict."""
_PRINTED = re.compile(r"\s*\(([\w-]+)\)\s*:\s*(?:[0-9]+ x )?")
"""What stands before a module that is printed: (0): Linear(in_features=784, ...), (0-31): 32 x DecoderLayer(...)."""
_RANGE = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")
"""The numbers of modules that are alike, as PyTorch prints them once."""
_FINISHED = re.compile(r"\s*\.(?:to|cuda|cpu|eval|train|half|float|double|bfloat16|compile)\s*\([^()]*\)\s*$")
"""What is done with modules that are made."""
_MOST_FINISHED, _LONGEST_FINISHED = 4, 64
"""Such calls after one another, and characters of one."""
_INPUT = re.compile(r"(?:[\w.]+\.)?Input(?:Layer)?\s*\(")
"""Keras's, which it does not count among a model's layers."""
_NO_LAYER = re.compile(
    r"(?:import|from|super|print|assert|pass|raise|global|del|plt|np|jnp|random|torch\.(?:manual_seed|device|set_\w+)|"
    r"model\.(?:compile|summary|build|fit|to|eval|train|evaluate|predict))\b|"
    r"(?:if|elif|else|try|except|finally|with)\b.*:$|@|['\"]"
)
"""How lines of code begin that make no layer."""
_NO_LAYERS = re.compile(
    r"(?:[\w.]+\.)?(?:optim|optimizers?|losses|metrics|callbacks|datasets|random|optax|jnp|np)\.|['\"]|"
    r"(?:[\w.]+\.)?(?:Model|Functional)\s*\(\s*\w+\s*[=,]"
)
"""How what is assigned begins where it is none, or a model of layers that are made before."""
_TEXT = re.compile(r"(\"\"\"|\'\'\').*?\1", re.DOTALL)
"""What describes a function or a class."""
_RETURN = re.compile(r"return\s+(?!self\.)(?=[\w.:]+\s*\()")
"""A layer, or several, that a function makes and returns."""
_FUNCTION = re.compile(r"(?:async\s+)?def\s+(\w+)|class\b")
_MAKING = frozenset((None, "__init__", "setup", "build"))
"""The functions of a class that make its layers; the others use them."""
_USING = re.compile(r"forward\w*|call|__call__|\w*step|main|_?init_\w+|train\w*|evaluate\w*|test\w*|loss\w*|predict\w*")
"""Functions that use layers, of those that are in no class."""
_MADE_AS_CALLED = re.compile(r"@(?:\w+\.)*compact\b")
"""Flax's decorator of a function that makes layers where it uses them."""
_HAIKU = re.compile(r"\b(?:hk|haiku)\.Module\b")
"""Haiku's modules may do so without one."""
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
    text = _unfinished(text)
    return _SEQUENTIAL.fullmatch(text) or _PRINTED_MODULE.fullmatch(text) or _module_around(text)


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


def modules_of(text: str) -> Iterator[Module]:
    """Yield the modules of a text, one after another, those within others too."""
    if len(text) > LONGEST or max(depths(text), default=0) > _MOST_BRACKETS:
        return
    statements = list(_statements(_TEXT.sub("", without_comments(text)).strip()))
    if len(statements) == 1 and not is_applied(statements[0].text):
        yield from islice(_modules(statements[0].text, "", 0), _MOST)
        return
    number = 0
    for statement in statements:
        # Of a layer that is made where it is used, x = Dense(64)(x), the name is that of what it puts out.
        given = "" if is_applied(statement.text) else statement.name
        name = given or str(number)
        number += not given
        if is_container(statement.text) or _LIST_OF_CALLS.fullmatch(statement.text):
            yield from islice(_modules(statement.text, name, 0), _MOST)
        else:
            yield Module(name, statement.text)


def is_applied(text: str) -> bool:
    """Return whether a text is a call of what a call gives, Dense(64)(x)."""
    return _APPLIED.match(text) is not None and text[_end_of_call(text, 0) :].lstrip().startswith("(")


_APPLIED = re.compile(r"[\w.:]+\s*\(")


def _statements(code: str) -> Iterator[Statement]:
    """Yield the statements that make layers, of code with lines of other kinds, with numbers for the names of some."""
    numbers = CodeNumbers()
    makes_as_called = _HAIKU.search(code) is not None
    is_making, is_next = True, False
    for written in statements_of(code):
        line = written.strip()
        function = _FUNCTION.match(line)
        if function is not None:
            numbers.take_defaults(line)
            is_made_as_called = is_next or (makes_as_called and function[1] == "__call__")
            is_making = is_made_as_called or _is_making(function[1], is_of_class=written[:1].isspace())
        elif line.strip(",;)]}") and is_making and not _NO_LAYER.match(line) and not numbers.takes(line):
            made = statement_of(numbers.written_out(_RETURN.sub("", line)))
            if not made.text.startswith("return") and not _NO_LAYERS.match(made.text):
                yield made
        is_next = _MADE_AS_CALLED.match(line) is not None


def _is_making(function: str | None, is_of_class: bool) -> bool:
    """Return whether a function makes layers; None of what stands in a class and in no function."""
    if function in _MAKING:
        return True
    return function is not None and not is_of_class and _USING.fullmatch(function) is None


def _modules(text: str, path: str, depth: int) -> Iterator[Module]:
    if depth > _DEEPEST:
        return
    sequence = path if _IN_ORDER.match(text) else None
    for name, part in _named_parts(_inside(text)):
        is_inner = is_container(part) and _ATTENTION.fullmatch(part) is None
        found = list(islice(_modules(part, "", depth + 1), _MOST)) if is_inner else [Module("", _text(part))]
        for each in _names_of_range(name):
            for module in found:
                within = None if module.sequence is None else _joined(path, each, module.sequence)
                yield Module(_joined(path, each, module.name), module.text, within if is_inner else sequence)


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
