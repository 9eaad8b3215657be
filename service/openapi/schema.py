"""What all descriptions are made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
"""Any object of the document: a schema, an operation, a header."""

COMPONENT = "#/components/schemas/{model}"


def reference(name: str) -> Schema:
    """Return a reference to a schema among the components."""
    return {"$ref": COMPONENT.format(model=name)}
