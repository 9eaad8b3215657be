"""The files of a repository at a commit, as the Hub's pages tell of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.shards import INDEX
from service.hub.commit import Commit
from service.hub.repository import OWNER, Repository
from service.hub.revision import MAIN
from service.hub.small_file import SmallFile
from service.hub.variant import Variant
from service.lazy import lazy

Document = dict[str, Any]

_DATE = "1970-01-01T00:00:00.000Z"
"""Of everything: nothing is ever changed."""

_TITLE = "Random weights"


class Entry(NamedTuple):
    """A file."""

    path: str
    size: int
    oid: str


@dataclass(frozen=True)
class Snapshot:
    """A repository at a commit."""

    repository: Repository
    variant: Variant
    commit: Commit
    checkpoint: Checkpoint

    @lazy
    def small_files(self) -> Mapping[str, SmallFile]:
        """The files that hold no tensors, by their paths; of a checkpoint in several files their index is one."""
        index = {INDEX: SmallFile(self.checkpoint.index)} if len(self.checkpoint.files) > 1 else {}
        return {**self.variant.files, **index}

    @lazy
    def entries(self) -> Mapping[str, Entry]:
        """All files, by their paths."""
        small = [Entry(path, len(file.content), file.oid) for path, file in self.small_files.items()]
        of_tensors = self.checkpoint.files.items()
        large = [Entry(path, file.nbytes, self._oid(path, file.digest)) for path, file in of_tensors]
        return {entry.path: entry for entry in sorted([*small, *large])}

    def _oid(self, path: str, header: bytes) -> str:
        """Return a name for the bytes of a file of tensors, of which none is made: it follows from what decides them.

        It has 40 digits; 64 would be taken for the SHA-256 of the bytes.
        """
        return hashlib.sha256(f"{self.commit}/{path}\0".encode() + header).hexdigest()[:40]

    def prepare(self) -> None:
        """Work out what replies ask of it."""
        _ = self.entries

    def info(self) -> Document:
        """Return what `GET /api/models/{id}` tells."""
        config = self.repository.model.config
        counts: Counter[str] = Counter()
        for member in self.checkpoint.members:
            sample = member.kind.sample
            counts[sample.spec.dtype.safetensors_name or sample.spec.dtype.name] += sample.size
        return {
            "_id": str(self.commit)[4:28],
            "id": self.repository.id,
            "modelId": self.repository.id,
            "author": OWNER,
            "sha": str(self.commit),
            "private": False,
            "gated": False,
            "disabled": False,
            "downloads": 0,
            "likes": 0,
            "tags": ["transformers", "safetensors", config["model_type"], "random-weights"],
            "library_name": "transformers",
            "createdAt": _DATE,
            "lastModified": _DATE,
            "config": {"architectures": config.get("architectures", []), "model_type": config["model_type"]},
            "safetensors": {"parameters": dict(counts), "total": sum(counts.values())},
            "usedStorage": sum(entry.size for entry in self.entries.values()),
            "siblings": [{"rfilename": e.path, "size": e.size, "blobId": e.oid} for e in self.entries.values()],
        }

    def tree(self, paths: Iterable[str]) -> list[Document]:
        """Return what a tree tells of those of some paths that are files."""
        last = {"id": str(self.commit), "title": _TITLE, "date": _DATE}
        return [
            {"type": "file", "path": entry.path, "size": entry.size, "oid": entry.oid, "lastCommit": last}
            for entry in map(self.entries.get, paths)
            if entry is not None
        ]


def refs(commit: Commit) -> Document:
    """Return what `GET /api/models/{id}/refs` tells: the one branch, which stands at a commit."""
    main = {"name": MAIN, "ref": f"refs/heads/{MAIN}", "targetCommit": str(commit)}
    return {"branches": [main], "tags": [], "converts": [], "pullRequests": []}
