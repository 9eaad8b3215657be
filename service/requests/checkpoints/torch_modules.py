"""Modules of torch.nn as they are written in Python, in the order of their construction, as tensors of a manifest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from service.framework_streams.torch.modules import MOST_TENSORS, ModuleCall, ModuleTensor, UnreadableModule, tensors_of
from service.requests.checkpoints.forms import Document, Place, Written, fault_at
from service.requests.faults import InvalidRequest
from service.requests.python_syntax import parsed_expression, written_name

_FORMS = (
    'must be modules in the order of their construction: {"fc": "nn.Linear(784, 256)", "head": "nn.Linear(256, 10)"}, '
    'a list of such texts, or one text, "nn.Sequential(nn.Linear(784, 256), nn.ReLU())"'
)


def are_modules(value: Any) -> bool:
    """Return whether a member of a document is to be modules: a tensor that is called so has a shape."""
    items = value if isinstance(value, list) else []
    return isinstance(value, str | dict) or (bool(items) and all(isinstance(item, str) for item in items))


def read_modules(general: dict[str, Any], modules: Any) -> Written:
    """Return what a document says of tensors by the modules that have them. Raises InvalidRequest."""
    tensors: dict[str, Document] = {}
    places: dict[str, Place] = {}
    copies: dict[str, str] = {}
    discarded: dict[str, tuple[Document, ...]] = {}
    for prefix, text, place in _texts(modules):
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


def _texts(modules: Any) -> Iterator[tuple[str, str, Place]]:
    """Yield each module as it is written, with the path of its tensors, and where it stands."""
    if isinstance(modules, str):
        yield "", modules, ("modules",)
        return
    if not isinstance(modules, dict | list):
        raise _invalid(("modules",), _FORMS)
    items: Any = modules.items() if isinstance(modules, dict) else enumerate(modules)
    for key, text in items:
        if not isinstance(text, str):
            raise _invalid(("modules", key), _FORMS)
        yield str(key), text, ("modules", key)


def _tensors(prefix: str, text: str, place: Place) -> Iterator[ModuleTensor]:
    node = parsed_expression(text)
    if not isinstance(node, ast.Call):
        raise _invalid(place, "must be the call of a module in one line of Python, such as nn.Linear(784, 256)")
    try:
        for tensor in tensors_of(_call(node)):
            yield tensor.within(prefix) if prefix else tensor
    except UnreadableModule as error:
        raise _invalid(place, str(error)) from error


def _call(node: ast.Call) -> ModuleCall:
    name = written_name(node.func)
    if not name or any(keyword.arg is None for keyword in node.keywords):
        raise UnreadableModule("must be written out, without * and **")
    positional = tuple(map(_value, node.args))
    return ModuleCall(name, positional, {str(keyword.arg): _value(keyword.value) for keyword in node.keywords})


def _value(node: ast.expr) -> Any:
    """Return an argument: what is no literal and no call, such as a name, is a text."""
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(map(_value, node.elts))
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ast.unparse(node)


def _invalid(place: Place, detail: str) -> InvalidRequest:
    return InvalidRequest([fault_at(place, detail)], True)
