"""A file of a checkpoint: its URL under `/checkpoints`, and the headers that describe it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from service.checkpoints.body import CheckpointBody
from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.container import SAFETENSORS, Container
from service.checkpoints.shards import INDEX
from service.delivery.attachment import attachment
from service.delivery.conditional import EntityTag
from service.delivery.representation import Representation
from service.formats.body import Body
from service.formats.content import Content
from service.lazy import lazy


@dataclass(frozen=True)
class CheckpointUrl:
    """Where the files of a checkpoint are, relative to the server's root."""

    folder: str
    query: str = ""

    def of(self, file_name: str) -> str:
        """Return the URL of a file."""
        return f"{self.folder}/{file_name}{'?' if self.query else ''}{self.query}"

    def plan(self, container: Container) -> str:
        """Return the URL of the plan of files of a container."""
        plan = self.of("plan")
        if container is SAFETENSORS:
            return plan
        return f"{plan}{'&' if self.query else '?'}container={container.name}"


@dataclass(frozen=True)
class CheckpointRepresentation(Representation):
    """A file of tensors, or the index of several."""

    checkpoint: Checkpoint
    place: CheckpointUrl | None
    """The URL of the checkpoint; None where it has none, for its manifest is too long."""
    file_name: str
    is_kept: bool = False
    """Whether the URL names a manifest that its operator may change."""

    @property
    def url(self) -> str:
        return self.file_name if self.place is None else self.place.of(self.file_name)

    @lazy
    def body(self) -> Body:
        if self.file_name == INDEX:
            return Content(self.checkpoint.index)
        file = self.checkpoint.files[self.file_name]
        return CheckpointBody(file.header, file)

    @lazy
    def tag(self) -> EntityTag:
        """The entity tag: it covers the manifest, as its canonical text, and what stands before the elements."""
        digest = hashlib.blake2b(self.checkpoint.digest, digest_size=16)
        digest.update(b"\0" + self.file_name.encode() + b"\0" + self._frame_digest)
        return EntityTag(digest.hexdigest(), weak=False)

    @property
    def _frame_digest(self) -> bytes:
        return b"" if self.file_name == INDEX else self.checkpoint.files[self.file_name].digest

    def validators(self, root_path: str) -> dict[str, str]:
        headers = super().validators(root_path)
        return headers | {"Cache-Control": "no-cache"} if self.is_kept and not self.is_drawn else headers

    def location(self, root_path: str) -> dict[str, str]:
        return {} if self.place is None else super().location(root_path)

    def description(self) -> dict[str, str]:
        stem, _, extension = self.file_name.rpartition(".")
        seed = self.checkpoint.seed
        return {
            "Content-Type": "application/json" if self.file_name == INDEX else self.checkpoint.container.media_type,
            **({} if seed is None else {"Fanin-Seed": str(seed)}),
            "Fanin-Parameters": str(self.checkpoint.parameters),
            "Fanin-Tensors": str(len(self.checkpoint.members)),
            "Content-Disposition": attachment(stem, extension),
        }
