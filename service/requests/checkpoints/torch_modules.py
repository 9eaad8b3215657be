"""Modules of torch.nn as they are written in Python, in the order of their construction, as tensors of a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from service.framework_streams.torch.modules import MOST_TENSORS, ModuleTensor, UnreadableModule, tensors_of
from service.requests.checkpoints.forms import Document, Place, Written, fault_at
from service.requests.checkpoints.module_code import written_modules
from service.requests.faults import InvalidRequest

_FORMS = (
    'must be modules in the order of their construction: {"fc": "nn.Linear(784, 256)", "head": "nn.Linear(256, 10)"}, '
    'a list of such texts, or one text, "nn.Sequential(nn.Linear(784, 256), nn.ReLU())", which may be lines of Python'
)

_BRACES = (
    "a name with braces stands for several, which does not say in which order they are made: write "
    "nn.ModuleList([nn.Linear(8, 8) for _ in range(2)]), or a class and its calls"
)
_ASSIGNED = re.compile(r"\s*[\w.]+\s*=")
"""What a line begins with that gives a module its name."""

_DEEPEST = 16
"""Objects and lists of modules within each other."""


def are_modules(value: Any) -> bool:
    """Return whether a member of a document is to be modules: a tensor that is called so has a shape."""
    return isinstance(value, str | dict) or (isinstance(value, list) and any(map(_may_be_module, value)))


def _may_be_module(item: Any) -> bool:
    return isinstance(item, str | dict) or (isinstance(item, list) and bool(item) and isinstance(item[0], str))


def read_modules(general: dict[str, Any], modules: Any) -> Written:
    """Return what a document says of tensors by the modules that have them. Raises InvalidRequest."""
    tensors: dict[str, Document] = {}
    places: dict[str, Place] = {}
    copies: dict[str, str] = {}
    discarded: dict[str, tuple[Document, ...]] = {}
    for prefix, text, place in _texts(modules, "", ("modules",)):
        for tensor in _tensors(prefix, text, place):
            if tensor.name in tensors:
                raise _invalid(place, f"another tensor is called {tensor.name!r}")
            if len(tensors) >= MOST_TENSORS:
                raise _invalid(place, f"has more than {MOST_TENSORS} tensors with those before it")
            tensors[tensor.name], places[tensor.name] = tensor.entry, place
            if tensor.copy_of:
                copies[tensor.name] = tensor.copy_of
            if tensor.discards:
                discarded[tensor.name] = tuple(each.entry for each in tensor.discards)
    return Written(
        general, tensors, ("modules",), places=places, usual_stream="torch", copies=copies, discarded=discarded
    )


def _texts(items: Any, prefix: str, place: Place, depth: int = 0) -> Iterator[tuple[str, str, Place]]:
    """Yield each text, with the path of its modules, and where it stands. Raises InvalidRequest."""
    if isinstance(items, list) and all(isinstance(item, str) for item in items) and any(map(_ASSIGNED.match, items)):
        items = "\n".join(items)
    if isinstance(items, str):
        if "{" in prefix:
            raise _invalid(place, _BRACES)
        yield prefix, items, place
        return
    if not isinstance(items, dict | list) or depth > _DEEPEST:
        raise _invalid(place, _FORMS)
    for name, item, its_place in _items(items, place):
        yield from _texts(item, f"{prefix}.{name}" if prefix else name, its_place, depth + 1)


def _items(items: dict[str, Any] | list[Any], place: Place) -> Iterator[tuple[str, Any, Place]]:
    """Yield what a list or an object has: a list may have its names in pairs, or in objects of one member."""
    if isinstance(items, dict):
        yield from ((str(name), item, (*place, name)) for name, item in items.items())
        return
    for number, item in enumerate(items):
        match item:
            case [str() as name, (str() | list() | dict()) as named]:
                yield name, named, (*place, number, 1)
            case {"name": str() as name, "module": str() as named} if len(item) == 2:
                yield name, named, (*place, number, "module")
            case dict() if len(item) == 1:
                yield from ((str(name), named, (*place, number, name)) for name, named in item.items())
            case _:
                yield str(number), item, (*place, number)


def _tensors(prefix: str, text: str, place: Place) -> Iterator[ModuleTensor]:
    try:
        for path, call in written_modules(text):
            within = ".".join(filter(None, (prefix, path)))
            for tensor in tensors_of(call):
                yield tensor.within(within) if within else tensor
    except UnreadableModule as error:
        raise _invalid(place, str(error)) from error


def _invalid(place: Place, detail: str) -> InvalidRequest:
    return InvalidRequest([fault_at(place, detail)], True)
