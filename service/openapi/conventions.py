"""What holds for every schema of the document, so that clients can be generated from it.

- Numbers have a format: generators take those without one for 32 bits.
- A title is a component's name: generators call classes by it, and two of one title are one class.
- No member has a default: generators make it required then, or send what nobody said.
- An enumeration that stands in several places is a component, lest each place get a type of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from service.openapi.schema import Schema, reference

_FORMATS = {"integer": "int64", "number": "double"}


def follow_conventions(page: Schema) -> None:
    """Make the schemas of the document follow them."""
    components = page["components"]
    for item in _objects([page["paths"], components]):
        kind = item.get("type")
        if isinstance(kind, str) and kind in _FORMATS:
            item.setdefault("format", _FORMATS[kind])
        item.pop("default", None)
        if "title" in item and "name" not in item:
            del item["title"]
    _name_enumerations(page)
    components["schemas"] = {name: {"title": name, **schema} for name, schema in components["schemas"].items()}


def _objects(value: Any) -> Iterator[Schema]:
    """Yield every schema within a value, and every other object that has no schema's members, the outermost first."""
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
    elif isinstance(value, dict):
        yield value
        for key, item in value.items():
            if key == "properties":
                yield from _objects(list(item.values()))
            elif key not in ("example", "examples"):
                yield from _objects(item)


def _name_enumerations(page: Schema) -> None:
    components = page["components"]
    schemas = components["schemas"]
    places = [
        place for part in (components.get("parameters", {}), page["paths"], schemas) for place in _enumerations(part)
    ]
    counts = Counter(tuple(holder[key]["enum"]) for _, holder, key in places)
    names: dict[tuple[str, ...], str] = {}
    for member, holder, key in places:
        schema = holder[key]
        values = tuple(schema["enum"])
        if counts[values] == 1:
            continue
        if values not in names:
            # Alone, some are names of what languages have themselves: Stream, Window, Channels.
            name = member.title().replace("_", "") + "Name"
            names[values] = name if name not in schemas else f"Layer{name}"
            schemas[names[values]] = {"type": "string", "enum": list(values)}
        description = {"description": schema["description"]} if "description" in schema else {}
        holder[key] = reference(names[values]) | description


def _enumerations(part: Any) -> Iterator[tuple[str, Schema, str]]:
    """Yield each enumeration of texts: the member that it is of, and where its schema stands, an object and a key."""
    for item in list(_objects(part)):
        if "in" in item and _is_enumeration(item.get("schema")):
            yield item["name"], item, "schema"
        for member, schema in item.get("properties", {}).items():
            if _is_enumeration(schema):
                yield member, item["properties"], member


def _is_enumeration(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "string" and "enum" in schema
