"""From the arguments of a constructor's call to the members of a description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.advice.layer.vocabulary import LayerKind
from service.likeness import fold
from service.requests.layers.constructor_call import ConstructorCall
from service.requests.layers.constructors import (
    BIAS_STARTS,
    COMBINED,
    LISTS,
    TEXTS,
    TRUTHS,
    Written,
    is_activation,
    is_idle,
    member_of,
    refuse_what_leaves_no_weight,
    unknown_argument,
)
from service.tensors.errors import InvalidParameter

_INPUT_SHAPES = frozenset(("inputshape", "batchinputshape"))
"""Keras's shape of the inputs, of which the features or channels are the last axis."""

_STORE = re.compile(r"&|(?:vs|vb|p|cfg|config|key|rngs|ctx|device|Default)\b")
"""What stands for the place of a layer's tensors, or for options, in code of tch, candle and others."""
_WITHOUT_NAME = "argument "
BIAS_START = "bias_start"
"""What a call says that the bias starts with. It is no member, and is told in a warning where it does harm."""
_WITH_MATRICES: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose"))


def read_arguments(call: ConstructorCall, kind: LayerKind) -> dict[str, object]:
    """Return the members that a call says. Raises InvalidParameter."""
    if call.repeated:
        raise InvalidParameter("layer", f"{call.repeated[0]} stands in {call.name[:64]}(...) twice; give it once")
    read: dict[str, object] = {}
    unused: list[str] = []
    combined: dict[str, Any] = {}
    unnumbered: dict[str, str] = {}
    arguments = dict(call.keywords)
    read |= _bias_start(arguments, kind)
    for name, value in map(_without_input_shape, (*_positional(call, kind), *arguments.items())):
        refuse_what_leaves_no_weight(name, value, kind)
        member, folded = member_of(name, kind), fold(name)
        if folded in COMBINED:
            combined[folded] = value
        elif member is None and not (is_idle(name, kind) or name.startswith(_WITHOUT_NAME)):
            raise unknown_argument(name, call.name, kind)
        elif member is None or (value is None and member not in TRUTHS):
            unused.append(name)
        elif member in read:
            raise InvalidParameter("layer", f"says {member} twice in {call.name[:64]}(...); give it once")
        elif isinstance(value, str) and member not in TEXTS | TRUTHS:
            unnumbered[name] = value
        else:
            read[member] = _as_member(member, name, value, call)
    if unnumbered:
        raise _without_number(call, unnumbered)
    read |= _combination(call, kind, read, combined)
    unused = [name for name in unused if name != "name" or call.given_name is None]
    if unused:
        read["unused_arguments"] = unused
    return read


def _bias_start(arguments: dict[str, Any], kind: LayerKind) -> Mapping[str, object]:
    """Take what the bias of a matrix or a kernel starts with out of a call's arguments."""
    names = [name for name in arguments if fold(name) in BIAS_STARTS] if kind in _WITH_MATRICES else []
    values = [arguments.pop(name) for name in names if isinstance(arguments[name], str | int | float)]
    return {BIAS_START: str(values[0])} if values else {}


def _without_input_shape(argument: tuple[str, Any]) -> tuple[str, Any]:
    """Return the size that is the layer's in the place of the shape of all inputs."""
    name, value = argument
    if fold(name) in _INPUT_SHAPES and isinstance(value, list) and value:
        return "in_features", value[-1]
    return argument


def _without_number(call: ConstructorCall, sizes: Mapping[str, str]) -> InvalidParameter:
    """Return the refusal of sizes that are no numbers, and what to do about names that stand for some."""
    must = "must be a whole number" if len(sizes) == 1 else "must be whole numbers"
    detail = f"{_listed([*sizes])} {must} in {call.name[:64]}(...)"
    names = [*dict.fromkeys(name[:64] for value in sizes.values() for name in _VARIABLE.findall(value))]
    if not names:
        return InvalidParameter("layer", detail)
    have = "has none" if len(names) == 1 else "have none"
    return InvalidParameter(
        "layer",
        f"{detail}, and {_listed(names)} {have} here: write numbers instead, or, in a POST with the code as layers, "
        f"give them on lines before it, such as {names[0]} = 256",
    )


_VARIABLE = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*(?![\w(])")
"""A name that stands for a number."""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _as_member(member: str, name: str, value: Any, call: ConstructorCall) -> object:
    """Return an argument as the member that it is. Raises InvalidParameter."""
    found = _converted(member, value)
    if found is None:
        must = "a word or a call" if member in TEXTS else "true or false" if member in TRUTHS else "a whole number"
        must += " or a list of them" if member in LISTS else ", the same for all axes" if member == "stride" else ""
        raise InvalidParameter("layer", f"{name} must be {must} in {call.name[:64]}(...)")
    return found


def _converted(member: str, value: Any) -> object:
    """Return an argument as JSON has it for the member; None of one that the member cannot be."""
    is_truth = isinstance(value, bool)
    if member in TRUTHS:
        # Python's None and 0 are false, which switches a bias off.
        return bool(value) if is_truth or value in (None, 0, 1) else None
    if member in TEXTS:
        return str(value) if isinstance(value, str) or (member == "current" and not is_truth) else None
    if is_truth or isinstance(value, str | float):
        return None
    if member in LISTS:
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        return value[0] if len(set(value)) == 1 else None
    return value if isinstance(value, int) else None


def _combination(
    call: ConstructorCall, kind: LayerKind, read: dict[str, object], combined: Mapping[str, Any]
) -> dict[str, object]:
    """Return the members that several arguments make together, in the place of some. Raises InvalidParameter."""
    for name, value in combined.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise InvalidParameter("layer", f"{name} must be a whole number in {call.name[:64]}(...)")
    width = read.get("width")
    for name in ("kdim", "vdim"):
        if combined.get(name) not in (None, width):
            raise InvalidParameter("layer", f"with {name} the projections are matrices of their own: give role=query")
    both = (combined.get("in1features"), combined.get("in2features"))
    if None not in both and "out_features" in read:
        return {"shape": [read.pop("out_features"), *both]}
    heads, size = read.get("heads"), combined.get("keydim")
    if isinstance(heads, int) and size is not None and width is None:
        return {"width": heads * size}
    if kind == "mamba" and isinstance(width, int) and {"dstate", "expand"} & combined.keys():
        return {"shape": [(combined.get("expand") or 2) * width, combined.get("dstate") or 16]}
    return {}


def _positional(call: ConstructorCall, kind: LayerKind) -> Iterator[tuple[str, Any]]:
    """Yield the arguments without names, by the names that they have. Raises InvalidParameter."""
    values = list(call.positional)
    if values and isinstance(values[0], str) and _STORE.match(values[0]):
        yield f"{_WITHOUT_NAME}1", values.pop(0)
    names = Written(call.name, kind, values, call.keywords).places
    for place, value in enumerate(values):
        name = names[place] if place < len(names) else ""
        if value is None or (isinstance(value, str) and (_STORE.match(value) or not name)):
            yield f"{_WITHOUT_NAME}{place + 1}", value
        elif member_of(name, kind) not in TEXTS and is_activation(value):
            yield "activation", value
        elif not name:
            raise InvalidParameter(
                "layer", f"{call.name[:64]}(...) has {_listed(names)} in this order, and no place for {value}"
            )
        else:
            yield name, value
