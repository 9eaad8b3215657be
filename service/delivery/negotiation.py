"""Which format a reply has: `format` beats Accept (RFC 9110 section 12.5.1); without either, JSON."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from service.formats.format import Format
from service.formats.registry import BY_MEDIA_TYPE, FORMATS
from service.tensors.dtypes import COMPLEX64, FLOAT32, Dtype


class Offered(Protocol):
    """What a client may ask for by a name or by a media type."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...


Offer = TypeVar("Offer", bound=Offered)


class NotAcceptable(Exception):
    """No format suits the request; `supported` are those that can be had.

    `is_negotiated` says whether it was the Accept header that asked for another.
    """

    def __init__(self, detail: str, supported: tuple[Offered, ...], *, is_negotiated: bool) -> None:
        super().__init__(detail)
        self.supported = supported
        self.is_negotiated = is_negotiated


@dataclass(frozen=True)
class MediaRange:
    """A media range of an Accept header, with its weight; `*` stands for anything."""

    type: str
    subtype: str
    weight: float

    def specificity(self, media_type: str) -> int:
        """Return how closely the range matches: 2 exactly, 1 by type, 0 as anything, -1 not at all."""
        type_, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == (type_, subtype):
            return 2
        if (self.type, self.subtype) == (type_, "*"):
            return 1
        return 0 if self.type == self.subtype == "*" else -1


_ANYTHING = MediaRange("*", "*", 1.0)
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,9})?|1(?:\.0{0,9})?")
"""A weight as RFC 9110 section 12.4.2 has it, with any number of decimals that a client may write."""
_NO_WISHES = frozenset((None, "", "*/*"))
"""What most clients send: the first format that holds the dtype will do."""


def parse_accept(header: str) -> list[MediaRange]:
    """Return the media ranges of an Accept header; what is none, or has a weight that is none, is passed over."""
    ranges = []
    for item in header.split(","):
        media_range, *parameters = (part.strip() for part in item.split(";"))
        type_, slash, subtype = media_range.lower().partition("/")
        weight = _weight(parameters)
        if slash and type_ and subtype and weight is not None:
            ranges.append(MediaRange(type_, subtype, weight))
    return ranges


def _weight(parameters: list[str]) -> float | None:
    """Return the weight among a media range's parameters; None where it is no weight."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else None
    return 1.0


def choose(name: str | None, accept: str | None, offered: tuple[Offer, ...]) -> Offer:
    """Return the one of `offered` called `name`, or that `accept` likes best; the first without wishes.

    Raises NotAcceptable.
    """
    if name is not None:
        return next(offer for offer in offered if offer.name == name)
    if accept in _NO_WISHES:
        return offered[0]
    best = _preferred(parse_accept(accept or "") or [_ANYTHING], {offer.media_type: offer for offer in offered})
    if best is None:
        raise _unserved(offered)
    return best


def choose_format(name: str | None, accept: str | None, dtype: Dtype) -> Format:
    """Return the format called `name`, or the one that `accept` likes best. Raises NotAcceptable."""
    if name is not None:
        format_ = FORMATS[name]
        if not format_.holds(dtype):
            raise _unable(f"{format_.name} cannot hold {dtype.name}", dtype, (format_,), is_negotiated=False)
        return format_
    if accept in _NO_WISHES:
        return _able(dtype)[0]
    ranges = parse_accept(accept or "") or [_ANYTHING]
    able = _able(dtype)
    best = _preferred(ranges, {media_type: f for media_type, f in BY_MEDIA_TYPE.items() if f in able})
    if best is not None:
        return best
    allowed = tuple(
        candidate
        for media_type, candidate in BY_MEDIA_TYPE.items()
        if any(r.weight > 0 and r.specificity(media_type) >= 0 for r in ranges)
    )
    if allowed:
        raise _unable(f"no format that Accept allows can hold {dtype.name}", dtype, allowed, is_negotiated=True)
    raise _unserved(able)


def _preferred(ranges: list[MediaRange], by_media_type: Mapping[str, Offer]) -> Offer | None:
    """The most specific range that matches a media type gives its weight; between equals, closeness decides."""
    best: Offer | None = None
    highest = (0.0, -1)
    for media_type, candidate in by_media_type.items():
        matching = [(found, r.weight) for r in ranges if (found := r.specificity(media_type)) >= 0]
        if matching:
            specificity, weight = max(matching)
            if (weight, specificity) > highest and weight > 0:
                best, highest = candidate, (weight, specificity)
    return best


def _unserved(offered: tuple[Offered, ...]) -> NotAcceptable:
    detail = f"no media type that Accept allows is served; there are {_names(offered)}"
    return NotAcceptable(detail, offered, is_negotiated=True)


def _unable(reason: str, dtype: Dtype, wanted: tuple[Format, ...], *, is_negotiated: bool) -> NotAcceptable:
    able = tuple(f for f in _able(dtype) if not f.is_picture)
    is_narrowed = dtype.is_complex and any(format_.holds(COMPLEX64) for format_ in wanted)
    other = COMPLEX64 if is_narrowed else FLOAT32
    return NotAcceptable(
        f"{reason}; these formats hold {dtype.name}: {_names(able)}. Or ask for another dtype, such as {other.name}.",
        able,
        is_negotiated=is_negotiated,
    )


@functools.cache
def _able(dtype: Dtype) -> tuple[Format, ...]:
    return tuple(f for f in FORMATS.values() if f.holds(dtype))


def _names(formats: tuple[Offered, ...]) -> str:
    return ", ".join(f"{f.name} ({f.media_type})" for f in formats)
