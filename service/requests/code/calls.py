"""A call with its arguments where a name stands: normal_(w, std=0.02), Init::Uniform { lo: -0.1, up: 0.1 }."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.catalogue.catalogue import Meaning
from service.requests.code.brackets import OPENING, QUOTES, depths
from service.requests.code.expressions import evaluate
from service.requests.faults import Fault
from service.requests.members import Members
from service.tensors.spec import encode_value

LONGEST = 400
"""Characters in a call; a longer one is nobody's."""

_CALL = re.compile(r"([\w.:]+)\s*(?:\((.*)\)|\{(.*)\})\s*", re.DOTALL)
_NAMED = re.compile(r"([A-Za-z_]\w*)\s*[=:](?![=:])\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"([-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?:f|_?f32|_?f64|f0)?")
_ROOT = re.compile(r"(-?)√\(?([0-9.]+)\)?")
_WORD = re.compile(r"(?:\w+(?:\.|::))*([A-Za-z_]\w*)")
_WORDS = {"true": True, "false": False}
_NOTHING = frozenset(("none", "null", "undefined", "nothing"))
_DIGIT = re.compile(r"[-+]?\.?[0-9]")

_USUAL_PLACES: Mapping[str, tuple[str, ...]] = {
    "constant": ("value",), "uniform": ("low", "high"), "normal": ("mean", "std"),
    "truncated_normal": ("mean", "std", "low", "high"),
}  # fmt: skip
"""The order of arguments that all functions have which take so many, whoever's a bare name is."""
_LEAST = {"constant": 1}
"""Arguments from which on that holds: one alone is the mean to some, the standard deviation to others."""


@dataclass(frozen=True)
class WrittenCall:
    """A call as it stands in code: arguments with a name are texts of values, those without are in their order."""

    name: str
    arguments: tuple[tuple[str | None, str], ...]
    unused: tuple[str, ...] = ()
    """Arguments that say nothing of the elements, and are not among the others."""
    notes: tuple[str, ...] = ()
    """A sentence on each thing that is understood otherwise than the code may suggest."""
    is_law: bool = False
    """Whether the name is that of the law which an array is drawn from, and no framework's."""
    key: str = ""
    """The key that it draws with, where code says more of it than a name."""
    operations: tuple[str, ...] = ()
    """What is done to the array after it is drawn."""

    def without(self, names: Collection[str]) -> WrittenCall:
        """Return the call without the arguments of these names."""
        return replace(self, arguments=tuple(argument for argument in self.arguments if argument[0] not in names))

    @property
    def begins_with_number(self) -> bool:
        """Whether the first argument has no name and is a number, as no tensor is."""
        return bool(self.arguments) and self.arguments[0][0] is None and _DIGIT.match(self.arguments[0][1]) is not None


def read_call(text: str) -> WrittenCall | None:
    """Return the call that a text is; None of a name alone, and of what is no call."""
    found = _CALL.fullmatch(text) if len(text) <= LONGEST and text.endswith((")", "}", " ")) else None
    if found is None:
        return None
    inside = (found[2] or found[3] or "").strip().strip(";")
    if min(depths(inside), default=0) < 0:
        # What follows the call's own bracket is another call.
        return None
    if inside.startswith("{") and inside.endswith("}"):
        inside = inside[1:-1]
    named = [(_NAMED.fullmatch(part), part) for part in parts_of(inside)]
    return WrittenCall(
        found[1], tuple((match[1], match[2].strip()) if match else (None, part) for match, part in named)
    )


def with_arguments(members: Members, call: WrittenCall, meaning: Meaning, faults: list[Fault]) -> Members:
    """Return a request's members with the arguments of its call.

    What has no name goes by its place, where the places of the function's arguments are known. What cannot be read, or
    stands elsewhere in the request too, is added to `faults`.
    """
    values = dict(members.values)
    seen: set[str] = set()
    for name, text in _by_name(call, meaning, faults):
        if name in seen:
            faults.append(Fault(name, "stands in the call twice; give it once"))
            continue
        seen.add(name)
        try:
            value = value_of(text)
        except ValueError:
            faults.append(
                Fault(name, f"has the value {text[:32]!r} in the call, which must be a number, a word or true")
            )
            continue
        if name in members.values:
            faults.append(Fault(name, "stands in the call too; give it once"))
        elif value is not None and name != "tensor":
            values[name] = value if members.in_body or isinstance(value, str) else encode_value(value)
    return replace(members, values=values)


def _by_name(call: WrittenCall, meaning: Meaning, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a call, each with its name."""
    known = next((function.parameters for function in meaning.functions if function.parameters), ())
    by_place = known[: known.index("*")] if "*" in known else known
    if not by_place and sum(name is None for name, _ in call.arguments) >= _LEAST.get(meaning.kind.name, 2):
        by_place = _USUAL_PLACES.get(meaning.kind.name, ())
    if by_place[:1] == ("tensor",) and call.begins_with_number:
        # A method of the tensor: w.normal_(0, 0.02).
        by_place = by_place[1:]
    sizes = [text for name, text in call.arguments if name is None] if by_place == ("sizes",) else []
    if sizes:
        # Julia's functions begin with a generator or the type of the elements, which say nothing of the sizes.
        sizes = [text for text in sizes if not _WORD.fullmatch(text)]
        yield "shape", sizes[0] if len(sizes) == 1 and sizes[0][:1] in OPENING else f"[{','.join(sizes)}]"
    for place, (name, text) in enumerate(call.arguments):
        if name is not None:
            yield name, text
        elif by_place == ("sizes",):
            continue
        elif place < len(by_place):
            yield by_place[place], "None" if by_place[place] == "tensor" else text
        elif text[:1] in OPENING:
            # NumPy's size.
            yield "shape", text
        else:
            faults.append(Fault(None, f"the argument {text[:32]!r} of {call.name} needs its name, such as std=0.02"))


def parts_of(inside: str) -> Iterator[str]:
    """Yield what stands between the commas, or Julia's semicolons, that are in no brackets and no quotes."""
    quote, start = "", 0
    for place, (letter, depth) in enumerate(zip(inside, depths(inside), strict=True)):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in QUOTES:
            quote = letter
        elif letter in ",;" and depth == 0:
            yield inside[start:place].strip()
            start = place + 1
    if inside[start:].strip():
        yield inside[start:].strip()


def value_of(text: str) -> Any:
    """Return a number, a boolean, a word, a list as a text, or None. Raises ValueError."""
    if len(text) > 1 and text[0] in QUOTES and text[-1] == text[0]:
        return text[1:-1]
    if number := _NUMBER.fullmatch(text):
        read = float(number[1])
        return int(read) if number[1].lstrip("+-").isdecimal() and abs(read) < 2**53 else read
    if root := _ROOT.fullmatch(text):
        return (-1.0 if root[1] else 1.0) * math.sqrt(float(root[2]))
    if text[:1] in {"(", "["} and text[-1:] in {")", "]"}:
        return text
    word = _WORD.fullmatch(text)
    if word is None:
        return evaluate(text)
    folded = word[1].lower()
    return None if folded in _NOTHING else _WORDS.get(folded, word[1])
