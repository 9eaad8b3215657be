"""A file that is there whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from service.lazy import lazy


@dataclass(frozen=True)
class SmallFile:
    """The bytes of a file."""

    content: bytes

    @lazy
    def oid(self) -> str:
        """What Git calls it by: the SHA-1 of `blob`, its length and its bytes."""
        header = b"blob %d\0" % len(self.content)
        return hashlib.sha1(header + self.content, usedforsecurity=False).hexdigest()
