"""The Hugging Face Hub's routes for reading, of repositories `fanin/{model}` alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.api.checkpoint_replies import file_reply
from service.api.checkpoint_sources import named
from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.container import SAFETENSORS
from service.delivery.answering import AnswerCost, answered
from service.delivery.hub_file import COMMIT, HubFile
from service.delivery.reply import reply
from service.hub.commit import Commit
from service.hub.errors import EntryNotFound
from service.hub.repository import Repository
from service.hub.revision import MAIN, read_revision
from service.hub.small_file import SmallFile
from service.hub.snapshot import Document, Snapshot, refs
from service.hub.variant import MOST_SHARD_BYTES, Variant
from service.requests.answer_form import JSON
from service.requests.checkpoints.published import published
from service.requests.hub import read_paths, refuse_draw
from service.requests.members import Members
from service.requests.query import refuse_content

_TENSOR_BYTES, _TENSOR_SECONDS = 600, 3e-6
"""Of memory, and of processor time, that a tensor takes where the files of a repository are told."""

_FILE_SECONDS = 2e-5
_WAY_ROUND = "ask for the files one by one"

_OF_TENSORS = "model"
"""What the names of files of tensors begin with, and that of their index."""

_LONGEST_PATH = 200
"""Characters of a path that an answer repeats."""


@dataclass(frozen=True)
class Asked:
    """What a URL is about."""

    repository: Repository
    variant: Variant
    commit: Commit
    is_fixed: bool
    """Whether the URL has the commit, and not words."""

    @classmethod
    async def by(cls, request: Request) -> Asked:
        """Read the URL of a request. Raises InvalidRequest, RepositoryNotFound and RevisionNotFound."""
        refuse_draw(request)
        repository = request.state.repositories.find(request.path_params["model"])
        draw = read_revision(request.path_params.get("revision", MAIN))
        variant = repository.variant(draw)
        if not variant.is_prepared:
            await request.state.executors.aside(variant.prepare)
        return cls(repository, variant, variant.commit(draw), draw.is_fixed)

    async def snapshot(self, request: Request) -> Snapshot:
        """Return the files at the commit, worked out beside the event loop. Raises OverLimit and Overloaded."""
        recent = request.state.recent_snapshots
        question = (self.repository.name, self.commit)
        snapshot: Snapshot | None = recent.find(question)
        if snapshot is None:
            checkpoint = await self._checkpoint(request)
            snapshot = Snapshot(self.repository, self.variant, self.commit, checkpoint)
            await answered(request, snapshot.prepare, _cost(checkpoint))
            recent.keep(question, snapshot)
        return snapshot

    async def _checkpoint(self, request: Request) -> Checkpoint:
        name, commit = self.repository.name, self.commit
        said = {"seed": str(commit.seed), "dtype": commit.dtype, "max_shard_size": str(MOST_SHARD_BYTES)}
        return await named(name, published(name), Members(said, in_body=False), SAFETENSORS, request)

    def file(self, path: str, source: SmallFile | Snapshot) -> HubFile:
        """Return a file, from its bytes or from what they are made from."""
        return HubFile(self.repository, self.commit, path, source, self.is_fixed)


async def get_repository(request: Request) -> Response:
    """Describe a repository at a revision: its commit and its files."""
    refuse_content(request)
    snapshot = await (await Asked.by(request)).snapshot(request)
    return await _told(snapshot, snapshot.info, request)


async def get_tree(request: Request) -> Response:
    """List the files of a repository at a revision; it has no folders."""
    refuse_content(request)
    asked, folder = await Asked.by(request), request.path_params.get("folder", "").strip("/")
    if folder:
        raise _unknown_entry(folder, asked.commit, "folder")
    snapshot = await asked.snapshot(request)
    return await _told(snapshot, lambda: snapshot.tree(snapshot.entries), request)


async def post_paths(request: Request) -> Response:
    """Describe files of a repository at a revision; paths of which there are none are left out."""
    paths = await read_paths(request)
    snapshot = await (await Asked.by(request)).snapshot(request)
    return await _told(snapshot, lambda: snapshot.tree(paths), request)


async def get_refs(request: Request) -> Response:
    """List the branches of a repository: main, the draw of seed 0. Every other draw is a revision too."""
    refuse_content(request)
    asked = await Asked.by(request)
    page = orjson.dumps(refs(asked.commit))
    return Response(page, media_type=JSON.media_type, headers={"Cache-Control": "no-cache"})


async def get_hub_file(request: Request) -> Response:
    """Make a file of a repository at a revision."""
    refuse_content(request)
    asked, path = await Asked.by(request), request.path_params["path"]
    if path in asked.variant.files:
        return reply(asked.file(path, asked.variant.files[path]), request, request.state.executors)
    if not path.startswith(_OF_TENSORS):
        # Clients look for many files that only some repositories have.
        raise _unknown_entry(path, asked.commit)
    snapshot = await asked.snapshot(request)
    if path not in snapshot.entries:
        raise _unknown_entry(path, asked.commit)
    file = asked.file(path, snapshot.small_files.get(path, snapshot))
    return file_reply(file, snapshot.checkpoint, request)


async def _told(snapshot: Snapshot, document: Callable[[], Document | list[Document]], request: Request) -> Response:
    """Return a reply in JSON, made beside the event loop. Raises OverLimit and Overloaded."""
    body = await answered(request, lambda: orjson.dumps(document()), _cost(snapshot.checkpoint))
    headers = {"Cache-Control": "no-cache", COMMIT: str(snapshot.commit)}
    return Response(body, media_type=JSON.media_type, headers=headers)


def _cost(checkpoint: Checkpoint) -> AnswerCost:
    tensors, files = len(checkpoint.members), len(checkpoint.files)
    return AnswerCost(_TENSOR_BYTES * tensors, _TENSOR_SECONDS * tensors + _FILE_SECONDS * files, _WAY_ROUND)


def _unknown_entry(path: str, commit: Commit, kind: str = "file") -> EntryNotFound:
    return EntryNotFound(f"the repository has no {kind} {path[:_LONGEST_PATH]!r} at this revision", str(commit))
