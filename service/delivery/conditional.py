"""Conditional requests (RFC 9110 section 13). Nothing here has a date, so only entity tags count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

_ENTITY_TAG = re.compile(r'(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e\x80-\xff]*)"')


@dataclass(frozen=True)
class EntityTag:
    """An entity tag; a strong one stands for the same bytes, a weak one for the same content (section 8.8.3)."""

    opaque: str
    weak: bool

    def __str__(self) -> str:
        return f'{"W/" if self.weak else ""}"{self.opaque}"'


class PreconditionFailed(Exception):
    """If-Match names other tags than that of the representation."""


def parse_entity_tags(field: str) -> list[EntityTag]:
    """Return the tags of a list; what is no tag is passed over."""
    return [EntityTag(match["opaque"], match["weak"] is not None) for match in _ENTITY_TAG.finditer(field)]


def is_not_modified(headers: Headers, tag: EntityTag) -> bool:
    """Return whether the answer is 304, by the precedence of section 13.2.2. Raises PreconditionFailed."""
    if_match = _field(headers, "if-match")
    if if_match is not None and not _matches(if_match, tag, strongly=True):
        raise PreconditionFailed(f"If-Match does not name {tag}, which is the entity tag")
    if_none_match = _field(headers, "if-none-match")
    return if_none_match is not None and _matches(if_none_match, tag, strongly=False)


def range_holds(headers: Headers, tag: EntityTag) -> bool:
    """Return whether If-Range, if there is one, lets Range count (section 13.1.5: a strong comparison)."""
    field = headers.get("if-range")
    return field is None or (not tag.weak and field.strip() == str(tag))


def _field(headers: Headers, name: str) -> str | None:
    """Return a field given in one line or several, which mean the same (section 5.3)."""
    lines = headers.getlist(name)
    return ",".join(lines) if lines else None


def _matches(field: str, tag: EntityTag, strongly: bool) -> bool:
    if field.strip() == "*":
        return True
    return any(
        other.opaque == tag.opaque and not (strongly and (tag.weak or other.weak)) for other in parse_entity_tags(field)
    )
