"""From the fields of the models that validate a request to the parameters and objects that the document shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter

from service.openapi.merging import merged
from service.openapi.schema import COMPONENT, Schema, reference
from service.requests.other_names import OTHER_NAMES
from service.requests.tensor_parameters import SEED_PATTERN, SeedField

_EXAMPLES = {
    "shape": "256,784",
    "seed": "42",
    "format": "npy",
    "layer": "Linear",
    "activation": "relu",
    "current": "normal?std=1",
    "framework": "pytorch",
}

_AS_TEXTS: dict[str, Schema] = {
    "shape": {"type": "string", "pattern": "^([0-9]+(,[0-9]+)*)?$"},
    "seed": {"type": "string", "pattern": SEED_PATTERN},
    "widths": {"type": "string", "pattern": "^[0-9]+(,[0-9]+)+$"},
    "candidates": {"type": "string"},
}
"""Members that are texts in a query and something else in JSON."""

COMPONENTS: dict[str, Schema] = {
    "Seed": TypeAdapter(SeedField).json_schema(),
    "CurrentInitializer": {
        "description": "An initializer with its parameters.",
        "type": "object",
        "properties": {"initializer": {"type": "string"}},
        "required": ["initializer"],
        "additionalProperties": True,
    },
}
"""Schemas that the members of requests refer to."""

_AS_COMPONENTS: dict[str, Schema] = {
    "seed": reference("Seed"),
    "current": {"anyOf": [{"type": "string"}, reference("CurrentInitializer")]},
}
"""The schemas of members that do."""


@dataclass(frozen=True)
class Field:
    """A member of a request, without null, which is read as absent, and with its default told in the description.

    Generators make a member that has a `default` required.
    """

    name: str
    schema: Schema
    about: str
    is_required: bool = False
    default: str = ""
    """A sentence; empty where there is no default, or none to be told."""
    example: str = ""
    """Of a query, which pages from which requests can be made fill in: empty for what goes with few requests."""

    @property
    def description(self) -> str:
        return f"{self.about} {self.default}".strip()

    @property
    def member(self) -> Schema:
        """Its schema as a member of a JSON object, where an optional list that is empty is as absent."""
        schema = {key: value for key, value in self.schema.items() if self.is_required or key != "minItems"}
        return {**schema, "description": self.description} if self.description else schema

    @property
    def parameter(self) -> Schema:
        """It as a parameter of a query."""
        parameter: Schema = {
            "name": self.name,
            "in": "query",
            "required": self.is_required,
            "description": self.description,
            "schema": self._text(),
        }
        if self.example:
            parameter["example"] = self.example
        return parameter

    def _text(self) -> Schema:
        if self.name in _AS_TEXTS:
            return _AS_TEXTS[self.name]
        # Clients write a choice of types in ways of their own.
        return {"type": "string"} if "anyOf" in self.schema else dict(self.schema)


def fields(*models: type[BaseModel]) -> Iterator[Field]:
    """Yield the fields of the models. One that has another name follows under that name too."""
    for model in models:
        page = model.model_json_schema(ref_template=COMPONENT)
        required = page.get("required", [])
        for name, schema in page.get("properties", {}).items():
            bare = _without_null(schema)
            about, default = bare.pop("description", ""), _default(bare)
            yield Field(name, _AS_COMPONENTS.get(name, bare), about, name in required, default, _EXAMPLES.get(name, ""))
            if name in OTHER_NAMES:
                yield Field(OTHER_NAMES[name], bare, f"Another name of {name}.")


def merged_fields(owners: Iterable[tuple[str, type[BaseModel]]]) -> Iterator[Field]:
    """Yield each field of the models once: all that any of them allows, and the names of those that take it."""
    taking: dict[str, list[tuple[str, Field]]] = {}
    for owner, model in owners:
        for field in fields(model):
            taking.setdefault(field.name, []).append((owner, field))
    for name, takers in taking.items():
        abouts = dict.fromkeys(field.about for _, field in takers if field.about)
        about = " ".join([*abouts, f"Taken by {', '.join(owner for owner, _ in takers)}."])
        defaults = {field.default for _, field in takers}
        default = defaults.pop() if len(defaults) == 1 else ""
        yield Field(name, merged([field.schema for _, field in takers]), about, default=default)


def object_schema(members: Iterable[Field]) -> Schema:
    """Return the schema of a JSON object with the members and no other."""
    listed = list(members)
    return {
        "type": "object",
        "properties": {field.name: field.member for field in listed},
        "required": [field.name for field in listed if field.is_required],
        "additionalProperties": False,
    }


def _without_null(schema: Schema) -> Schema:
    bare = {key: value for key, value in schema.items() if key != "title" and not (key == "default" and value is None)}
    choices = [choice for choice in bare.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        bare = {**choices[0], **bare}
    elif choices:
        bare["anyOf"] = choices
    if "const" in bare:
        bare["enum"] = [bare.pop("const")]
    return bare


def _default(schema: Schema) -> str:
    """Take the default out of the schema, and return a sentence that tells it."""
    if "default" not in schema:
        return ""
    value = schema.pop("default")
    text = value if isinstance(value, str) else json.dumps(value)
    return f"Default: {text}." if text else ""
