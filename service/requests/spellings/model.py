"""What reads the values of a model's fields."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from service.requests.spellings.choices import Choices
from service.requests.spellings.table import ENUMERATIONS
from service.requests.spellings.values import Reader, reader


def read_values(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values for `model`; one that cannot be read as its field's type stays, for the model to refuse.

    An optional list that is empty is as absent: some generated clients send one for what is not given.
    """
    readers = _readers(model)
    return {
        name: readers[name](value) if name in readers else value
        for name, value in values.items()
        if value != [] or name not in _optional_lists(model)
    }


def prepare_readers(model: type[BaseModel]) -> None:
    """Make what `read_values` needs of a model to be quick at its first values already."""
    read_values(model, {})
    _optional_lists(model)


@functools.cache
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema()


@functools.cache
def choices_of(model: type[BaseModel]) -> Mapping[str, Choices]:
    """Return the enumerations of texts among the fields of a model, but for those that it reads by itself."""
    choices = {}
    for name, schema in _schema(model).get("properties", {}).items():
        kinds = [schema, *schema.get("anyOf", [])]
        values = [value for kind in kinds for value in (*kind.get("enum", ()), *filter(None, [kind.get("const")]))]
        is_own = str in _types(model.model_fields[name].annotation)
        if values and not is_own and all(isinstance(value, str) for value in values):
            choices[name] = Choices.of(name, values)
        elif name == "layout":
            choices[name] = Choices.of(name, ENUMERATIONS[name])
    return choices


@functools.cache
def _readers(model: type[BaseModel]) -> Mapping[str, Reader]:
    choices, readers = choices_of(model), {}
    for name, schema in _schema(model).get("properties", {}).items():
        found = reader(name, _kinds(schema), choices.get(name))
        if found is not None:
            readers[name] = found
    return readers


@functools.cache
def _optional_lists(model: type[BaseModel]) -> frozenset[str]:
    schema = _schema(model)
    return frozenset(
        name
        for name, field in schema.get("properties", {}).items()
        if "array" in _kinds(field) and name not in schema.get("required", ())
    )


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    """Return the types of JSON that the schema of a field allows, but for null."""
    return {str(kind.get("type")) for kind in schema.get("anyOf", [schema])} - {"null"}


def _types(annotation: Any) -> tuple[Any, ...]:
    """Return the types of which an annotation is a union."""
    members = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    return tuple(get_args(member)[0] if get_origin(member) is Annotated else member for member in members)
