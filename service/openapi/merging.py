"""One schema for a member of which several initializers each have their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.openapi.schema import Schema

_LOWER, _UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


def merged(schemas: Sequence[Schema]) -> Schema:
    """Return a schema of all that any of the schemas allows, and of little else.

    A choice of enumerations that share members, or of ranges that overlap, is more than most client generators can
    read: an enumeration becomes the union, a range the widest. Numbers and texts stay a choice of two.
    """
    choices = [choice for schema in schemas for choice in schema.get("anyOf", [schema])]
    kinds: dict[tuple[str, bool], list[Schema]] = {}
    for choice in choices:
        type_ = choice.get("type", "")
        kind = ("number" if type_ == "integer" else type_, "enum" in choice)
        kinds.setdefault(kind, []).extend([choice] if choice not in kinds.get(kind, []) else [])
    unions = [_union(alike) for alike in kinds.values()]
    return unions[0] if len(unions) == 1 else {"anyOf": unions}


def _union(schemas: Sequence[Schema]) -> Schema:
    """Return the union of enumerations of one type, of ranges of numbers, or of schemas that are all the same."""
    first = schemas[0]
    if len(schemas) == 1:
        return first
    if "enum" in first:
        return {**first, "enum": list(dict.fromkeys(item for schema in schemas for item in schema["enum"]))}
    types = {schema.get("type") for schema in schemas}
    if types <= {"integer", "number"}:
        type_ = "number" if "number" in types else "integer"
        return {"type": type_, **_widest(schemas, _LOWER, min), **_widest(schemas, _UPPER, max)}
    return {"anyOf": list(schemas)}


def _widest(schemas: Sequence[Schema], keys: tuple[str, str], best: Any) -> Schema:
    """Return the bound that all of the schemas keep; none when one has no such bound."""
    bounds = [next(((schema[key], key) for key in keys if key in schema), None) for schema in schemas]
    given = [bound for bound in bounds if bound is not None]
    if len(given) < len(schemas):
        return {}
    value = best(bound for bound, _ in given)
    inclusive, exclusive = keys
    return {inclusive if (value, inclusive) in given else exclusive: value}
