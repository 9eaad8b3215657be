"""`docs/spellings.md`: what a request may write for each value, from the table by which requests are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.catalogue.bare_names import BARE_NAMES
from service.formats.registry import FORMATS
from service.requests.spellings.parameters import MEANT, shown
from service.requests.spellings.table import AMBIGUOUS, ENUMERATIONS, FALSE, LISTS, NUMBERS, TRUE
from service.tensors.dtypes import DTYPES

HEAD = """# Spellings

What has one meaning is understood, whoever writes it: `Content-Location` has the canonical form, which is what to keep.
What may mean two things is refused, and the answer names both. This page is made from the table by which requests are
read.

- **Names of values** may be in any case, with or without underscores, hyphens and blanks, and with a module before
  them: `nonlinearity=nn.ReLU`, `mode=FAN-IN`, `dtype=torch.bfloat16`.
- **Whole numbers** are those of JSON Schema: `2`, `2.0`, `2e3`; above 2^53 only as digits. In JSON a number may be
  a string.
- **A member that is null** in JSON is as if it were absent, though the OpenAPI document, which says what to send, has
  none: some generated clients send nulls for what nobody gave. One that is given twice is refused.
- **Lists** may be repeated parameters, or have brackets, as HTTP libraries write them; in JSON a list of
  one may be a number.

"""

_WEIGHTS = {
    "dtype": "/weights/zeros?shape=2&format=raw&dtype=",
    "format": "/weights/zeros?shape=2&format=",
    "layout": "/weights/he_normal?shape=2,3,4&seed=1&layout=",
    "mode": "/weights/he_normal?shape=2,3&seed=1&mode=",
    "distribution": "/weights/variance_scaling?shape=2,3&seed=1&distribution=",
    "bounds": "/weights/truncated_normal?shape=2&seed=1&bounds=",
    "plot": "/weights/zeros?shape=2,2&format=svg&plot=",
    "theme": "/weights/zeros?shape=2,2&format=svg&theme=",
    "gain_rule": "/weights/he_normal?shape=2,3&seed=1&gain_rule=",
}
"""Requests that end in a value of each parameter of `/weights`."""

_ADVISE = "/advise?layer=Linear&shape=8,8&"


@dataclass(frozen=True)
class Row:
    """A spelling, and requests with it and with the canonical one, which have one answer."""

    value: str
    spelling: str
    url: str
    canonical_url: str


def _request(parameter: str, value: str = "") -> str:
    is_of_advice = parameter == "format" and value not in FORMATS
    return f"{_ADVISE}{parameter}=" if is_of_advice else _WEIGHTS.get(parameter, f"{_ADVISE}{parameter}=")


def rows() -> Iterator[Row]:
    """Yield every spelling that is understood."""
    for parameter, values in ENUMERATIONS.items():
        for value, spellings in values.items():
            if parameter != "dtype" or value in DTYPES:
                start = _request(parameter, value)
                for spelling in (*spellings, value.upper(), value.replace("_", "-")):
                    yield Row(value, spelling, start + spelling, start + value)
    yield from _paths()
    for query, spellings in {**LISTS, **NUMBERS}.items():
        for spelling in spellings:
            start = "/weights/zeros?" if "shape" in query else "/weights/normal?shape=2&"
            start = f"{start}seed=1&" if "std" in query else start
            yield Row(query, spelling, start + spelling, start + query)
    for value, texts in (("true", TRUE), ("false", FALSE)):
        for text in texts:
            start = "/weights/zeros?shape=2&flat="
            yield Row(value, text, start + text, start + value)
    for bare in BARE_NAMES.values():
        query = "?shape=4,4,3,3&seed=1"
        yield Row(bare.initializer, bare.name, f"/weights/{bare.name}{query}", f"/weights/{bare.initializer}{query}")


def _paths() -> Iterator[Row]:
    for value in FORMATS:
        for spelling in (spelling for spelling in ENUMERATIONS["format"][value] if "/" not in spelling):
            path = f"/weights/zeros.{spelling.lstrip('.')}?shape=2"
            yield Row(value, spelling, path, f"/weights/zeros?shape=2&format={value}")


def ambiguous() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield a spelling that may mean several values, those that there are, and a request with it."""
    for parameter, spellings in AMBIGUOUS.items():
        for spelling, values in spellings.items():
            known = tuple(value for value in values if parameter != "dtype" or value in DTYPES)
            yield spelling, known, _request(parameter, values[0]) + spelling


def page() -> str:
    """Return the page."""
    return "".join((HEAD, *_enumerations(), *_values(), *_names(), *_parameters()))


def _cells(spellings: tuple[str, ...]) -> str:
    return ", ".join(f"`{spelling}`" for spelling in spellings)


def _table(head: tuple[str, str], lines: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |\n| --- | --- |\n"
    for one, other in lines:
        yield f"| {one} | {other} |\n"
    yield "\n"


def _enumerations() -> Iterator[str]:
    yield "## Values\n\n"
    for parameter, values in ENUMERATIONS.items():
        known = {value: spellings for value, spellings in values.items() if parameter != "dtype" or value in DTYPES}
        yield f"### `{parameter}`\n\n"
        yield from _table(("value", "also"), ((f"`{value}`", _cells(spellings)) for value, spellings in known.items()))
        if parameter == "format":
            yield "A path may end in each, but for the media types: `/weights/zeros.bin` is `/weights/zeros.raw`.\n\n"
        for spelling, meant, _ in (row for row in ambiguous() if row[0] in AMBIGUOUS.get(parameter, {})):
            yield f"Refused: `{spelling}`, which may mean {' or '.join(f'`{value}`' for value in meant)}.\n\n"


def _values() -> Iterator[str]:
    yield "## Lists, numbers and truth values\n\n"
    rows = ((f"`{query}`", _cells(spellings)) for query, spellings in {**LISTS, **NUMBERS}.items())
    yield from _table(("canonical", "also"), rows)
    yield f"True is {_cells(TRUE)}; false is {_cells(FALSE)}; in any case.\n\n"
    yield "One list has one kind of separator, and `0x10` is refused: it is 16 to some, and 0 by 10 to others.\n\n"


def _names() -> Iterator[str]:
    yield "## Initializers\n\nAll names that frameworks have, and these; `notes` says which scheme was meant.\n\n"
    rows = ((f"`{bare.initializer}`", f"`{bare.name}`") for bare in BARE_NAMES.values())
    yield from _table(("initializer", "also"), rows)


def _parameters() -> Iterator[str]:
    yield (
        "## Parameters\n\nParameters have one name each: those of other libraries are refused, and the answer says "
        "what to write. The first that the initializer takes is named.\n\n"
    )
    rows = ((_cells(names), ", ".join(f"`{shown(template)}`" for template in meant)) for names, meant in MEANT.items())
    lines = list(_table(("written", "write"), rows))
    lines[-1] = ""
    yield from lines
