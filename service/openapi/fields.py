"""From the fields of the models that validate a request to the parameters and objects that the document shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from service.openapi.schema import COMPONENT, Schema
from service.requests.other_names import OTHER_NAMES

_EXAMPLES = {
    "shape": "256,784",
    "seed": "42",
    "format": "npy",
    "layer": "Linear",
    "activation": "relu",
    "current": "normal?std=1",
    "framework": "pytorch",
}


def fields(*models: type[BaseModel]) -> Iterator[tuple[str, Schema, bool]]:
    """Yield the name, the schema without null (which no request may say) and the necessity of each field.

    A field that has another name follows under that name too.
    """
    for model in models:
        page = model.model_json_schema(ref_template=COMPONENT)
        required = page.get("required", [])
        for name, schema in page.get("properties", {}).items():
            yield name, _without_null(schema), name in required
            if name in OTHER_NAMES:
                yield OTHER_NAMES[name], {**_without_null(schema), "description": f"Another name of {name}."}, False


def object_schema(items: Iterable[tuple[str, Schema, bool]]) -> Schema:
    """Return the schema of a JSON object with the fields and no other."""
    properties, required = {}, []
    for name, schema, is_required in items:
        properties[name] = schema
        if is_required:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def query_parameter(name: str, schema: Schema, is_required: bool) -> Schema:
    """Return a field as a parameter of a query, where a shape is a text."""
    description = schema.pop("description", "")
    if name == "shape":
        schema = {"type": "string", "pattern": "^([0-9]+(,[0-9]+)*)?$"}
    parameter: Schema = {
        "name": name,
        "in": "query",
        "required": is_required,
        "description": description,
        "schema": schema,
    }
    if name in _EXAMPLES:
        parameter["example"] = _EXAMPLES[name]
    return parameter


def _without_null(schema: Schema) -> Schema:
    schema = {
        key: value for key, value in schema.items() if key != "title" and not (key == "default" and value is None)
    }
    choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **schema}
    return {**schema, "anyOf": choices} if choices else schema
