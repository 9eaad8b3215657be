"""The tables in hand-written files that the code determines: settings, formats, problem types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from service.advice.judgements import RULES
from service.checkpoints.by_name import BY_NAME, NameRule
from service.formats.format import Format
from service.formats.registry import FORMATS
from service.models.published import PUBLISHED
from service.models.recipes.registry import RECIPES
from service.models.registry import FAMILIES
from service.models.tiny import TINY
from service.problems.types import PROBLEM_TYPES
from service.requests.checkpoints import advised
from service.settings import PREFIX, Settings

LISTENING = ("host", "port")
"""Settings that a container does not take from outside: its ports are mapped."""


def replaced(text: str, tables: dict[str, Callable[[], str]]) -> str:
    """Return `text` with what stands between each table's `begin NAME` and `end NAME` lines written anew.

    Raises ValueError when the lines are not there.
    """
    for name, table in tables.items():
        lines = text.splitlines(keepends=True)
        begin = _line(lines, f"begin {name}")
        end = _line(lines, f"end {name}")
        text = "".join([*lines[: begin + 1], table(), *lines[end:]])
    return text


def _line(lines: list[str], mark: str) -> int:
    for number, line in enumerate(lines):
        if mark in line:
            return number
    raise ValueError(f"no line says {mark!r}")


def settings() -> str:
    """Return the table of settings, in Markdown."""
    rows = (
        (f"`{PREFIX}{name.upper()}`", _default(field.default), str(field.description).rstrip("."))
        for name, field in Settings.model_fields.items()
    )
    return _table(("variable", "default", ""), rows)


def published_models() -> str:
    """Return the table of published models, in Markdown."""
    rows = (
        (f"`{name}`", f"`{model.config['model_type']}`", f"{model.parameters:,}", model.config.get("dtype", "float32"))
        for name, model in PUBLISHED.items()
        if name not in TINY
    )
    return _table(("name", "family", "parameters", "dtype"), rows)


def tiny_models() -> str:
    """Return the names of the tiny models, in Markdown."""
    return ", ".join(f"`{name}`" for name in TINY) + ".\n"


def families() -> str:
    """Return the families of models, in Markdown."""
    return ", ".join(f"`{name}`" for name in FAMILIES) + ".\n"


def recipes() -> str:
    """Return which families have which recipes, and where each stands, in Markdown."""
    return _table(("`initialize`", "families", "source"), _recipes())


def _recipes() -> Iterator[tuple[str, ...]]:
    for recipe in RECIPES.values():
        of_source: dict[str, list[str]] = {}
        for family, source in recipe.sources.items():
            of_source.setdefault(source, []).append(f"`{family}`")
        for source, families in of_source.items():
            repository, _, path = source.partition(": ")
            yield f"`{recipe.name}`", ", ".join(families), f"{repository}: `{path}`"
    yield f"`{advised.NAME}`", ", ".join(f"`{name}`" for name in FAMILIES if name in advised.FAMILIES), "`/advise`"


def _default(value: Any) -> str:
    """Return a default as it is set; a large power of two with its exponent."""
    if isinstance(value, int) and value >= 2**16 and value.bit_count() == 1:
        return f"`{value}` (2^{value.bit_length() - 1})"
    return f"`{value}`"


def compose_environment() -> str:
    """Return the variables that `docker-compose.yml` passes on."""
    return "".join(f"    {PREFIX}{name.upper()}:\n" for name in Settings.model_fields if name not in LISTENING)


def by_name() -> str:
    """Return the table of what tensors are by their names, in Markdown."""
    rows = (
        (
            rule.what,
            " ".join(f"`{pattern}`" for pattern in rule.match),
            "any" if rule.ranks is None else ", ".join(map(str, rule.ranks)),
            _call(rule),
        )
        for rule in BY_NAME
    )
    return _table(("tensors", "names", "rank", "initializer"), rows)


def _call(rule: NameRule) -> str:
    """Return the initializer of a rule with its parameters."""
    parameters = [f"{name}={value}" for name, value in rule.parameters.items()]
    return f"`{'&'.join([rule.initializer, *parameters, *(['layers=…'] if rule.counts_layers else [])])}`"


def formats() -> str:
    """Return the table of formats, in Markdown."""
    rows = ((f"`{f.name}`", f"`{f.media_type}`", _dtypes(f)) for f in FORMATS.values())
    return _table(("`format`", "media type", "`dtype`"), rows)


def _dtypes(format_: Format) -> str:
    return "any: a picture" if format_.is_picture else ", ".join(f"`{dtype}`" for dtype in format_.dtypes())


def problem_types() -> str:
    """Return the table of problem types, in Markdown."""
    rows = ((str(t.status.value), f"`/problems/{t.slug}`", t.description) for t in PROBLEM_TYPES.values())
    return _table(("status", "`type`", ""), rows)


def judgements() -> str:
    """Return the table of what decides how weights are called, in Markdown."""
    return _table(("where", "what decides"), iter(RULES))


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)
