"""A model in a dtype: all that a commit says but the seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from service.checkpoints.token import canonical_text
from service.hub.commit import DIGEST_DIGITS, Commit
from service.hub.errors import RevisionNotFound
from service.hub.readme import README, readme
from service.hub.revision import Draw
from service.hub.small_file import SmallFile
from service.lazy import lazy
from service.models.config import Config
from service.models.files import files_of
from service.models.published import PublishedModel
from service.models.registry import architecture_of

MOST_SHARD_BYTES = 5 * 10**9
"""Of the tensors in one file, as transformers has long written them: a download that breaks off loses little."""


@dataclass(frozen=True)
class Variant:
    """A model whose tensors are stored in a dtype."""

    name: str
    model: PublishedModel
    dtype: str
    manifest: bytes = b""
    """What else decides the tensors; nothing of a published model."""

    @lazy
    def files(self) -> Mapping[str, SmallFile]:
        """The files that hold no tensors, by their paths."""
        named = {**files_of(self.model, self.dtype), README: readme(self.name, self.model, self.dtype)}
        return {path: SmallFile(named[path]) for path in sorted(named)}

    @lazy
    def digest(self) -> str:
        """The first digits of the SHA-256 of what decides the files, the page for readers aside."""
        manifest = {
            "dtype": self.dtype,
            "max_shard_size": MOST_SHARD_BYTES,
            "tensors": architecture_of(Config(self.model.config)).tensors,
            "files": {path: file.oid for path, file in self.files.items() if path != README},
            **({"manifest": self.manifest.decode()} if self.manifest else {}),
        }
        return hashlib.sha256(canonical_text(manifest)).hexdigest()[:DIGEST_DIGITS]

    def commit(self, draw: Draw) -> Commit:
        """Return the commit that a revision stands for. Raises RevisionNotFound for the commit of another model."""
        if draw.digest not in (None, self.digest):
            raise RevisionNotFound(f"the commit is not one of {self.name}, as this version of the service makes it")
        return Commit(self.dtype, self.digest, draw.seed)

    def prepare(self) -> None:
        """Work out what takes some milliseconds."""
        _ = self.digest

    @property
    def is_prepared(self) -> bool:
        """Whether that is done."""
        return "digest" in vars(self)
