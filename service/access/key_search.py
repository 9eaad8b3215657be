"""Keys within other text: in a URL, a name, a line of the log, the words of an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from service.access.keys import CHARACTERS, LONGEST, SHORTEST, Key

_RUN = re.compile(rf"[{CHARACTERS}]{{{SHORTEST},}}".encode())
"""What may have a key in it, whatever else touches that: `fc1_KEY`."""

_GRAM = SHORTEST // 2
"""Characters by which keys are looked up. One of the places in a run that this divides is the beginning of one of the
first so many grams of each key that stands there, and all of that gram is the key's."""

_SEPARATORS = (b"_", b"-")

Span = tuple[int, int]


class KeySearch:
    """Finds keys wherever they stand, in a time that does not grow with their number.

    A key whose characters are known is found in the middle of other letters too. Of one of which a file has the digest
    alone they are known when it has been sent (`learn`); before, it is found where it stands by itself, or between the
    first and the last `_` or `-` of a run.
    """

    def __init__(self, keys: Iterable[Key], known: Mapping[bytes, bytes] | None = None) -> None:
        self._unknown: set[bytes] = set()
        self._by_gram: dict[bytes, list[tuple[int, bytes]]] = {}
        self._known: dict[bytes, bytes] = {}
        for key in keys:
            secret = key.secret or (known or {}).get(key.digest)
            self._unknown.add(key.digest)
            if secret is not None:
                self.learn(key, secret)

    @property
    def known(self) -> Mapping[bytes, bytes]:
        """The keys whose characters are known, by their digests."""
        return dict(self._known)

    def learn(self, key: Key, secret: bytes) -> None:
        """Know the characters of a key from now on."""
        if key.digest not in self._unknown:
            return
        self._known[key.digest] = secret
        for place in range(_GRAM):
            self._by_gram.setdefault(secret[place : place + _GRAM], []).append((place, secret))
        self._unknown.discard(key.digest)

    def is_in(self, text: bytes) -> bool:
        """Return whether a key stands somewhere in a text."""
        return any(True for match in _RUN.finditer(text) for _ in self._spans(match[0]))

    def mask(self, text: bytes) -> bytes:
        """Return a text with an asterisk for each character of a key."""
        return _RUN.sub(lambda match: self._masked(match[0]), text)

    def _masked(self, run: bytes) -> bytes:
        masked = bytearray(run)
        for begin, end in self._spans(run):
            masked[begin:end] = b"*" * (end - begin)
        return bytes(masked)

    def _spans(self, run: bytes) -> Iterator[Span]:
        for begin in range(0, len(run) - _GRAM + 1, _GRAM):
            for place, secret in self._by_gram.get(run[begin : begin + _GRAM], ()):
                if place <= begin and run.startswith(secret, begin - place):
                    yield begin - place, begin - place + len(secret)
        if self._unknown:
            yield from self._spans_of_unknown(run)

    def _spans_of_unknown(self, run: bytes) -> Iterator[Span]:
        begins = {0, *(run.find(separator) + 1 for separator in _SEPARATORS)}
        ends = {len(run), *(run.rfind(separator) for separator in _SEPARATORS)}
        for begin in begins:
            for end in ends:
                is_short = SHORTEST <= end - begin <= LONGEST
                if is_short and hashlib.sha256(run[begin:end]).digest() in self._unknown:
                    yield begin, end
