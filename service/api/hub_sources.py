"""What a URL of the Hub is about: a repository at a revision."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from starlette.requests import Request

from service.api.checkpoint_sources import manifest_in_folder, named
from service.checkpoints.checkpoint import Checkpoint
from service.checkpoints.container import SAFETENSORS
from service.checkpoints.token import canonical_text
from service.delivery.answering import AnswerCost, answered
from service.delivery.hub_file import HubFile
from service.hub.commit import Commit
from service.hub.errors import RepositoryNotFound
from service.hub.repository import OWNER, Repository, unknown_repository
from service.hub.revision import MAIN, read_revision
from service.hub.small_file import SmallFile
from service.hub.snapshot import Snapshot
from service.hub.variant import MOST_SHARD_BYTES, Variant
from service.models.published import PublishedModel
from service.requests.checkpoints.folder import UnreadableManifest
from service.requests.checkpoints.published import NamedManifest, published
from service.requests.checkpoints.request import reading_cost
from service.requests.hub import refuse_draw
from service.requests.members import Members
from service.requests.models import model_of_manifest

_TENSOR_BYTES, _TENSOR_SECONDS = 600, 3e-6
"""Of memory, and of processor time, that a tensor takes where the files of a repository are told."""

_FILE_SECONDS = 2e-5
_WAY_ROUND = "ask for the files one by one"


@dataclass(frozen=True)
class Asked:
    """What a URL is about."""

    repository: Repository
    manifest: NamedManifest
    """That of the model."""
    variant: Variant
    commit: Commit
    is_fixed: bool
    """Whether the URL has the commit, and not words."""

    @classmethod
    async def by(cls, request: Request) -> Asked:
        """Read the URL of a request. Raises InvalidRequest, RepositoryNotFound and RevisionNotFound."""
        refuse_draw(request)
        repository, manifest = await _found(request.path_params["model"], request)
        draw = read_revision(request.path_params.get("revision", MAIN))
        variant = repository.variant(draw)
        if not variant.is_prepared:
            await request.state.executors.aside(variant.prepare)
        return cls(repository, manifest, variant, variant.commit(draw), draw.is_fixed)

    async def snapshot(self, request: Request) -> Snapshot:
        """Return the files at the commit, worked out beside the event loop. Raises OverLimit and Overloaded."""
        recent = request.state.recent_snapshots
        question = (self.repository.name, self.commit)
        snapshot: Snapshot | None = recent.find(question)
        if snapshot is None:
            checkpoint = await self._checkpoint(request)
            snapshot = Snapshot(self.repository, self.variant, self.commit, checkpoint)
            await answered(request, snapshot.prepare, cost_of_telling(checkpoint))
            recent.keep(question, snapshot)
        return snapshot

    async def _checkpoint(self, request: Request) -> Checkpoint:
        name, commit = self.repository.name, self.commit
        said = {"seed": str(commit.seed), "dtype": commit.dtype, "max_shard_size": str(MOST_SHARD_BYTES)}
        return await named(name, self.manifest, Members(said, in_body=False), SAFETENSORS, request)

    def file(self, path: str, source: SmallFile | Snapshot) -> HubFile:
        """Return a file, from its bytes or from what they are made from."""
        return HubFile(self.repository, self.commit, path, source, self.is_fixed)


def cost_of_telling(checkpoint: Checkpoint) -> AnswerCost:
    """Return what it takes to tell of the files of a checkpoint."""
    tensors, files = len(checkpoint.members), len(checkpoint.files)
    return AnswerCost(_TENSOR_BYTES * tensors, _TENSOR_SECONDS * tensors + _FILE_SECONDS * files, _WAY_ROUND)


async def _found(name: str, request: Request) -> tuple[Repository, NamedManifest]:
    """Return the repository of a name, and its manifest: of a published model, or of one that the operator keeps.

    Raises RepositoryNotFound.
    """
    state = request.state
    of_published = published(name)
    if of_published is not None:
        return state.repositories.published(name), of_published
    kept = await manifest_in_folder(name, request)
    if kept is None:
        raise unknown_repository(f"{OWNER}/{name}")
    repository: Repository | None = state.repositories.kept(name, kept.version)
    if repository is None:
        read = functools.partial(_of_kept, name, kept, state.settings.max_manifest_bytes)
        repository = await answered(request, read, reading_cost(kept.nbytes, kept.seconds))
        state.repositories.keep(repository, kept.version)
    return repository, kept


def _of_kept(name: str, kept: NamedManifest, limit: int) -> Repository:
    """Return the repository of a manifest that has a configuration. Raises RepositoryNotFound."""
    try:
        document = kept.read(limit)
    except UnreadableManifest as error:
        raise RepositoryNotFound(f"the manifest {name!r} of this server cannot be read: {error}") from error
    model = model_of_manifest(name, document)
    repository = None
    if model is not None:
        repository = Repository(name, PublishedModel(model.config, model.parameters), canonical_text(document))
    if repository is None or not repository.is_possible:
        detail = f"the manifest {name!r} of this server is no repository: that wants a config.json, of real numbers"
        raise RepositoryNotFound(detail)
    return repository
