"""API keys: the file that has them, and whose one is.

A line is `name:key` or `name:sha256:digest`, where the digest, in hexadecimal, is that of the key's bytes (FIPS 180-4);
after a blank there may be `until=2027-01-31`, the last day (UTC) that the key is valid, and `only=metrics`. Lines that
are empty or begin with # say nothing. Several lines may have one name: a client that changes its key has two meanwhile.

A digest needs no salt and no work factor: keys are drawn, not chosen, and nobody finds one by trying.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

MAX_KEYS = 1000
"""In a file: each request is compared with all, which takes a tenth of a microsecond for each."""

SHORTEST, LONGEST = 16, 256
"""Characters of a key."""

CHARACTERS = "A-Za-z0-9_-"
"""Those that a key may have, as a class of a regular expression has them."""

_KEY = rf"[{CHARACTERS}]{{{SHORTEST},{LONGEST}}}"
_LINE = re.compile(
    rf"(?P<name>[A-Za-z][A-Za-z0-9_.-]{{0,63}}):(?:sha256:(?P<digest>[0-9a-fA-F]{{64}})|(?P<key>{_KEY}))"
)


class InvalidKeys(Exception):
    """A file of keys that cannot be used; the text says why, and has none of its words."""


@dataclass(frozen=True)
class Key:
    """What is known of a key."""

    name: str
    digest: bytes
    until: date | None = None
    """Its last day; None for ever."""
    only_metrics: bool = False
    """Whether it is good for /metrics alone."""
    secret: bytes | None = field(default=None, repr=False)
    """The key itself; None where the file has its digest."""

    def is_expired(self, today: date) -> bool:
        """Return whether its last day is over."""
        return self.until is not None and today > self.until


@dataclass(frozen=True)
class Keys:
    """All keys of a file."""

    keys: tuple[Key, ...]

    def find(self, secret: bytes) -> Key | None:
        """Return the key that `secret` is, in a time that does not tell which, nor how much of one is right."""
        digest = hashlib.sha256(secret).digest()
        found = None
        for key in self.keys:
            if hmac.compare_digest(digest, key.digest):
                found = key
        return found


def read_keys(path: Path) -> Keys:
    """Return the keys of a file. Raises InvalidKeys."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidKeys(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidKeys("is not text in UTF-8") from error
    return parse_keys(text)


def parse_keys(text: str) -> Keys:
    """Return the keys of a file's text. Raises InvalidKeys."""
    keys = tuple(_lines(text))
    if not keys:
        raise InvalidKeys("has no key; a line is name:key or name:sha256:digest")
    if len(keys) > MAX_KEYS:
        raise InvalidKeys(f"has {len(keys)} keys; {MAX_KEYS} are the most")
    if len({key.digest for key in keys}) < len(keys):
        raise InvalidKeys("has a key twice")
    return Keys(keys)


def _lines(text: str) -> Iterator[Key]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            try:
                yield _key(words[0], words[1:])
            except ValueError as error:
                raise InvalidKeys(f"line {number} {error}") from None


def _key(word: str, options: list[str]) -> Key:
    """Return the key of a line. Raises ValueError, whose text does not repeat the line."""
    match = _LINE.fullmatch(word)
    if match is None:
        raise ValueError(
            "is neither name:key nor name:sha256:digest: a name begins with a letter and has letters, digits, _, . and "
            f"- in it; a key has at least {SHORTEST} letters, digits, _ and -, as `openssl rand -hex 32` prints them; "
            "a digest has 64 hexadecimal digits"
        )
    secret = match["key"].encode() if match["key"] else None
    digest = bytes.fromhex(match["digest"]) if secret is None else hashlib.sha256(secret).digest()
    until, only_metrics = None, False
    for option in options:
        name, _, value = option.partition("=")
        if name == "until":
            try:
                until = date.fromisoformat(value)
            except ValueError:
                raise ValueError("has an until= that is no date such as 2027-01-31") from None
        elif option == "only=metrics":
            only_metrics = True
        else:
            raise ValueError("has something after the key that is neither until=2027-01-31 nor only=metrics")
    return Key(match["name"], digest, until, only_metrics, secret)
