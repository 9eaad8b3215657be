"""The forms in which people have the names and shapes of a model's tensors, each recognised by what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.models.config import Config
from service.requests.faults import Fault, InvalidRequest
from service.tensors.dtypes import DTYPES, FRACTIONAL

METADATA = "__metadata__"
"""The member of a safetensors header that is no tensor."""

TOP_MEMBERS = frozenset(("tensors", "rules"))
"""Each of which says that a document is no bare map of tensors."""

Place = tuple[str | int, ...]
Document = Mapping[str, Any]

_OF_HEADERS = frozenset(("headers", "weight_map"))

_FORMS = (
    'send {"tensors": {name: {"initializer": …, "shape": […]}}}, the JSON header of a safetensors file, several of '
    'them in "headers", the config.json of a model in "config", or what /advise answers for a list of layers'
)

_CONFIG = 'must be the config.json of a model, an object that has a model_type, such as {"model_type": "gpt2", …}'

_ENTRY = 'must be an object, such as {"initializer": "zeros", "shape": [768]}, or a shape'
_ITEM = 'must have a name, such as {"name": "fc.weight", "shape": [10, 784]} or ["fc.weight", [10, 784]]'

_DTYPES = {dtype.safetensors_name: name for name, dtype in DTYPES.items() if dtype.safetensors_name}


@dataclass(frozen=True)
class Written:
    """What a document says, before anyone knows what it means."""

    general: Mapping[str, Any]
    """What holds for all tensors."""
    tensors: Mapping[str, Mapping[str, Any]]
    """The members of each, by its name as it is written."""
    place: Place
    """Where in the document they stand."""
    has_stored_dtypes: bool = False
    """Whether their dtypes are those of a file, which a dtype for all replaces."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each stands that does not under its name."""
    bare: frozenset[str] = frozenset()
    """Those of which only the shape is written."""
    stored_dtype: str | None = None
    """The dtype of a whole file, which one for all replaces."""
    usual_stream: str | None = None
    """The stream where nothing says one: that of the framework whose modules are written."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Tensors of copied modules, by the tensor whose numbers each has."""
    discarded: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    """What modules draw before a tensor and throw away, each as the members of a tensor."""
    config: Config | None = None
    """The configuration of a model, which says the tensors; `place` is where it stands."""

    def place_of(self, key: str) -> Place:
        """Return where a tensor stands."""
        return self.places.get(key, (*self.place, key))

    def fault(self, key: str, member: str | None, detail: str) -> Fault:
        """Return what is wrong with a member of a tensor; None for the tensor as a whole."""
        detail = f"{detail} (for {key})" if key in self.places else detail
        if member is None or (member == "shape" and key in self.bare):
            return fault_at(self.place_of(key), detail)
        return Fault(member, detail, self.place_of(key))


def read_written(document: Any) -> Written:
    """Return what a document of any form says. Raises InvalidRequest."""
    if isinstance(document, list):
        document = {"headers": document} if _are_headers(document) else {"tensors": document}
    if not isinstance(document, dict):
        raise _invalid((), f"the body must be a JSON object: {_FORMS}")
    for is_it, read in _READERS:
        if is_it(document):
            return read(document)
    raise _invalid((), f"no tensors are in the body: {_FORMS}")


def _of_members(document: Mapping[str, Any], place: Place) -> Written:
    general = {name: value for name, value in document.items() if name != "tensors"}
    if "tensors" not in document:
        raise _invalid((*place, "tensors"), f"is required: {_FORMS}")
    return _written(general, document["tensors"], (*place, "tensors"))


def _of_config(config: Config, general: Document, place: Place) -> Written:
    """Read a `config.json` of transformers, with what holds for all tensors beside it."""
    if not isinstance(config.members.get("model_type"), str):
        raise _invalid((*place, "model_type"), 'is required: the family of the model, such as "gpt2"')
    if config.dtype and config.dtype not in FRACTIONAL:
        made = ", ".join(FRACTIONAL)
        raise _invalid((*place, config.dtype_member), f"{config.dtype[:32]!r} is not made; there are {made}")
    return Written(general, {}, place, stored_dtype=config.dtype or None, config=config)


def _beside_config(document: Document) -> Written:
    """Read a configuration in a member of its own."""
    if not isinstance(document["config"], dict):
        raise _invalid(("config",), _CONFIG)
    general = {name: value for name, value in document.items() if name != "config"}
    return _of_config(Config(document["config"]), general, ("config",))


def _of_headers(document: Mapping[str, Any]) -> Written:
    """Read several headers, a list or a map by files, with the index of all of them or without."""
    headers = document.get("headers")
    if headers is None:
        detail = "is required: an index has no shapes; put the JSON headers of its files into it, a list or a map"
        raise _invalid(("headers",), detail)
    general = {name: value for name, value in document.items() if name not in ("headers", "weight_map", "metadata")}
    tensors: dict[str, Mapping[str, Any]] = {}
    places: dict[str, Place] = {}
    for key, header in _items(headers, ("headers",)):
        if not isinstance(header, dict) or not _is_header(header):
            raise _invalid(("headers", key), "must be the JSON header of a safetensors file")
        for name, entry in _of_header(header, ("headers", key)).tensors.items():
            if name in tensors:
                raise _invalid(("headers", key, name), "is in two headers")
            tensors[name], places[name] = entry, ("headers", key, name)
    _check_index(document.get("weight_map"), tensors)
    return Written(general, tensors, ("headers",), has_stored_dtypes=True, places=places)


def _check_index(index: Any, tensors: Collection[str]) -> None:
    """Raise InvalidRequest for an index that is none, or that names a tensor of no header."""
    if index is None:
        return
    if not isinstance(index, dict):
        raise _invalid(("weight_map",), "must be an object: the file of each tensor, by its name")
    missing = [name for name in index if name not in tensors]
    if missing:
        more = f", nor are {len(missing) - 1} more that it names" if len(missing) > 1 else ""
        raise _invalid(("weight_map", missing[0]), f"is in none of the headers{more}: send those of all files")


def _of_header(header: Mapping[str, Any], place: Place = ()) -> Written:
    tensors = {
        name: {"shape": entry["shape"], "dtype": _dtype(entry["dtype"], (*place, name))}
        for name, entry in header.items()
        if name != METADATA
    }
    return Written({}, tensors, place, has_stored_dtypes=True)


def _dtype(stored: Any, place: Place) -> str:
    if not isinstance(stored, str) or stored not in _DTYPES:
        made = ", ".join(_DTYPES)
        raise _invalid((*place, "dtype"), f"{stored!r} is not made: leave such tensors out; there are {made}")
    return _DTYPES[stored]


def _written(general: Mapping[str, Any], tensors: Any, place: Place) -> Written:
    """Return what a map of tensors by names says, or a list of objects with names or of pairs."""
    read: dict[str, Mapping[str, Any]] = {}
    places: dict[str, Place] = {}
    bare: set[str] = set()
    for key, value in _items(tensors, place):
        name, entry = (key, value) if isinstance(key, str) else _named(value, (*place, key))
        if isinstance(entry, list):
            entry = {"shape": entry}
            bare.add(name)
        if not isinstance(entry, dict):
            raise _invalid((*place, key), _ENTRY)
        if name in read:
            raise _invalid((*place, key), f"another tensor is called {name!r}")
        read[name] = entry
        if isinstance(key, int):
            places[name] = (*place, key)
    return Written(general, read, place, places=places, bare=frozenset(bare))


def _named(value: Any, place: Place) -> tuple[str, Any]:
    """Return the name and the members of an item of a list."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        return value[0], value[1]
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return value["name"], {name: item for name, item in value.items() if name != "name"}
    raise _invalid(place, _ITEM)


def _items(value: Any, place: Place) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return iter(value.items())
    if isinstance(value, list):
        return iter(enumerate(value))
    raise _invalid(place, "must be an object, or a list")


def _are_headers(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) and item and _is_header(item) for item in items)


def _is_header(value: Any) -> bool:
    """Return whether a value is the JSON of a safetensors header."""
    if not isinstance(value, dict):
        return False
    return all(
        name == METADATA or (isinstance(entry, dict) and {"dtype", "shape", "data_offsets"} <= entry.keys())
        for name, entry in value.items()
    )


def fault_at(place: Place, detail: str) -> Fault:
    """Return what is wrong at a place."""
    *within, last = place or (None,)
    return Fault(None, detail, place) if isinstance(last, int) else Fault(last, detail, tuple(within))


def _invalid(place: Place, detail: str) -> InvalidRequest:
    return InvalidRequest([fault_at(place, detail)], True)


def _has_manifest(document: Document) -> bool:
    """Return whether a document is what /advise answers for a list of layers."""
    manifest = document.get("manifest")
    return isinstance(manifest, dict) and "tensors" in manifest


def _has_config(document: Document) -> bool:
    """Return whether a member is to be a configuration, and no tensor that is called so."""
    if "config" not in document or "tensors" in document or _is_header(document):
        return False
    return document["config"] == [] or not all(isinstance(value, list) for value in document.values())


_READERS: tuple[tuple[Callable[[Document], bool], Callable[[Document], Written]], ...] = (
    (_has_manifest, lambda document: _of_members(document["manifest"], ("manifest",))),
    (lambda document: "model_type" in document, lambda document: _of_config(Config(document), {}, ())),
    (_has_config, _beside_config),
    (lambda document: not _OF_HEADERS.isdisjoint(document), _of_headers),
    (lambda document: not TOP_MEMBERS.isdisjoint(document), lambda document: _of_members(document, ())),
    (lambda document: bool(document) and _is_header(document), _of_header),
    (lambda document: bool(document) and all(map(_is_header, document.values())),
     lambda document: _of_headers({"headers": document})),
    (lambda document: bool(document) and all(isinstance(value, list) for value in document.values()),
     lambda document: _written({}, document, ())),
)  # fmt: skip
"""Each form by what tells it, and what reads it; the first that is told holds."""
