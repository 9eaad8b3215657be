"""Keys in URLs, where they do not belong: logs, caches and histories keep URLs."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

_CREDENTIAL = re.compile(
    rb"(?:^|[&;])(?:x[-_])?(?:api[-_]?key|access[-_]?token|auth[-_]?token|bearer[-_]?token|authorization|bearer|token|"
    rb"password|secret)(?:\[[^=]*\])?=",
    re.IGNORECASE,
)
"""A parameter of a query that is meant to have a key; no resource has one of these names."""


class KeyInUrl(Exception):
    """A request that has a key in its URL, a parameter that is meant for one, or a key among a body's members."""

    def __init__(self, place: str = "a URL, which logs and caches keep") -> None:
        super().__init__(
            f"a key does not belong in {place}: send it as Authorization: Bearer KEY, and have the one that stood "
            "there changed"
        )


def decoded_target(scope: Scope) -> bytes:
    """Return the path and the query of a request without their percent-encoding, in which a key may stand."""
    path: str = scope["path"]
    return path.encode() + b"?" + unquote_to_bytes(scope["query_string"])


def has_credential(query: bytes) -> bool:
    """Return whether a query has a parameter that is meant for a key."""
    return _CREDENTIAL.search(query) is not None
