"""From a request's members to the layers on which advice is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from service.advice.layer.description import GeneralDescription, LayerDescription, NetworkDescription
from service.advice.layer.resolve import NOTHING, resolve
from service.advice.links import LinkOptions
from service.advice.network.general import OF_ACTIVATIONS
from service.advice.network.network_layer import NetworkLayer
from service.initializers.initializer import Initializer
from service.requests.advice_parameters import (
    MAX_LAYER_NAME,
    AnswerParameters,
    CurrentParameters,
    LayerParameters,
    LinkParameters,
)
from service.requests.code.dialect import NO_DIALECT, Dialect
from service.requests.code.printed_model import FROM_CLASS, said_by_class
from service.requests.current_initializer import (
    Current,
    framework_default,
    framework_named,
    is_framework_default,
    read_current,
)
from service.requests.faults import Fault, InvalidRequest
from service.requests.layers.activation_call import understand_activation
from service.requests.layers.constructor_arguments import BIAS_START
from service.requests.layers.layer_call import understand_layer
from service.requests.layers.layer_list import EXPECTED_LAYERS, Place, read_layers, texts_of, too_many_layers
from service.requests.members import Members
from service.requests.spellings.model import prepare_readers
from service.requests.validation import read, split
from service.tensors.dtypes import DTYPES
from service.tensors.errors import OverLimit

MAX_ACTIVATIONS = 64
"""Activations with different parameters in one request; the moments of each cost as much as twenty layers."""
USUAL_SEED = 0
"""Of a network, whose tensors have one; told as assumed."""
MAX_TABLES = 16
"""Activations by samples in one request; each costs as much as a hundred layers."""

_IN_PARTS, _ADVISES = "ask for the other layers in another request", "advises on"

_OF_ONE_LAYER: tuple[type[BaseModel], ...] = (LayerDescription, LayerParameters, LinkParameters, AnswerParameters)
_OF_A_NETWORK: tuple[type[BaseModel], ...] = (
    NetworkDescription, GeneralDescription, LinkParameters, CurrentParameters, AnswerParameters,
)  # fmt: skip
_OF_EACH_LAYER: tuple[type[BaseModel], ...] = (LayerDescription, LayerParameters)
"""What a request for one layer may say, one for a list of them, and each of the list."""

_SIZES = frozenset(
    ("shape", "in_features", "out_features", "kernel_size", "units", "inputs", "width", "heads", "fan_in", "fan_out")
)
"""Members of a description that say how large the weight is."""


def parse_layer(members: Members, root_path: str, faults: Sequence[Fault] = ()) -> NetworkLayer:
    """Return the layer that the members of a request for one layer describe.

    Raises InvalidRequest with what is wrong with them and with `faults`, those of the form of the answer.
    """
    return _layer(members, LinkOptions(root=root_path), _OF_ONE_LAYER, faults)


@dataclass(frozen=True)
class DescribedNetwork:
    """The layers of a request with a list of them, and what to beware of as some of it is not understood."""

    layers: Sequence[NetworkLayer]
    warnings: tuple[str, ...] = ()


def parse_network(
    members: Members, root_path: str, max_layers: int, faults_of_form: Sequence[Fault] = ()
) -> DescribedNetwork:
    """Return the layers of a request that has a list of them, each with a name of its own.

    Raises OverLimit, and InvalidRequest with what is wrong with them and with `faults_of_form`, those of the answer's
    form.
    """
    of_class = {
        name: value for name, value in said_by_class(members.values["layers"]).items() if name not in members.values
    }
    members = replace(members, values={**members.values, **of_class})
    common = _Common.of(members, root_path, max_layers, faults_of_form)
    network_layers: list[NetworkLayer] = []
    # Layers that are alike in all but their names are understood once.
    understood: dict[str, NetworkLayer] = {}
    activations: set[tuple[str, float | None]] = set()
    reading = read_layers(members.values["layers"], members, max_layers)
    for entry in reading.entries:
        layer = entry.members
        name = layer.get("name") or entry.name
        text = repr(({member: value for member, value in layer.items() if member != "name"}, entry.origins))
        alike = understood.get(text) if isinstance(name, str) and len(name) <= MAX_LAYER_NAME else None
        if alike is None:
            of_layer = entry.place.inside(members, {**common.values, **layer, "name": name})
            origins = {**{f"{member}_from": FROM_CLASS for member in of_class}, **entry.origins}
            with _said_of_all(common, layer, members):
                found = common.layer(of_layer, origins)
            alike = understood[text] = replace(found, own=frozenset(layer), general=common.general)
            activations.add((alike.layer.activation.name, alike.layer.activation.value))
            if len(activations) > MAX_ACTIVATIONS:
                raise OverLimit(len(activations), MAX_ACTIVATIONS, "different activations", _IN_PARTS, _ADVISES)
        alike = replace(
            alike.called(name),
            place=entry.place.index,
            is_pasted=entry.place.is_text,
            passages=entry.passages,
            window=entry.window,
            takes=entry.takes,
        )
        network_layers.append(alike)
    names: set[str] = set()
    for network_layer in network_layers:
        if network_layer.layer.links.name in names:
            place_of(network_layer).inside(members).refuse(Fault("name", "another layer has this name"))
        names.add(network_layer.layer.links.name)
    return DescribedNetwork(network_layers, reading.warnings)


@contextmanager
def _said_of_all(common: _Common, own: Mapping[str, Any], members: Members) -> Iterator[None]:
    """Point at what is said of all layers, and not of one of them, where that is what is wrong."""
    try:
        yield
    except InvalidRequest as error:
        faults = [
            replace(fault, within=members.within)
            if fault.parameter in common.values and fault.parameter not in own
            else fault
            for fault in error.faults
        ]
        raise InvalidRequest(faults, error.in_body) from None


def place_of(network_layer: NetworkLayer) -> Place:
    """Return where a layer of a list stands in the request."""
    return Place(network_layer.place, network_layer.is_pasted)


@dataclass(frozen=True)
class _Common:
    """What a request says of all layers of a list."""

    values: Mapping[str, Any]
    """Members of each that does not say otherwise."""
    general: Mapping[str, object]
    """Members of those that have a use for them."""
    links: LinkOptions
    dialect: Dialect
    """That of the calls in the list."""
    current: str | dict[str, Any] | None = None
    """What the weights have now."""
    read: dict[str | None, Current] = field(default_factory=dict)
    """What that means, by the framework of a layer: each has functions of its own."""
    default: str | None = None
    """What the request says where they have a framework's default."""

    @classmethod
    def of(cls, members: Members, root_path: str, max_layers: int, faults_of_form: Sequence[Fault]) -> _Common:
        """Return what a request says of all layers. Raises InvalidRequest."""
        faults = [*faults_of_form]
        layers = members.values["layers"]
        rest = Members({name: value for name, value in members.values.items() if name != "layers"}, in_body=True)
        rest, _ = understand_activation(rest)
        values, of_general, of_links, of_current, _ = split(rest, "a list of layers", _OF_A_NETWORK, faults)
        links = read(LinkParameters, of_links, faults)
        description = read(GeneralDescription, of_general, faults)
        faults += _faults_of_list(layers, max_layers)
        if links is None or description is None or faults:
            members.refuse(*faults)
        seed = USUAL_SEED if links.seed is None else links.seed
        general = {name: value for name in of_general if (value := getattr(description, name)) is not None}
        _check_activation(members, general)
        shared = LinkOptions(seed, DTYPES[links.dtype], root=root_path)
        common = cls(values, general, shared, Dialect.of(texts_of(layers)))
        return common._with_current(of_current, members)

    def _with_current(self, values: dict[str, Any], members: Members) -> _Common:
        faults: list[Fault] = []
        parameters = read(CurrentParameters, values, faults)
        value = None if parameters is None else parameters.current
        if isinstance(value, str) and (is_framework_default(value) or framework_named(value) is not None):
            return replace(self, default=value)
        current = read_current(value, True, faults)
        if current is not None and current.shape is not None:
            faults.append(Fault("current", "has a shape, and is said of all layers: give it in the layer it is of"))
        if faults:
            members.refuse(*faults)
        return self if current is None else replace(self, current=value, read={None: current})

    def layer(self, members: Members, origins: Mapping[str, str]) -> NetworkLayer:
        """Return a layer of the list, with `current` where it is a matrix or a kernel, or where the default is known.

        Raises InvalidRequest.
        """
        if "current" in members.values:
            return self._understood(members, origins)
        if self.default is not None:
            try:
                return self._understood(replace(members, values={**members.values, "current": self.default}), origins)
            except InvalidRequest as error:
                if any(fault.parameter != "current" for fault in error.faults):
                    raise
        found = self._understood(members, origins)
        if found.layer.axes is None or self.current is None:
            return found
        framework = found.layer.description.framework
        current = self.read.get(framework)
        if current is None:
            faults: list[Fault] = []
            current = self.read[framework] = read_current(self.current, True, faults, framework) or self.read[None]
            if faults:
                members.refuse(*faults)
        return replace(found, current=current.initializer, caller=current.caller(framework))

    def _understood(self, members: Members, origins: Mapping[str, str]) -> NetworkLayer:
        return _layer(members, self.links, _OF_EACH_LAYER, dialect=self.dialect, origins=origins)


def _check_activation(members: Members, general: Mapping[str, object]) -> None:
    """Raise InvalidRequest where what is said of all layers is no activation that one could have."""
    own = {name: general[name] for name in OF_ACTIVATIONS if name in general}
    if own:
        with members.refusing():
            resolve(LayerDescription.model_validate({"layer": "Linear", **own}), LinkOptions())


def prepare() -> None:
    """Make the readers of descriptions, which the first request for advice needs: some milliseconds."""
    for model in (*_OF_ONE_LAYER, *_OF_A_NETWORK):
        prepare_readers(model)


def _faults_of_list(layers: Any, max_layers: int) -> list[Fault]:
    if isinstance(layers, str):
        return [Fault("layers", EXPECTED_LAYERS)] if not layers.strip() else []
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict | str) for layer in layers):
        return [Fault("layers", EXPECTED_LAYERS)]
    if len(layers) > max_layers:
        raise too_many_layers(len(layers), max_layers)
    tables = {str(layer.get("activation_table")) for layer in layers if isinstance(layer, dict)}
    if len(tables - {"None"}) > MAX_TABLES:
        raise OverLimit(len(tables - {"None"}), MAX_TABLES, "different activation tables", _IN_PARTS, _ADVISES)
    return []


def _layer(
    members: Members,
    shared: LinkOptions,
    models: tuple[type[BaseModel], ...],
    faults_of_form: Sequence[Fault] = (),
    dialect: Dialect = NO_DIALECT,
    *,
    origins: Mapping[str, object] = NOTHING,
) -> NetworkLayer:
    """Return the layer that the members describe; `shared` holds where they do not say otherwise.

    `dialect` is that of the code which a call is from, and `origins` say where members are from that it says.

    Raises InvalidRequest with what is wrong with them and with `faults_of_form`.
    """
    members, said = understand_layer(members, dialect)
    members, said_of_activation = understand_activation(members)
    faults = [*faults_of_form]
    of_layer, of_name, *others = split(members, "a layer", models, faults)
    faults = _of_current(faults, members)
    description = read(LayerDescription, of_layer, faults)
    parameters = read(LayerParameters, of_name, faults)
    for of_links in others[:1]:
        links = read(LinkParameters, of_links, faults)
        shared = shared if links is None else replace(shared, seed=links.seed, dtype=DTYPES[links.dtype])
    named = None if parameters is None else framework_named(parameters.current)
    if named is not None and description is not None:
        if description.framework not in {None, named} and "framework" not in said:
            faults.append(Fault("current", f"is {named}'s default, and framework is {description.framework}"))
        description, said = _of_framework(description, said, named)
    is_default = named is not None or (parameters is not None and is_framework_default(parameters.current))
    current = None
    if parameters is not None and not is_default:
        framework = None if description is None else description.framework
        current = read_current(parameters.current, members.in_body, faults, framework)
    if description is None or parameters is None or faults:
        members.refuse(*faults)
    said = {**origins, **said, **said_of_activation}
    bias_start = _bias_start(said.pop(BIAS_START, None), members, description)
    if current is not None:
        members, description, said = _beside_current(current, members, description, said)
    with members.refusing():
        layer = resolve(description, replace(shared, name=parameters.name), said, bias_start)
        if current is None:
            return NetworkLayer(layer, framework_default(layer) if is_default else None, read=said)
        current.check(layer)
        return NetworkLayer(layer, current.initializer, current.caller(layer.description.framework), said)


def _of_current(faults: list[Fault], members: Members) -> list[Fault]:
    """Return faults with what to do about parameters of `current` that an ampersand cuts off in a query."""
    cut_off = [fault.parameter for fault in faults if fault.parameter in _OF_INITIALIZERS]
    current = members.values.get("current")
    if members.in_body or not cut_off or not isinstance(current, str) or "(" in current:
        return faults
    whole = current.replace("?", "%3F") + "".join(f"{'%26' if '?' in current else '%3F'}{name}=..." for name in cut_off)
    how = f"is of current, and the & before it ends that: write %26, current={whole[:64]}, or curl -G --data-urlencode"
    return [replace(fault, detail=how) if fault.parameter in cut_off else fault for fault in faults]


_OF_INITIALIZERS = frozenset(
    ("mean", "std", "low", "high", "value", "gain", "mode", "distribution", "bounds", "scale", "a", "b", "stddev")
)
"""Parameters of initializers that no layer has."""


def _bias_start(text: object, members: Members, description: LayerDescription) -> Initializer | None:
    """Return what a call says that the bias starts with; None where it says nothing that is understood."""
    if not isinstance(text, str):
        return None
    found = read_current(text, members.in_body, [], description.framework)
    return None if found is None else found.initializer


def _of_framework(
    description: LayerDescription, said: Mapping[str, object], framework: str
) -> tuple[LayerDescription, Mapping[str, object]]:
    """Return a description with the framework that something else says, which is told."""
    return description.model_copy(update={"framework": framework}), {**said, "framework": framework}


def _beside_current(
    current: Current, members: Members, description: LayerDescription, said: Mapping[str, object]
) -> tuple[Members, LayerDescription, Mapping[str, object]]:
    """Return the description with the shape that `current` has, where no size is given, and what to tell of both."""
    unused = current.unused_beside(members)
    if unused:
        said = {**said, "unused_in_current": [*unused]}
    if not current.shape or not _SIZES.isdisjoint(description.model_fields_set):
        return members, description, said
    own = ",".join(map(str, current.shape))
    members = replace(members, written={**members.written, "shape": "current"})
    description = description.model_copy(update={"shape": [*current.shape]})
    return members, description, {**said, "shape_from": f"current, which has {own}"}
