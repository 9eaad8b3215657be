"""`current`: the initializer that a layer's weights have now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from service.advice.called_weights import called_from, caller
from service.advice.framework_default import default_of
from service.advice.layer.description import LayerDescription
from service.advice.layer.layer import Layer
from service.catalogue.catalogue import CATALOGUE, NotOfShape, UnknownInitializer
from service.frameworks.framework import Framework, Function
from service.initializers.initializer import Initializer
from service.likeness import did_you_mean
from service.requests.arguments import understand
from service.requests.code.arrays.array_calls import read_initializer_call
from service.requests.code.arrays.array_laws import UnreadableArray
from service.requests.code.calls import with_arguments
from service.requests.explanations import EXPECTED
from service.requests.faults import Fault
from service.requests.members import MAX_MEMBERS, Members
from service.requests.spellings.model import choices_of
from service.requests.spellings.values import integers
from service.requests.validation import read, split
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape

_OF_FRAMEWORK = re.compile(r"(?:'s)?[_ -]defaults?$", re.IGNORECASE)
_LONGEST_DEFAULT = 48
_NUMBER = re.compile(r"-?[0-9]{0,40}\.?[0-9]{1,40}(?:[eE][-+]?[0-9]{1,3})?")
_DEFAULT = frozenset(("default", "defaults", "framework_default"))

_OF_THE_TENSOR = frozenset(("shape", "seed", "name", "dtype", "stream", "format"))
"""What a request for a tensor says besides its initializer."""


def is_framework_default(value: str | dict[str, Any] | None) -> bool:
    """Return whether `current` says that nobody has touched the weights, without saying whose default they have."""
    return isinstance(value, str) and value[:32].lower() in _DEFAULT


def framework_named(value: str | dict[str, Any] | None) -> str | None:
    """Return the framework whose default `current` says that the weights have, pytorch default; None where none."""
    if not isinstance(value, str) or len(value) > _LONGEST_DEFAULT:
        return None
    return choices_of(LayerDescription)["framework"].find(_OF_FRAMEWORK.sub("", value.strip()))


def framework_default(layer: Layer) -> Initializer:
    """Return what the framework of a layer's description gives its weights. Raises InvalidParameter."""
    if layer.description.framework is None:
        raise InvalidParameter("current", "default is what a framework gives: give framework too")
    default = default_of(layer)
    if default is None:
        raise InvalidParameter("current", f"{layer.description.framework} has no default for this layer that is known")
    return default.weights.initializer


@dataclass(frozen=True)
class Current:
    """What `current` says: an initializer, and of the tensor what stands beside it."""

    initializer: Initializer
    functions: tuple[Function, ...] = ()
    """The frameworks' functions of which it may be a call."""
    is_owned: bool = False
    """Whether it says whose function it calls."""
    shape: Shape | None = None
    others: Mapping[str, Any] = field(default_factory=dict)
    """What else there is of the tensor, such as its seed."""
    unused: tuple[str, ...] = ()
    """Arguments of its call that say nothing of the elements."""

    def caller(self, framework: str | None) -> Framework | None:
        """Return whose function made the weights, by the framework of a description; None where that is not known."""
        return caller([function.framework for function in self.functions], self.is_owned, framework)

    def unused_beside(self, members: Members) -> tuple[str, ...]:
        """Return what is said here and judges no weights. Raises InvalidRequest where the request says otherwise."""
        for name, value in self.others.items():
            given = members.values.get(name)
            if given is not None and str(given).lower() != str(value).lower():
                members.refuse(Fault("current", f"has the {name} {value}, and {name} is {given}; give one of them"))
        return (*self.others, *self.unused)

    def check(self, layer: Layer) -> None:
        """Raise InvalidParameter where the shape is not that of the layer's weight."""
        if self.shape is None or self.shape == layer.shape:
            return
        own, theirs = (",".join(map(str, shape)) for shape in (self.shape, layer.shape))
        is_transposed = self.shape == tuple(reversed(layer.shape))
        instead = "; it is stored the other way round: give that as shape, and layout" if is_transposed else ""
        raise InvalidParameter("current", f"has the shape {own}, and the layer's weight has {theirs}{instead}")


def read_current(
    value: str | dict[str, Any] | None, in_body: bool, faults: list[Fault], framework: str | None = None
) -> Current | None:
    """Return what `current` says; None, with what is wrong added to `faults`, where it names no initializer.

    What the framework of a description has a function for means that function, with what it does unless told otherwise.
    """
    if value is None:
        return None
    written = _written(value, in_body, faults)
    if written is None:
        return None
    name, parameters = written
    try:
        call = read_initializer_call(name)
        meaning = CATALOGUE.meaning_to_users(called_from(framework), name if call is None else call.name)
    except UnknownInitializer as error:
        faults.append(Fault("current", f"no initializer is called {name[:64]!r}{did_you_mean(error.nearest)}"))
        return None
    except (NotOfShape, UnreadableArray) as error:
        faults.append(Fault("current", str(error)))
        return None
    own_faults: list[Fault] = []
    given = parameters if call is None else with_arguments(parameters, call, meaning, own_faults)
    others = {key: item for key, item in given.values.items() if key in _OF_THE_TENSOR}
    given = replace(given, values={key: item for key, item in given.values.items() if key not in others})
    shape = _shape(others.pop("shape", None), own_faults)
    understood = understand(meaning, given, own_faults)
    kind, given = understood.kind, understood.members
    (values,) = split(given, kind.name, (kind,), own_faults)
    initializer = read(kind, values, own_faults)
    faults += [
        Fault("current", f"{given.as_written(fault.parameter)}: {fault.detail}" if fault.parameter else fault.detail)
        for fault in own_faults
    ]
    if initializer is None or own_faults:
        return None
    unused = () if call is None else call.unused
    return Current(initializer, meaning.functions, meaning.is_owned, shape, others, unused)


def _written(value: str | dict[str, Any], in_body: bool, faults: list[Fault]) -> tuple[str, Members] | None:
    """Return the name that `current` has, and its parameters; None, with what is wrong, where it has none."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = f"constant?value={value}"
    if isinstance(value, str):
        name, _, query = value.removeprefix("/weights/").partition("?")
        if query.count("&") >= MAX_MEMBERS:
            faults.append(Fault("current", f"has more than {MAX_MEMBERS} parameters"))
            return None
        return name, Members(dict(parse_qsl(query, keep_blank_values=True)), in_body=False)
    name = value.get("initializer", "")
    if not isinstance(name, str) or not name:
        faults.append(Fault("current", "must have the member initializer, the name of one"))
        return None
    return name, Members({key: item for key, item in value.items() if key != "initializer"}, in_body)


def _shape(value: Any, faults: list[Fault]) -> Shape | None:
    """Return the shape that is said; None where none is, or where it is none."""
    sizes = integers(value)
    if value is None:
        return None
    if not isinstance(sizes, list) or not all(isinstance(size, int) and size >= 0 for size in sizes):
        faults.append(Fault("shape", EXPECTED["shape"]))
        return None
    return tuple(sizes)
