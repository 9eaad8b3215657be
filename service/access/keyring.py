"""The keys that hold now: those of a file, which may change while the service runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from service.access.key_search import KeySearch
from service.access.keys import InvalidKeys, Key, Keys, read_keys

logger = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two looks at the file."""


class Keyring:
    """The keys of the file at `path`. Raises InvalidKeys where it has none that can be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = self._look()
        self.keys: Keys = read_keys(path)
        self._search = KeySearch(self.keys.keys)

    def find(self, secret: bytes) -> Key | None:
        """Return the key that `secret` is, as `Keys.find` does, and know its characters from now on."""
        key = self.keys.find(secret)
        if key is not None:
            self._search.learn(key, secret)
        return key

    def is_in(self, text: bytes) -> bool:
        """Return whether a key stands somewhere in a text."""
        return self._search.is_in(text)

    def mask(self, text: bytes) -> bytes:
        """Return a text with an asterisk for each character of a key."""
        return self._search.mask(text)

    def refresh(self) -> None:
        """Read the file again where it is another than before; one that cannot be used leaves the keys as they are."""
        state = self._look()
        if state == self._state:
            return
        self._state = state
        try:
            keys = read_keys(self._path)
        except InvalidKeys as error:
            logger.error("%s %s; the keys that were read before it hold", self._path, error)  # noqa: TRY400
        else:
            self.keys, self._search = keys, KeySearch(keys.keys, self._search.known)
            logger.info("%s was read again: it has %d keys", self._path, len(self.keys.keys))

    async def watch(self) -> None:
        """Refresh for ever, away from the event loop: a file may be on another machine."""
        while True:
            await asyncio.sleep(INTERVAL)
            await asyncio.to_thread(self.refresh)

    def _look(self) -> tuple[int, ...] | None:
        """Return what is another when the file is; None where there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev
