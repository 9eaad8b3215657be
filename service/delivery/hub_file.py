"""A file of a repository of the Hub, with the headers by which its clients know what they have."""

from __future__ import annotations

from dataclasses import dataclass

from service.checkpoints.body import CheckpointBody
from service.checkpoints.container import SAFETENSORS
from service.delivery.attachment import inline
from service.delivery.conditional import EntityTag
from service.delivery.representation import Representation
from service.formats.body import Body
from service.formats.content import Content
from service.hub.commit import Commit
from service.hub.repository import Repository
from service.hub.small_file import SmallFile
from service.hub.snapshot import Snapshot
from service.lazy import lazy

COMMIT = "X-Repo-Commit"
"""The header that has the commit."""

_MEDIA_TYPES = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "safetensors": SAFETENSORS.media_type,
}


@dataclass(frozen=True)
class HubFile(Representation):
    """A file at a commit."""

    repository: Repository
    commit: Commit
    path: str
    source: SmallFile | Snapshot
    """Its bytes, or what they are made from."""
    is_fixed: bool
    """Whether the request's URL has the commit, and not words that may come to mean another."""

    @property
    def url(self) -> str:
        return f"/{self.repository.id}/resolve/{self.commit}/{self.path}"

    @lazy
    def body(self) -> Body:
        if isinstance(self.source, SmallFile):
            return Content(self.source.content)
        file = self.source.checkpoint.files[self.path]
        return CheckpointBody(file.header, file)

    @lazy
    def tag(self) -> EntityTag:
        """The entity tag: clients keep files by it, so it is what trees tell too."""
        source = self.source
        return EntityTag(source.oid if isinstance(source, SmallFile) else source.entries[self.path].oid, weak=False)

    def validators(self, root_path: str) -> dict[str, str]:
        headers = super().validators(root_path) | {COMMIT: str(self.commit)}
        return headers if self.is_fixed else headers | {"Cache-Control": "no-cache"}

    def description(self) -> dict[str, str]:
        _, _, extension = self.path.rpartition(".")
        return {
            "Content-Type": _MEDIA_TYPES.get(extension, "application/octet-stream"),
            "Content-Disposition": inline(self.path),
        }
