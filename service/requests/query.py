"""The members of a query."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request

from service.access.credentials import has_credential
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import MAX_MEMBERS, Members

_OF_CONTENT = (b"content-length", b"transfer-encoding")
"""The fields of a request that has a body."""
_NOTHING = [(b"content-length", b"0")]
"""Those of one whose body is empty."""

_LONGEST_SHOWN = 64
"""Characters of a member that a refusal shows."""
_LITERAL = re.compile(r"true|false|-?(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{1,20})?")
"""A truth value or a number that JSON has as it is."""

_BRACKETS = re.compile(r"([^\[\]]+)\[([0-9]{0,9})\]")


def read_query(request: Request) -> Members:
    """Return the members of the query, a tuple of texts where a name stands there more than once, or with brackets.

    Raises InvalidRequest when it is not a query.
    """
    query: bytes = request.scope["query_string"]
    try:
        pairs = _pairs(query.decode("ascii"))
    except UnicodeDecodeError as error:
        raise InvalidRequest([Fault(None, "the query must be percent-encoded UTF-8 (RFC 3986)")], False) from error
    except ValueError as error:
        raise InvalidRequest([Fault(None, f"the query has more than {MAX_MEMBERS} parameters")], False) from error
    values = dict(pairs)
    if len(values) < len(pairs) or "[" in "".join(values):
        return _with_lists(pairs)
    return Members(values, in_body=False)


def _pairs(query: str) -> list[tuple[str, str]]:
    """Return the names and values of a query. Raises ValueError, UnicodeDecodeError among them."""
    if "%" in query or "+" in query or query.count("&") >= MAX_MEMBERS:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_MEMBERS)
    # Nothing is encoded in most.
    pairs = [field.partition("=") for field in query.split("&") if field]
    return [(name, value) for name, _, value in pairs]


def _with_lists(pairs: Sequence[tuple[str, str]]) -> Members:
    """Gather the lists that HTTP libraries write as shape=2&shape=3, shape[]=2&shape[]=3 or shape[0]=2&shape[1]=3."""
    items: dict[str, list[tuple[str, str]]] = {}
    for written, value in pairs:
        brackets = _BRACKETS.fullmatch(written)
        name, index = (written, "plain") if brackets is None else (brackets[1], brackets[2])
        items.setdefault(name, []).append((index, value))
    faults: list[Fault] = []
    values: dict[str, str | tuple[str, ...]] = {}
    for name, indexed in items.items():
        indices = [index for index, _ in indexed]
        if len(set(indices)) == 1 and indices[0] in {"plain", ""}:
            in_order = [value for _, value in indexed]
        elif all(map(str.isdigit, indices)) and sorted(map(int, indices)) == list(range(len(indices))):
            in_order = [value for _, value in sorted((int(index), value) for index, value in indexed)]
        else:
            faults.append(Fault(name, f"must have the indices 0, 1, 2, ..., each once: {name}[0]=256&{name}[1]=784"))
            continue
        values[name] = in_order[0] if indices == ["plain"] else tuple(in_order)
    if faults:
        raise InvalidRequest(faults, False)
    return Members(values, in_body=False)


def repeatable_query(request: Request, longest: int | None = None) -> str:
    """Return the query, or its beginning, as an answer may repeat it: empty where a parameter is meant for a key."""
    query: bytes = request.scope["query_string"]
    return "" if has_credential(query) else query.decode("latin-1")[:longest]


def refuse_query(request: Request, advice: str) -> None:
    """Raise InvalidRequest for each parameter of a query where none is read; `advice` says where to put them."""
    if request.scope["query_string"]:
        faults = [Fault(name, f"is not read here: {advice}") for name in read_query(request).values]
        raise InvalidRequest(faults or [Fault(None, f"the query is not read here: {advice}")], False)


def refuse_query_of_post(request: Request) -> None:
    """Raise InvalidRequest for each parameter of a POST's query, with the member of the body that says the same."""
    if request.scope["query_string"]:
        values = read_query(request).values
        faults = [
            Fault(name, f"is not read here: put it into the body, {_member(name, value)}")
            for name, value in values.items()
        ]
        raise InvalidRequest(faults or [Fault(None, "the query is not read here: put it into the body")], False)


def _member(name: str, value: str | tuple[str, ...]) -> str:
    """Return a parameter of a query as a member of a JSON object."""
    is_json = isinstance(value, str) and _LITERAL.fullmatch(value) is not None
    text = value if is_json else json.dumps(value, ensure_ascii=False)
    is_told = len(text) <= _LONGEST_SHOWN and not has_credential(f"{name}=".encode())
    return f"{json.dumps(name[:_LONGEST_SHOWN], ensure_ascii=False)}: {text if is_told else '...'}"


def refuse_content(request: Request) -> None:
    """Raise InvalidRequest for a GET with a body, which nobody would read."""
    fields = [field for field in request.scope["headers"] if field[0] in _OF_CONTENT]
    if fields and fields != _NOTHING:
        detail = f"the body of a {request.method} is not read; put its members into the query, or send a POST"
        raise InvalidRequest([Fault(None, detail)], False)
