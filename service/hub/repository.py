"""A repository of the Hub: `fanin/llama-3-8b`. Nobody else's id has one, so no random weights go by a real name."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from service.hub.commit import DTYPES
from service.hub.errors import RepositoryNotFound
from service.hub.revision import Draw
from service.hub.variant import Variant
from service.lazy import lazy
from service.likeness import did_you_mean
from service.models.config import Config
from service.models.published import PUBLISHED, PublishedModel, published_like

OWNER = "fanin"
"""The namespace of all repositories."""

_LONGEST_SHOWN = 96
"""Characters of an id that a refusal repeats: the Hub's own are no longer."""

_DEFAULT = "float32"
"""What tensors are stored in where a configuration says nothing."""


@dataclass(frozen=True)
class Repository:
    """A model by its name."""

    name: str
    model: PublishedModel
    manifest: bytes = b""
    """Of a model that an operator keeps, all that its manifest says."""

    @property
    def id(self) -> str:
        """The id as clients have it."""
        return f"{OWNER}/{self.name}"

    @property
    def dtype(self) -> str:
        """What the model's tensors are stored in where a revision says nothing."""
        return Config(self.model.config).dtype or _DEFAULT

    @property
    def is_possible(self) -> bool:
        """Whether its dtype is one that a commit can say."""
        return self.dtype in DTYPES

    @lazy
    def _variants(self) -> Mapping[str, Variant]:
        return {dtype: Variant(self.name, self.model, dtype, self.manifest) for dtype in DTYPES}

    def variant(self, draw: Draw) -> Variant:
        """Return the model in the dtype of a revision."""
        return self._variants[draw.dtype or self.dtype]


class Repositories:
    """The repositories that were asked for: of published models, and of those that an operator keeps."""

    def __init__(self) -> None:
        self._published: dict[str, Repository] = {}
        self._kept: dict[str, tuple[Hashable, Repository]] = {}

    def published(self, name: str) -> Repository:
        """Return the repository of a published model. Raises KeyError."""
        if name not in self._published:
            self._published[name] = Repository(name, PUBLISHED[name])
        return self._published[name]

    def kept(self, name: str, version: Hashable) -> Repository | None:
        """Return that of a version of a manifest; None where it was not asked for."""
        of, repository = self._kept.get(name, (None, None))
        return repository if of == version else None

    def keep(self, repository: Repository, version: Hashable) -> None:
        """Keep that of the latest version of a manifest."""
        self._kept[repository.name] = version, repository


def is_known(asked: str) -> bool:
    """Return whether an id is that of a repository here."""
    owner, _, name = asked.partition("/")
    return owner == OWNER and name in PUBLISHED


def unknown_repository(asked: str) -> RepositoryNotFound:
    """Return what says that an id is that of no repository here, and which may have been meant."""
    name = asked.rpartition("/")[2][:_LONGEST_SHOWN]
    meant = [name] if name in PUBLISHED else published_like(name)
    hint = did_you_mean([f"{OWNER}/{near}" for near in meant], ".")
    shown = f"no repository is called {asked[:_LONGEST_SHOWN]!r} here"
    return RepositoryNotFound(f"{shown}, where all are of random weights and in {OWNER}/{hint} GET /models lists them")
