"""`current`: the initializer that a layer's weights have now."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from service.advice.framework_default import default_of
from service.advice.layer.description import LayerDescription
from service.advice.layer.layer import Layer
from service.catalogue.catalogue import CATALOGUE, NotOfShape, UnknownInitializer
from service.initializers.initializer import Initializer
from service.requests.arguments import understand
from service.requests.array_calls import read_initializer_call
from service.requests.calls import with_arguments
from service.requests.faults import Fault
from service.requests.members import MAX_MEMBERS, Members
from service.requests.spellings.model import choices_of
from service.requests.validation import read, split
from service.tensors.errors import InvalidParameter

_OF_FRAMEWORK = re.compile(r"(?:'s)?[_ -]defaults?$", re.IGNORECASE)
_LONGEST_DEFAULT = 48
_NUMBER = re.compile(r"-?[0-9]{0,40}\.?[0-9]{1,40}(?:[eE][-+]?[0-9]{1,3})?")
_DEFAULT = frozenset(("default", "defaults", "framework_default"))

_OF_THE_TENSOR = frozenset(("shape", "seed", "name", "dtype", "stream", "format"))
"""What a link to the tensor says besides, and the layer's own description decides."""


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


def read_current(value: str | dict[str, Any] | None, in_body: bool, faults: list[Fault]) -> Initializer | None:
    """Return the initializer that `current` names; None, with what is wrong added to `faults`, where it names none."""
    if value is None:
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = f"constant?value={value}"
    if isinstance(value, str):
        name, _, query = value.removeprefix("/weights/").partition("?")
        if query.count("&") >= MAX_MEMBERS:
            faults.append(Fault("current", f"has more than {MAX_MEMBERS} parameters"))
            return None
        parameters, in_body = dict(parse_qsl(query, keep_blank_values=True)), False
    else:
        parameters = {key: item for key, item in value.items() if key != "initializer"}
        name = value.get("initializer", "")
        if not isinstance(name, str) or not name:
            faults.append(Fault("current", "must have the member initializer, the name of one"))
            return None
    call = read_initializer_call(name)
    try:
        meaning = CATALOGUE.meaning(name if call is None else call.name)
    except UnknownInitializer as error:
        nearest = f"; did you mean {' or '.join(error.nearest)}?" if error.nearest else ""
        faults.append(Fault("current", f"no initializer is called {name[:64]!r}{nearest}"))
        return None
    except NotOfShape as error:
        faults.append(Fault("current", str(error)))
        return None
    own_faults: list[Fault] = []
    own = {key: item for key, item in parameters.items() if key not in _OF_THE_TENSOR}
    given = Members(own, in_body)
    if call is not None:
        given = with_arguments(given, call.without(_OF_THE_TENSOR), meaning, own_faults)
    understood = understand(meaning, given, own_faults)
    kind, given = understood.kind, understood.members
    (values,) = split(given, kind.name, (kind,), own_faults)
    initializer = read(kind, values, own_faults)
    faults += [
        Fault("current", f"{given.as_written(fault.parameter)}: {fault.detail}" if fault.parameter else fault.detail)
        for fault in own_faults
    ]
    return None if own_faults else initializer
