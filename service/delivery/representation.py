"""Something in a format, whatever it is: its canonical URL, its entity tag, and the headers that follow from them."""

from __future__ import annotations

import functools
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.delivery.conditional import EntityTag
from service.formats.body import Body, Cost
from service.lazy import lazy

_YEAR = 31536000
"""In seconds; RFC 9111 section 1.2.2 asks for no more."""

_DAY = 86400
"""For what a later version may draw otherwise."""


def encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return headers, each of a name of its own, as they stand in an ASGI message."""
    return {_lower(name): value.encode("latin-1") for name, value in headers.items()}


@functools.lru_cache(maxsize=256)
def _lower(name: str) -> bytes:
    return name.lower().encode()


@dataclass(frozen=True)
class Representation(ABC):
    """What one canonical URL stands for."""

    is_drawn: bool = field(default=False, kw_only=True)
    """Whether the seed was drawn for this reply, so that the request's own URL stands for no bytes."""
    is_negotiated: bool = field(default=False, kw_only=True)
    """Whether the Accept header decided the format."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The canonical URL, relative to the server's root, with which anyone gets the same bytes again."""

    @property
    @abstractmethod
    def body(self) -> Body:
        """Its bytes."""

    @property
    def cost(self) -> Cost:
        """What all of it takes."""
        return self.body.cost

    @property
    def is_inline(self) -> bool:
        """Whether all of it is small, and made in a fraction of a millisecond."""
        return self.body.is_inline

    @abstractmethod
    def description(self) -> dict[str, str]:
        """Return the headers that say what the body is."""

    @lazy
    def tag(self) -> EntityTag:
        """The entity tag, for which nothing is made.

        It covers what the format puts around the elements; these, and the text of a number, follow from the URL.
        """
        digest = hashlib.blake2b(self.url.encode(), digest_size=16)
        digest.update(self.body.frame)
        return EntityTag(digest.hexdigest(), weak=not self.is_for_ever)

    @property
    def is_for_ever(self) -> bool:
        """Whether its bytes never change, on no machine."""
        return True

    def encoded_description(self) -> dict[bytes, bytes]:
        """Return the same as they stand in an ASGI message."""
        return encoded(self.description())

    def validators(self, root_path: str) -> dict[str, str]:
        """Return the headers of a 304, which stand in every reply to a GET."""
        headers = self.location(root_path)
        if self.is_drawn:
            return {**headers, "Cache-Control": "no-store"}
        lifetime = f"{_YEAR}, immutable" if self.is_for_ever else str(_DAY)
        return {**headers, "ETag": str(self.tag), "Cache-Control": f"public, max-age={lifetime}"}

    def location(self, root_path: str) -> dict[str, str]:
        """Return the headers of any reply that has the body."""
        headers = {"Content-Location": root_path + self.url}
        return {**headers, "Vary": "Accept"} if self.is_negotiated else headers

    @property
    def ranges(self) -> str:
        """What Accept-Ranges says of a GET."""
        return "bytes" if self.has_ranges else "none"

    @property
    def has_ranges(self) -> bool:
        """Whether a part of the bytes can be asked for: they have to be the same the next time."""
        return self.body.supports_ranges and not self.is_drawn
