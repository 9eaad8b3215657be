"""A manifest as a part of a URL: whoever has the token has all of the manifest, and nothing is stored.

A token is a version letter, then in base64url without padding (RFC 4648 section 5) the first bytes of the manifest's
digest and the canonical JSON of the manifest in DEFLATE (RFC 1951). The canonical text is what counts: versions of
zlib may compress it to different bytes, and all their tokens stand for the same file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

_VERSION = "a"

_CHECK_BYTES = 6
"""Of the digest: a token that is cut or mistyped passes once in 2^48 times."""

_LEVEL = 9

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


class InvalidToken(ValueError):
    """A text that is the token of no manifest."""


def canonical_text(manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest as the one JSON text that it has: sorted members, no blanks, UTF-8."""
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def encode(text: bytes) -> str:
    """Return the token of a canonical text."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = _check(text) + compressor.compress(text) + compressor.flush()
    return _VERSION + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(token: str, limit: int) -> bytes:
    """Return the canonical text of a token, of at most `limit` bytes. Raises InvalidToken."""
    if not _TOKEN.fullmatch(token):
        raise InvalidToken("a token has letters, digits, hyphens and underscores only")
    if token[0] != _VERSION:
        raise InvalidToken(f"a token begins with {_VERSION!r}")
    try:
        packed = base64.urlsafe_b64decode(token[1:] + "=" * (-len(token[1:]) % 4))
        decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        text = decompressor.decompress(packed[_CHECK_BYTES:], limit + 1)
    except (binascii.Error, zlib.error) as error:
        raise InvalidToken("the token is damaged; copy all of it") from error
    if len(text) > limit:
        raise InvalidToken(f"the token's manifest has more than {limit} bytes")
    if not decompressor.eof or decompressor.unused_data or packed[:_CHECK_BYTES] != _check(text):
        raise InvalidToken("the token is damaged; copy all of it")
    return text


def _check(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=_CHECK_BYTES).digest()
