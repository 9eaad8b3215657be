"""From a layer's constructor call, and from frameworks' names of its sizes, to the members of a description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import CONSTRUCTOR_BIAS
from service.advice.layer.vocabulary import LayerKind, fold_layer_word, layer_word
from service.frameworks.transformers import TRANSFORMERS
from service.requests.code.dialect import NO_DIALECT, Dialect
from service.requests.code.statements import is_open, statement_of
from service.requests.faults import Fault
from service.requests.layers.constructor_arguments import BIAS_START, read_arguments
from service.requests.layers.constructor_bias import constructor_bias
from service.requests.layers.constructor_call import ConstructorCall
from service.requests.layers.constructors import (
    CONV_1D,
    NAMES_BESIDE,
    beside,
    member_of,
)
from service.requests.members import Members
from service.requests.spellings.model import choices_of
from service.tensors.errors import InvalidParameter

_LONGEST = 64


def understand_layer(members: Members, dialect: Dialect = NO_DIALECT) -> tuple[Members, Mapping[str, object]]:
    """Return the members with those that the call of the layer says, and what was read from it. Raises InvalidRequest.

    A size by another framework's name becomes the member that it is. The module before the layer's name, or what else
    the code says, is the framework where none is given.
    """
    text = members.values.get("layer")
    if not isinstance(text, str):
        return members, {}
    framework = None if members.values.get("framework") is not None else _framework(text, dialect)
    if framework is None:
        return _understand_layer(members, text)
    found, read = _understand_layer(replace(members, values={**members.values, "framework": framework}), text)
    return found, {**read, "framework": framework}


def _framework(text: str, dialect: Dialect) -> str | None:
    return dialect.framework_of(statement_of(text).text) if _OF_CODE.search(text) else None


_OF_CODE = re.compile(r"[(]|\w(?:\.|::)\w")
"""What a layer's name alone does not have."""


def _understand_layer(members: Members, text: str) -> tuple[Members, Mapping[str, object]]:
    if not ("(" in text or not NAMES_BESIDE.isdisjoint(members.values)):
        return members, {}
    call = ConstructorCall.of(statement_of(text).text)
    name = text if call is None else call.name
    if call is None:
        _refuse_open(text, members)
    try:
        kind = layer_word(name).kind
        if call is None:
            _refuse_what_is_no_call(text, members)
    except InvalidParameter:
        # Whoever reads the layer says what is wrong with it.
        return members, {}
    members = _with_own_names(members, kind)
    return (members, {}) if call is None else _with_call(call, kind, members, text)


def _with_call(
    call: ConstructorCall, kind: LayerKind, members: Members, text: str
) -> tuple[Members, Mapping[str, object]]:
    name, is_transposed = call.name, _is_conv_1d(call, members)
    if kind == "conv_transpose" and call.keywords.pop(_TRANSPOSE_KERNEL, False) is True:
        # A layer of its own, by how it is stored.
        name = f"{name}({_TRANSPOSE_KERNEL}=True)"
    with members.refusing():
        _refuse_without_outputs(call, kind, members.values.get("framework"))
        read = read_arguments(call, "dense" if is_transposed else kind)
    if is_transposed and members.values.get("framework") is None:
        read["framework"] = TRANSFORMERS.name
    values = {**members.values, "layer": name}
    for member, value in read.items():
        if member in {"unused_arguments", BIAS_START}:
            continue
        given = values.get(member)
        if given is not None and str(given).lower() != str(value).lower():
            members.refuse(Fault(member, f"is {value} in {text[:64]}, and given otherwise too; give one of them"))
        values.setdefault(member, value)
    if call.given_name is not None:
        values.setdefault("name", call.given_name)
    bias = constructor_bias(call, values)
    values |= {member: value for member, value in bias.items() if member != CONSTRUCTOR_BIAS}
    return replace(members, values=values), {**read, **bias}


def _refuse_without_outputs(call: ConstructorCall, kind: LayerKind, framework: object) -> None:
    """Raise InvalidParameter for one size where the framework's constructor needs the inputs and the outputs."""
    word = fold_layer_word(call.name)
    sizes = [value for value in call.positional if isinstance(value, int) and not isinstance(value, bool)]
    if framework not in _BOTH_SIDES.get(word, ()) or len(sizes) != 1 or len(call.positional) != 1:
        return
    if not any(member_of(name, kind) in _SIDES for name in call.keywords):
        name = call.name[:_LONGEST]
        raise InvalidParameter(
            "layer",
            f"{name}({sizes[0]}) has one size, and {name} takes the inputs and the outputs, as {_EXAMPLES[word]} does",
        )


_SIDES = frozenset(("in_features", "out_features"))
_BOTH_SIDES: Mapping[str, frozenset[str]] = {
    "linear": frozenset(("pytorch", "paddle", "flax", "equinox", "mlx", "burn")),
    "conv": frozenset(("pytorch", "paddle", "mindspore", "mlx")),
}
"""Frameworks whose constructors begin with the inputs, Flax's nnx.Linear among them; Haiku's has the outputs alone."""
_EXAMPLES = {"linear": "Linear(784, 256)", "conv": "Conv2d(3, 64, 7)"}


def _refuse_open(text: str, members: Members) -> None:
    """Raise InvalidRequest for a call that ends before its bracket is closed."""
    if "(" in text and is_open(text[:_LONGEST_CALL]):
        members.refuse(Fault("layer", f"{text[:64]!r} opens a bracket that it does not close; close it, as {_EXAMPLE}"))


def _refuse_what_is_no_call(text: str, members: Members) -> None:
    """Raise InvalidRequest for a text with a call in it that is not understood, whose sizes would be lost."""
    if _CALL.search(text):
        members.refuse(Fault("layer", f"{text[:64]!r} is not the call of one layer; a call is written as {_EXAMPLE}"))


_LONGEST_CALL = 4096
_EXAMPLE = "in nn.Linear(784, 256)"
_CALL = re.compile(r"\w\s*\(\s*[^)\s]")
"""A call with arguments, which may be sizes."""


_TRANSPOSE_KERNEL = "transpose_kernel"
"""Flax's argument of a transposed convolution whose kernel is stored as the convolution's that it transposes."""


def _is_conv_1d(call: ConstructorCall, members: Members) -> bool:
    """Return whether a call is of Hugging Face's Conv1D(nf, nx), a matrix, and not of Keras's convolution."""
    path, _, last = call.name.rpartition(".")
    if last != CONV_1D or "kernel_size" in call.keywords:
        return False
    framework = choices_of(LayerDescription)["framework"].find(str(members.values.get("framework", ""))[:_LONGEST])
    is_of_library = framework == TRANSFORMERS.name or path.split(".")[0] == TRANSFORMERS.name
    return is_of_library or not {"nf", "nx"}.isdisjoint(call.keywords)


def _with_own_names(members: Members, kind: LayerKind) -> Members:
    """Return the members with sizes by the names that they have here."""
    values: dict[str, Any] = {}
    written = dict(members.written)
    for name, value in members.values.items():
        own = beside(name, kind)
        if own != name:
            if own in members.values or own in values:
                members.refuse(Fault(name, f"is another name of {own}, which is given too; give one of them"))
            written[own] = name
        values[own] = value
    return replace(members, values=values, written=written)
