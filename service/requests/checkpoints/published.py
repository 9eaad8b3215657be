"""The manifests of published models, which every server has by their names."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Protocol

from service.models.published import PUBLISHED

_NBYTES, _SECONDS = 2**10, 1e-5
"""Of a configuration, about."""


class NamedManifest(Protocol):
    """A manifest that a URL may name."""

    @property
    def version(self) -> Hashable:
        """What is another when the document is."""
        ...

    @property
    def nbytes(self) -> int: ...
    @property
    def seconds(self) -> float:
        """Of processor time, about, that reading takes."""
        ...

    def read(self, limit: int) -> Any:
        """Return the document, of at most `limit` bytes. Raises UnreadableManifest."""
        ...


@dataclass(frozen=True)
class PublishedManifest:
    """The configuration of a published model."""

    name: str
    nbytes: int = _NBYTES
    seconds: float = _SECONDS

    @property
    def version(self) -> Hashable:
        return self.name

    def read(self, limit: int) -> Any:
        del limit
        return {"config": dict(PUBLISHED[self.name].config)}


def published(name: str) -> PublishedManifest | None:
    """Return the manifest of a published model; None where no model is called so."""
    return PublishedManifest(name) if name in PUBLISHED else None
