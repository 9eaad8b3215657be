"""The members of a body in JSON."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from starlette.requests import Request

from service.access.client import client_of
from service.access.credentials import KeyInUrl
from service.requests.faults import BodyTooLarge, Fault, InvalidRequest, MalformedBody, UnsupportedMediaType
from service.requests.members import MAX_MEMBERS, Members, repeated
from service.tensors.errors import OverLimit

MAX_DIGITS = 4000
"""Of an integer: fewer than the number at which Python refuses to read one."""

_LONG_INTEGER = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))

_LARGE = 2**14
"""Bytes of a body from which on it is read beside the event loop; less takes a fraction of a millisecond."""

_MEMORY = 16
"""Bytes of memory that a byte of a body takes as objects, most of which are small."""

_Value = TypeVar("_Value")

IsSecret = Callable[[bytes], bool]
"""Returns whether a key stands in a text."""

_DEEP = "the body is nested too deeply; a request is one flat JSON object"

_SURROGATE = "has a lone surrogate, which is not a character (RFC 8259 section 8.2)"


async def read_body(request: Request, limit: int, max_objects: int = MAX_MEMBERS) -> Members:
    """Return the members of a JSON object in the body, of at most `limit` bytes and `max_objects` objects.

    Raises UnsupportedMediaType, BodyTooLarge, OverLimit, MalformedBody, InvalidRequest and, when a key stands in it,
    KeyInUrl.
    """
    body = await _json_text(request, limit)
    # A text may have braces too: such a text is refused with the rest.
    objects = body.count(b"{")
    if objects > max_objects:
        raise OverLimit(objects, max_objects, "objects in a body", "send less in one request", "reads")
    parse = functools.partial(_parse, body, request.state.is_secret)
    return await _read(request, parse, body)


async def read_document(request: Request, limit: int, max_values: int) -> tuple[Any, int]:
    """Return the JSON value in the body, of any form and at most `limit` bytes, and how many it has.

    It has at most `max_values` objects and lists, which take many times their bytes of memory; braces and brackets in
    texts are counted with them. Raises UnsupportedMediaType, BodyTooLarge, MalformedBody, InvalidRequest and, when a
    key stands in it, KeyInUrl.
    """
    body = await _json_text(request, limit)
    if body.count(b"{") + body.count(b"[") > max_values:
        raise InvalidRequest([Fault(None, f"the body has more than {max_values} objects and lists")], True)
    is_secret: IsSecret = request.state.is_secret

    def parse() -> Any:
        document = parse_document(body)
        _refuse_keys(body, document, is_secret)
        return document

    return await _read(request, parse, body), len(body)


async def _read(request: Request, parse: Callable[[], _Value], body: bytes) -> _Value:
    """Return what `parse` makes of a body, beside the event loop where that takes long. Raises Overloaded."""
    if len(body) <= _LARGE:
        return parse()
    read = request.state.executors.read(parse, _MEMORY * len(body), client_of(request.scope))
    value: _Value = await read
    return value


def parse_document(body: bytes) -> Any:
    """Return the value that a JSON text is. Raises MalformedBody."""
    value = _value(body, _unique)
    if b"\\u" in body and not _is_text(value):
        raise MalformedBody(f"a text of the body {_SURROGATE}")
    return value


async def _json_text(request: Request, limit: int) -> bytes:
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        label = f"Content-Type is {content_type!r}" if content_type else "Content-Type is missing"
        raise UnsupportedMediaType(f"{label}; send JSON with Content-Type: application/json (curl --json does)")
    return await read_bytes(request, limit)


def _refuse_keys(body: bytes, value: Any, is_secret: IsSecret) -> None:
    """Raise KeyInUrl where a key stands in a body, or in the value that it is, which an escape may write otherwise."""
    if is_secret(body) or (b"\\u" in body and is_secret(json.dumps(value, ensure_ascii=False).encode())):
        raise KeyInUrl("the members of a body, which stand in the URLs of answers")


def _parse(body: bytes, is_secret: IsSecret) -> Members:
    try:
        value = _object(body)
    except _TooManyMembers as error:
        detail = f"the body, or an object in it, has more than {MAX_MEMBERS} members"
        raise InvalidRequest([Fault(None, detail)], True) from error
    members = Members(value, in_body=True, is_large=len(body) > _LARGE)
    if b"\\u" in body:
        _refuse_surrogates(members)
    _refuse_keys(body, value, is_secret)
    return members


def _refuse_surrogates(members: Members) -> None:
    """Raise MalformedBody or InvalidRequest for texts with lone surrogates, which only an escape can write."""
    if not _is_text("".join(members.values)):
        raise MalformedBody(f"the name of a member {_SURROGATE}")
    faults = [Fault(name, _SURROGATE) for name, item in members.values.items() if not _is_text(item)]
    if faults:
        members.refuse(*faults)


async def read_bytes(request: Request, limit: int) -> bytes:
    """Return the body, of at most `limit` bytes. Raises BodyTooLarge."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise BodyTooLarge(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(limit)
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that `body` is. Raises MalformedBody."""
    value = _value(body, _members)
    if not isinstance(value, dict):
        raise MalformedBody('the body must be a JSON object, such as {"initializer": "he_normal", "shape": [256, 784]}')
    return value


def _value(body: bytes, hook: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    """Return the JSON value that `body` is, its objects made by `hook`. Raises MalformedBody."""
    if not body:
        raise MalformedBody(
            'the body is empty; it must be a JSON object, such as {"initializer": "zeros", "shape": []}'
        )
    try:
        # To look at each integer takes longer than all the rest.
        parse_int = _integer if _LONG_INTEGER.search(body) else None
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=hook, parse_int=parse_int, parse_constant=_no_constant
        )
    except RecursionError as error:
        raise MalformedBody(_DEEP) from error
    except ValueError as error:
        raise MalformedBody(f"the body is not valid JSON: {error}") from error


class _TooManyMembers(Exception):
    """An object with more members than are looked at."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; one that is null is as if it were absent."""
    if len(pairs) > MAX_MEMBERS:
        raise _TooManyMembers
    return _unique(pairs)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; one that is null is as if it were absent. Raises ValueError."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(f"the member {repeated(pairs)[0]!r} is given more than once")
    return {name: value for name, value in pairs if value is not None}


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"an integer has {len(digits)} digits")
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def has_lone_surrogates(value: Any) -> bool:
    """Return whether a text in a JSON value cannot be encoded."""
    return not _is_text(value)


def _is_text(value: Any) -> bool:
    """Return whether all texts in a JSON value can be encoded. Raises MalformedBody."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    except RecursionError as error:
        raise MalformedBody(_DEEP) from error
    return True
