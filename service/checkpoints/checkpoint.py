"""A checkpoint: the tensors of a model, in one file or several."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from service.checkpoints.container import SAFETENSORS, Container
from service.checkpoints.file import CheckpointFile
from service.checkpoints.member import Member
from service.checkpoints.shards import INDEX, file_names, split
from service.checkpoints.token import encode

LONGEST_URL = 2**13
"""Characters of a checkpoint's URL: proxies allow so many."""

LONGEST_TEXT = 2**19
"""Bytes of a manifest that may fit into one."""

MOST_FILES = 2**12
"""Of one checkpoint: each has a header."""

MOST_BYTES = 2**62
"""Of all its tensors: readers count them in 64 bits."""


class TooManyFiles(ValueError):
    """A checkpoint in more files than are made."""

    def __init__(self, count: int) -> None:
        super().__init__(f"the checkpoint has {count} files")
        self.count = count


class NotCountable(ValueError):
    """A checkpoint of more bytes than readers can count."""

    def __init__(self, nbytes: int) -> None:
        super().__init__(f"the checkpoint has {nbytes} bytes")
        self.nbytes = nbytes


@dataclass(frozen=True)
class Checkpoint:
    """The tensors of a model; nothing of them is made."""

    text: bytes
    """The canonical JSON of the manifest that it follows from."""
    members: Sequence[Member]
    """In the order of their bytes."""
    tied: Mapping[str, str]
    """Names that stand for another tensor of it, and have no bytes of their own."""
    metadata: Mapping[str, str]
    """What a manifest puts into the headers."""
    most_bytes: int | None
    """Of the elements in one file; None for all in one."""
    seed: int | None = None
    """That of all tensors that say none; None where there are no such tensors that draw."""
    is_drawn: bool = False
    """Whether the seed was drawn for this reply."""
    container: Container = SAFETENSORS
    """Of its files; the manifest says nothing of it."""

    @cached_property
    def files(self) -> Mapping[str, CheckpointFile]:
        """The files by their names. Raises TooManyFiles."""
        parts = [list(self.members)] if self.most_bytes is None else split(self.members, self.most_bytes)
        if len(parts) > MOST_FILES:
            raise TooManyFiles(len(parts))
        names = file_names(len(parts), self.container.name)
        return {name: self._file(part) for name, part in zip(names, parts, strict=True)}

    @property
    def main_file(self) -> str:
        """The name of what it is answered by: its one file, or the index of several."""
        return next(iter(self.files)) if len(self.files) == 1 else INDEX

    @cached_property
    def parameters(self) -> int:
        """Numbers in all tensors, those of tied ones once."""
        return sum(member.kind.sample.size for member in self.members)

    @cached_property
    def elements_bytes(self) -> int:
        """The size of all tensors, without headers."""
        return sum(member.kind.nbytes for member in self.members)

    @cached_property
    def digest(self) -> bytes:
        """That of the manifest."""
        return hashlib.blake2b(self.text, digest_size=16).digest()

    @cached_property
    def index(self) -> bytes:
        """The JSON that says which file each tensor is in, as Hugging Face's libraries read it."""
        of_members = {member.name: name for name, file in self.files.items() for member in file.members}
        of_tied = {alias: of_members[name] for alias, name in self.tied.items() if name in of_members}
        page: dict[str, Any] = {
            "metadata": {"total_parameters": self.parameters, "total_size": self.elements_bytes},
            "weight_map": dict(sorted({**of_members, **of_tied}.items())),
        }
        return orjson.dumps(page, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @cached_property
    def url(self) -> str | None:
        """Where anyone gets it again, relative to the server's root; None where its manifest is too long for a URL."""
        if len(self.text) > LONGEST_TEXT:
            return None
        url = f"/checkpoints/{encode(self.text)}"
        return url if len(url) <= LONGEST_URL else None

    def prepare(self) -> None:
        """Work out what replies ask of it, which takes a while where there are many tensors.

        Raises HeaderTooLarge, Unwritable, TooManyFiles and NotCountable.
        """
        if self.elements_bytes > MOST_BYTES:
            raise NotCountable(self.elements_bytes)
        for file in self.files.values():
            file.prepare()
        if len(self.files) > 1:
            _ = self.index
        _ = self.url, self.parameters, self.digest

    def _file(self, members: Sequence[Member]) -> CheckpointFile:
        names = {member.name for member in members}
        tied = {alias: name for alias, name in self.tied.items() if name in names}
        return CheckpointFile(members, self.container.metadata(self.metadata, tied), self.container)
