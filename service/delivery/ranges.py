"""Byte ranges (RFC 9110 section 14): one range a request; what asks for more is answered with the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPECIFIER = re.compile(r"[ \t]*([0-9]*)-([0-9]*)[ \t]*")
_LONGEST = 20
"""Digits: as a number beyond the length of anything; longer ones mean the same and cost more to read."""


class RangeNotSatisfiable(Exception):
    """A range of which a representation of `length` bytes has nothing."""

    def __init__(self, length: int) -> None:
        super().__init__(f"the range has no byte of the representation, which has {length}")
        self.length = length


@dataclass(frozen=True)
class ByteRange:
    """Bytes first ... end, end excluded."""

    first: int
    end: int


def parse_range(field: str, length: int) -> ByteRange | None:
    """Return which of `length` bytes a Range field asks for; None when it is to be ignored.

    It is (section 14.2) for units other than bytes, for what is no valid range, and (as section 14.2 lets a
    server do) for several ranges and of a representation that has no bytes: a cache that asks for everything a range at
    a time (nginx's slice module) has it all with the first. Raises RangeNotSatisfiable.
    """
    unit, _, ranges = field.partition("=")
    match = _SPECIFIER.fullmatch(ranges)
    if unit.strip().lower() != "bytes" or match is None or length == 0:
        return None
    first, last = match.groups()
    if not first:
        return _suffix(_number(last), length) if last else None
    if last and _is_less(last, first):
        return None
    begin = _number(first)
    end = _number(last) + 1 if last else length
    if begin >= length:
        raise RangeNotSatisfiable(length)
    return ByteRange(begin, min(end, length))


def _suffix(count: int, length: int) -> ByteRange | None:
    if count == 0:
        raise RangeNotSatisfiable(length)
    return ByteRange(max(length - count, 0), length)


def _is_less(digits: str, others: str) -> bool:
    digits, others = digits.lstrip("0"), others.lstrip("0")
    return (len(digits), digits) < (len(others), others)


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _LONGEST else 10**_LONGEST
