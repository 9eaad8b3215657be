"""A list of layers as it is given: objects, pasted calls, and what stands between layers and has no weights."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.advice.layer.vocabulary import (
    fold_layer_word,
    weightless_word,
    why_unknown,
)
from service.advice.network.cost import READING, READING_CALL
from service.advice.network.maps import Window
from service.advice.network.network_layer import Passage
from service.requests.code.brackets import first_open
from service.requests.code.module import Module
from service.requests.code.modules import modules_of
from service.requests.code.numbers import CodeNumbers
from service.requests.code.pasted_modules import is_container
from service.requests.code.statements import Statement, statement_of, without_comments
from service.requests.faults import Fault
from service.requests.layers.constructor_call import ConstructorCall
from service.requests.layers.entry_words import (
    OF_ACTIVATIONS,
    call_of,
    is_activation_entry,
    kind_of,
    named_activation,
    says_activation,
    word_of,
)
from service.requests.layers.passed_over import LONGEST_SHOWN, MOST_TOLD, UnknownLine, shown, sums_warning
from service.requests.layers.windows import passage_of, window_of
from service.requests.members import Members
from service.tensors.errors import OverLimit

EXPECTED_LAYERS = (
    'must be a list of layers, such as [{"layer": "Linear", "shape": [256, 784]}] or ["nn.Linear(784, 256)", '
    '"nn.ReLU()"], or a text such as "nn.Sequential(nn.Linear(784, 256), nn.ReLU())"'
)

_MOST_COUNTED = 2**13
"""Layers beyond the limit, to tell how many there are."""

_REPEATED = re.compile(r"\([0-9]+-[0-9]+\)\s*:|\bfor\s+[\w, ()]{1,64}\s+in\b")
"""What print shows of modules that are alike, and loops."""

_ACTIVATED = ("activation", "nonlinearity", "activation_table")
_ACTIVATED_KINDS = frozenset(("dense", "conv", "conv_transpose"))
_NOT_ACTIVATED = frozenset(("normalization", "prelu", "layer_scale", "positional_embedding"))
"""Kinds of layers between which and the activation after them another layer has it."""


@dataclass(frozen=True)
class Place:
    """Where a layer stands in a request, for what is wrong with it."""

    index: int | None
    """That in the list; None of what is pasted as one text."""
    is_text: bool = False

    def inside(self, members: Members, values: dict[str, Any] | None = None) -> Members:
        """Return members that stand there, or none, to refuse what does."""
        steps = ("layers",) if self.index is None else ("layers", self.index)
        return replace(members.inside(*steps), values=values or {}, is_text=self.is_text)


@dataclass
class Entry:
    """A layer of a list: its members, the name that it has where they say none, and what stands before it."""

    members: dict[str, Any]
    name: str
    place: Place
    passages: tuple[Passage, ...] = ()
    sequence: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where its members are from, for people."""
    takes: tuple[str, ...] | None = None
    """The names of the layers whose outputs it takes, none where that is the input; None where no code says it."""

    @property
    def window(self) -> Window | None:
        """What its call says that it slides over a map."""
        call = call_of(self.members)
        return None if call is None else window_of(call)


@dataclass(frozen=True)
class _Item:
    """An entry before anyone knows whether it is a layer."""

    members: dict[str, Any]
    name: str
    place: Place
    sequence: str | None = None
    """That in which one entry follows the other, where something says so."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where its members are from, for people."""
    takes: tuple[str, ...] | None = None

    @property
    def is_line(self) -> bool:
        """Whether it is a line of code, and not an object that says of itself that it is a layer."""
        return self.place.is_text


@dataclass
class ListReading:
    """The layers so far, what has stood after the last of them, and what is passed over."""

    entries: list[Entry] = field(default_factory=list)
    unknown: dict[str, UnknownLine] = field(default_factory=dict)
    """Lines that are not understood, by their texts."""
    passages: list[Passage] = field(default_factory=list)
    activated: set[str] = field(default_factory=set)
    """Sequences that have activations."""
    sums: list[str] = field(default_factory=list)
    """Additions of which the list does not say what is added."""
    named: set[str] = field(default_factory=set)
    """The names so far."""

    def take(self, item: _Item, within: Members) -> None:
        """Read an item."""
        word = word_of(item.members)
        if word is not None and is_activation_entry(word, item.members):
            self._activate(item, within)
        elif word is not None and (folded := weightless_word(word)) is not None:
            self._pass(item, folded, within)
        elif word is not None and item.is_line and (why := why_unknown(word)) is not None:
            self._pass_over(item, why)
        else:
            self._add(item)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to say of the lines that are passed over."""
        told = [line.warning() for line in itertools.islice(self.unknown.values(), MOST_TOLD)]
        more = len(self.unknown) - len(told)
        told += [sums_warning(self.sums)] if self.sums else []
        return (*told, *([f"{more} more lines are not understood, and are passed over."] if more else []))

    def _pass_over(self, item: _Item, why: str) -> None:
        text = str(item.members["layer"])
        self.unknown.setdefault(text, UnknownLine(text, [], why)).names.append(item.name)
        self.passages.append(Passage("unknown"))

    def _add(self, item: _Item) -> None:
        call = call_of(item.members)
        passages = [*self.passages, *([] if call is None else passage_of(call, "input"))]
        name = None if call is None else call.given_name
        if name is None or name in self.named:
            name = item.name
        self.named.add(name)
        of_item = (item.sequence, item.origins, item.takes)
        self.entries.append(Entry(item.members, name, item.place, tuple(passages), *of_item))
        self.passages.clear()
        if call is not None and fold_layer_word(call.name) == "prelu":
            self._give({"activation": "prelu"}, before=len(self.entries) - 1)

    def _pass(self, item: _Item, folded: str, within: Members) -> None:
        _refuse_others(item, within, "has no weights")
        call = call_of(item.members)
        if folded == "add":
            self.sums.append(item.name)
        self.passages += passage_of(ConstructorCall(folded) if call is None else call, folded)

    def _activate(self, item: _Item, within: Members) -> None:
        _refuse_others(item, within, "is an activation, which is read as that of the layer before it")
        members = {name: value for name, value in item.members.items() if name not in {"layer", "name"}}
        self._give({"activation": named_activation(item.members["layer"]), **members}, before=len(self.entries))
        self.passages.append(Passage("activation"))
        if item.sequence is not None:
            self.activated.add(item.sequence)

    def leave_linear(self) -> None:
        """Give layers that others follow at once, in a sequence that shows its activations, the identity for theirs."""
        of_calls = {each.sequence for each in self.entries if says_activation(each.members)}
        for entry, after in itertools.pairwise(self.entries):
            if any(passage.kind == "unknown" for passage in after.passages):
                continue
            is_shown = entry.sequence in self.activated | (of_calls - {None}) and entry.sequence == after.sequence
            is_open = not any(name in entry.members for name in _ACTIVATED) and not says_activation(entry.members)
            if (
                is_shown
                and is_open
                and entry.members.keys() == {"layer"}
                and kind_of(entry.members) in _ACTIVATED_KINDS
            ):
                entry.members["activation"] = "linear"

    def _give(self, members: Mapping[str, Any], before: int) -> None:
        """Give the last layer before a place that an activation follows what it has not."""
        for entry in reversed(self.entries[:before]):
            if kind_of(entry.members) in _NOT_ACTIVATED:
                continue
            if not any(name in entry.members for name in _ACTIVATED) and not says_activation(entry.members):
                entry.members.update(members)
                entry.origins = {name: said for name, said in entry.origins.items() if name != "activation_from"}
            return


def reading_seconds(layers: Any, most: int) -> float:
    """Return the processor time that reading a list takes, about, before any of it is read: at most `most` layers."""
    entries = layers if isinstance(layers, list) else [layers]
    texts = [entry.get("layer") if isinstance(entry, dict) else entry for entry in entries]
    calls = [_calls(text) if isinstance(text, str) else 0 for text in texts]
    return READING_CALL * min(sum(calls), most) + READING * min(calls.count(0), most)


def _calls(text: str) -> int:
    """Return how many calls a text has, about: of one with (0-31): or a loop as many as there may be."""
    return sys.maxsize if _REPEATED.search(text) else max(text.count("("), len(text) // _LONG_CALL)


_LONG_CALL = 256
"""Characters of code that take as long as a call, whatever they say."""


def texts_of(layers: Any) -> Iterator[str]:
    """Yield the code in a list of layers, in the order in which it stands there."""
    for each in [layers] if isinstance(layers, str) else layers:
        text = each.get("layer") if isinstance(each, dict) else each
        if isinstance(text, str) and "(" in text:
            yield text


def too_many_layers(count: int, most: int) -> OverLimit:
    """Return the error of a list with so many entries, activations and all else that stands between layers included."""
    way_round = (
        "ask for the others in another request, with the depth of the whole network in both; an operator who sets "
        f"FANIN_MAX_LAYERS={count} allows it"
    )
    return OverLimit(count, most, "layers, activations and all else between them included", way_round, "advises on")


def read_layers(layers: Any, within: Members, most: int) -> ListReading:
    """Return the layers with weights of a list, each with what stands before it, and what is passed over.

    Raises InvalidRequest and OverLimit.
    """
    if isinstance(layers, str) and _SUMMARY.search(layers):
        within.refuse(Fault("layers", _OF_SUMMARY))
    reading = ListReading()
    items = _items(layers, within)
    for item in itertools.islice(items, most):
        reading.take(item, within)
    beyond = sum(1 for _ in itertools.islice(items, _MOST_COUNTED))
    if beyond:
        raise too_many_layers(most + beyond, most)
    if not reading.entries:
        unknown = next(iter(reading.unknown.values()), None)
        why = "" if unknown is None else f": {shown(unknown.text)} {unknown.why}"
        within.refuse(Fault("layers", f"has no layer with weights{why}; it {EXPECTED_LAYERS}"))
    if not any(name in within.values for name in _ACTIVATED):
        reading.leave_linear()
    return reading


_SUMMARY = re.compile(r"Layer \(type[^\n]{0,80}Output Shape[^\n]{0,80}Param #")
_OF_SUMMARY = (
    "is a summary, which shows neither activations nor the inputs of layers: paste the code that makes the model, or, "
    "of PyTorch, what print(model) shows"
)


def _items(layers: Any, within: Members) -> Iterator[_Item]:
    if isinstance(layers, str):
        _refuse_open(layers, within.inside("layers"))
        for module in modules_of(layers):
            yield _item_of(module, module.name, Place(None, is_text=True), within)
        return
    code = _as_code(layers)
    if code is not None:
        yield from _items(code, within)
        return
    for index, given in _with_numbers(layers):
        members = {"layer": given} if isinstance(given, str) else dict(given)
        written = members.get("layer")
        made = statement_of(written) if isinstance(written, str) else Statement("")
        if isinstance(given, str):
            _refuse_open(given, within.inside("layers", index))
        if made.name and made.text:
            members["layer"] = made.text
        name, word = members.get("name") or made.name or f"layers.{index}", members.get("layer")
        if not isinstance(word, str) or not isinstance(name, str) or not is_container(word):
            is_text = isinstance(given, str)
            yield _Item(members, name, Place(index, is_text), "" if is_text else None)
            continue
        if others := members.keys() - {"layer", "name"}:
            fault = Fault(min(others), "is said of layers, one by one, and this entry is of several")
            within.inside("layers", index).refuse(fault)
        for module in modules_of(word):
            yield _item_of(module, f"{name}.{module.name}", Place(index, is_text=True), within)


def _as_code(layers: list[Any]) -> str | None:
    """Return the lines of a list as the class that they are of, where some of them use layers; None of other lists."""
    if not all(isinstance(each, str) for each in layers) or not any(map(_USING.match, layers)):
        return None
    if any(_DEFINING.match(each) for each in layers):
        return "\n".join(layers)
    made = [each.strip() for each in layers if not _USING.match(each)]
    used = [each.strip() for each in layers if _USING.match(each)]
    lines = ["class Model(nn.Module):", " def __init__(self):", *(f"  {line}" for line in made)]
    return "\n".join([*lines, " def forward(self, x):", *(f"  {line}" for line in used)])


_USING = re.compile(r"\s{0,32}(?:return\b|(?!self\.)[\w, ]{1,64}=.{0,400}?\bself\.\w{1,64}\()")
"""A line of a function that uses layers: return self.fc2(x), x = F.relu(self.fc1(x))."""
_DEFINING = re.compile(r"\s{0,32}(?:def|class)\s")


def _item_of(module: Module, name: str, place: Place, within: Members) -> _Item:
    """Return a module of code with what the code around it says."""
    said, members = dict(module.said), {"layer": module.text}
    activation = said.pop("activation", None)
    is_general = any(each in within.values for each in _ACTIVATED)
    is_open = activation is not None and not says_activation(members)
    if is_open and not (is_general and activation == "linear"):
        said["activation"] = named_activation(str(activation))
    origins = {f"{member}_from": _BY_CODE[member] for member in said if member in _BY_CODE}
    if module.unread is not None:
        origins["activation_from"] = f"what is usual, as this is not understood: {shown(module.unread)}"
    return _Item({**members, **said}, name, place, module.sequence, origins, module.takes)


_BY_CODE = {
    "activation": "the code in which the layer is used",
    "residual": "the code, which adds its inputs to what comes of it",
    "norm_position": "the code in which the layer is used",
    "role": "the code in which the layer is used",
    "current": "the code, which sets the weights so",
}
"""Where members are from that the code around a layer says."""


def _with_numbers(layers: list[Any]) -> Iterator[tuple[int, Any]]:
    """Yield the entries of a list with their places; of code with the numbers that entries before give to names."""
    numbers = CodeNumbers()
    for index, given in enumerate(layers):
        if not isinstance(given, str):
            yield index, given
        elif not numbers.takes(given):
            yield index, numbers.written_out(given)


def _refuse_open(text: str, place: Members) -> None:
    """Raise InvalidRequest for code that ends before a bracket of it is closed."""
    text = without_comments(text)
    start = first_open(text)
    if start is not None:
        head = text[: start + 1].rpartition("\n")[2].strip()[-LONGEST_SHOWN:]
        fault = Fault(None, f"ends before the bracket is closed that {head!r} opens: paste the code to its end")
        place.refuse(fault)


def _refuse_others(item: _Item, within: Members, what: str) -> None:
    """Raise InvalidRequest where an entry without weights says more than that."""
    others = item.members.keys() - OF_ACTIVATIONS
    if others:
        item.place.inside(within).refuse(
            Fault(min(others), f"has no use here: {word_of(item.members)} {what}; leave it out")
        )
