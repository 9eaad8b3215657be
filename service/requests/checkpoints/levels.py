"""How deep a document nests."""

from __future__ import annotations

from typing import Any


def is_deep(document: Any, most: int) -> bool:
    """Return whether a document nests in more than so many levels."""
    level = [document]
    for _ in range(most):
        level = within(level)
        if not level:
            return False
    return True


def within(level: list[Any]) -> list[Any]:
    """Return all objects and lists in those of one level."""
    return [
        value
        for item in level
        for value in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        if isinstance(value, dict | list)
    ]
