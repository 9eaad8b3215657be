"""What the catalogue says of an initializer, for people: a page `pages/<name>.md` beside the schemes.

A page begins with TOML between two lines of `+++`: `formula`, `example` (the query of a request that works as printed)
and `references` (keys of `service/bibliography.py`). The Markdown below is a paragraph that sums the scheme up, the
section `## When` to use it, and where there are any `## Traps` as list items: where frameworks differ under one name,
which is the default here, and how to get the others. Line breaks are those of the file only.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from service.bibliography import REFERENCES

PAGES = Path(__file__).with_name("pages")

_FRONT_MATTER = re.compile(r"\+\+\+\n(?P<toml>.*?)^\+\+\+\n(?P<body>.*)", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^## *(.*)$", re.MULTILINE)
_ITEM = re.compile(r"^- ", re.MULTILINE)


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    formula: str
    example: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """An initializer's page in the catalogue."""

    summary: str
    formula: str
    when: str
    example: str
    """The query of a request that works as printed."""
    traps: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Keys of the bibliography."""


@cache
def page(name: str) -> Page:
    """Return the page of the initializer `name`. Raises ValueError when there is none, or when it is not one."""
    path = PAGES / f"{name}.md"
    if not path.is_file():
        raise ValueError(f"{name} has no page: write {path.relative_to(PAGES.parent)} beside the schemes")
    try:
        return parse(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.relative_to(PAGES.parent)}: {error}") from error


def parse(text: str) -> Page:
    """Return the page that `text` is. Raises ValueError, which says what is missing or unknown."""
    parts = _FRONT_MATTER.fullmatch(text)
    if parts is None:
        raise ValueError("a page begins with TOML between two lines of +++")
    front = _FrontMatter(**tomllib.loads(parts["toml"]))
    for key in front.references:
        if key not in REFERENCES:
            raise ValueError(f"the reference {key!r} is not in service/bibliography.py")
    summary, *rest = _SECTION.split(parts["body"])
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    if len(sections) < len(rest) // 2:
        raise ValueError("a section stands there twice")
    when, traps = sections.pop("When", ""), sections.pop("Traps", None)
    if sections:
        raise ValueError(f"the section {next(iter(sections))!r} is not known; there are When and Traps")
    return Page(
        summary=_paragraph(summary, "the summary"),
        formula=_paragraph(front.formula, "formula"),
        when=_paragraph(when, "the section When"),
        example=_paragraph(front.example, "example"),
        traps=() if traps is None else _items(traps),
        references=front.references,
    )


def _paragraph(text: str, place: str) -> str:
    if not text.strip():
        raise ValueError(f"{place} is missing")
    return " ".join(text.split())


def _items(text: str) -> tuple[str, ...]:
    before, *items = _ITEM.split(text)
    if before.strip() or not items:
        raise ValueError("the section Traps is a list: each item begins with '- '")
    return tuple(_paragraph(item, "the text of a trap") for item in items)
