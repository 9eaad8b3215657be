"""Reading a request: the members of a query or a body, before anyone knows what they mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_DIGITS = 4000
"""Of an integer, below the number at which Python refuses to read one."""

MAX_MEMBERS = 64
"""More than any request has use for, few enough to look at each."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a request; `parameter` is None for the request as a whole."""

    parameter: str | None
    detail: str
    within: tuple[str | int, ...] = ()
    """Where in the body the object stands of which `parameter` is a member."""


class InvalidRequest(Exception):
    """A request that makes no tensor; `in_body` says where its members stand."""

    def __init__(self, faults: Sequence[Fault], in_body: bool) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults
        self.in_body = in_body


class UnsupportedMediaType(Exception):
    """A body that is not called JSON."""


class MalformedBody(Exception):
    """A body that is called JSON and is not a JSON object."""


class BodyTooLarge(Exception):
    """A body over the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body has more than {limit} bytes, which is the most that this server reads")
        self.limit = limit


@dataclass(frozen=True)
class Members:
    """The named values of a request: texts when they come from a query, JSON values when from a body."""

    values: dict[str, Any]
    in_body: bool
    within: tuple[str | int, ...] = ()
    """Where in the body they stand."""

    def refuse(self, *faults: Fault) -> NoReturn:
        """Raise InvalidRequest with `faults`."""
        raise InvalidRequest([replace(fault, within=self.within) for fault in faults], self.in_body)


def read_query(request: Request) -> Members:
    """Return the members of the query. Raises InvalidRequest when it is no query, or repeats a name."""
    query: bytes = request.scope["query_string"]
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_MEMBERS)
    except UnicodeDecodeError as error:
        raise InvalidRequest([Fault(None, "the query must be percent-encoded UTF-8 (RFC 3986)")], False) from error
    except ValueError as error:
        raise InvalidRequest([Fault(None, f"the query has more than {MAX_MEMBERS} parameters")], False) from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise InvalidRequest([Fault(name, "given more than once; give it once") for name in _repeated(pairs)], False)
    return Members(values, in_body=False)


async def read_body(request: Request, limit: int) -> Members:
    """Return the members of a JSON object in the body. Raises the errors of this module."""
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        sent = f"Content-Type is {content_type!r}" if content_type else "Content-Type is missing"
        raise UnsupportedMediaType(f"{sent}; send JSON with Content-Type: application/json (curl --json does)")
    body = await _bytes(request, limit)
    if not body:
        raise MalformedBody(
            'the body is empty; it must be a JSON object, such as {"initializer": "zeros", "shape": []}'
        )
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer, parse_constant=_no_constant
        )
    except RecursionError as error:
        raise MalformedBody("the body is nested too deeply; a request is one flat JSON object") from error
    except ValueError as error:
        raise MalformedBody(f"the body is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedBody('the body must be a JSON object, such as {"initializer": "he_normal", "shape": [256, 784]}')
    if len(value) > MAX_MEMBERS:
        raise InvalidRequest([Fault(None, f"the body has more than {MAX_MEMBERS} members")], True)
    members = Members(value, in_body=True)
    if not _is_text("".join(value)):
        raise MalformedBody("the name of a member has a lone surrogate, which is no text")
    faults = [Fault(name, "is null; leave it out for its default") for name, item in value.items() if item is None]
    faults += [
        Fault(name, "has a lone surrogate, which is no text") for name, item in value.items() if not _is_text(item)
    ]
    if faults:
        members.refuse(*faults)
    return members


def _is_text(value: Any) -> bool:
    """Return whether all texts in a JSON value can be encoded."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


async def _bytes(request: Request, limit: int) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(limit)
    return bytes(body)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = _repeated(pairs)
    if repeated:
        raise ValueError(f"the member {repeated[0]!r} is given more than once")
    return dict(pairs)


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"an integer has {len(digits)} digits")
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _repeated(pairs: Sequence[tuple[str, Any]]) -> list[str]:
    seen: set[str] = set()
    return list(dict.fromkeys(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
