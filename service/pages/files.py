"""The explorer's files, read once: what each is, and its entity tag."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""Of the files that are served, by their extensions."""


@dataclass(frozen=True)
class PageFile:
    """A file that a page loads."""

    body: bytes
    media_type: str

    @functools.cached_property
    def tag(self) -> str:
        """What tells other content from this: the opaque part of its entity tag."""
        return tag_of(self.body)


def tag_of(body: bytes) -> str:
    """Return the opaque part of the entity tag of a body."""
    return hashlib.sha256(body).hexdigest()[:32]


def template() -> str:
    """Return the page's HTML, with `{root}` and `{guide}` where these belong."""
    return _folder().joinpath("index.html").read_text(encoding="utf-8")


@functools.cache
def page_files() -> Mapping[str, PageFile]:
    """Return the files by their paths below the explorer's, such as `views/tensor.js`."""
    return dict(sorted(_below(_folder(), "")))


def _folder() -> Traversable:
    return files("service.pages") / "explorer"


def _below(folder: Traversable, prefix: str) -> list[tuple[str, PageFile]]:
    found: list[tuple[str, PageFile]] = []
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        media_type = MEDIA_TYPES.get(path.rpartition(".")[2])
        if entry.is_dir():
            found += _below(entry, f"{path}/")
        elif media_type is not None:
            found.append((path, PageFile(entry.read_bytes(), media_type)))
    return found
