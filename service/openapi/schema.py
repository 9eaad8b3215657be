"""What all descriptions are made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
"""Any object of the document: a schema, an operation, a header."""

COMPONENT = "#/components/schemas/{model}"


def reference(name: str) -> Schema:
    """Return a reference to a schema among the components."""
    return {"$ref": COMPONENT.format(model=name)}


def json_body(content: Schema) -> Schema:
    """Return the body of a POST.

    The schemas are of what to send, so that clients have one type for each member; what is understood beside them, such
    as null, which some generated clients send for what nobody gave, docs/spellings.md lists.
    """
    about = "A member that is null is read as one that is absent. Spellings beside those of the schema are understood."
    return {"description": about, "required": True, "content": {"application/json": content}}
