"""Where a checkpoint comes from: the body of a request, a token, or a name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request

from service.checkpoints.checkpoint import LONGEST_TEXT, Checkpoint
from service.checkpoints.container import SAFETENSORS, Container
from service.delivery.answering import AnswerCost, answered
from service.delivery.checkpoint_representation import CheckpointRepresentation, CheckpointUrl
from service.delivery.negotiation import Offered
from service.requests.body import read_document
from service.requests.checkpoints.folder import ManifestFolder, UnreadableManifest
from service.requests.checkpoints.published import NamedManifest, published
from service.requests.checkpoints.request import (
    CheckpointRequest,
    UnknownCheckpoint,
    document_of_token,
    read_request,
    reading_cost,
    recipe_seconds,
)
from service.requests.checkpoints.wish import FILE_FORMATS, Wish, agreed, read_wish, wish_of
from service.requests.faults import InvalidRequest
from service.requests.members import Members
from service.settings import Settings

_VALUES_A_TENSOR = 4
_VALUES = 2**16
"""Objects and lists in a manifest: so many for each tensor, and so many beyond."""


@dataclass(frozen=True)
class Found:
    """The checkpoint that a URL names."""

    checkpoint: Checkpoint
    place: CheckpointUrl | None
    is_kept: bool = False
    """Whether that is one that an operator may change."""

    def representation(self, name: str) -> CheckpointRepresentation:
        """Return a file of it."""
        is_drawn = self.checkpoint.is_drawn
        return CheckpointRepresentation(self.checkpoint, self.place, name, self.is_kept, is_drawn=is_drawn)


class Posted(NamedTuple):
    """A body, and the query beside it."""

    document: Any
    nbytes: int
    query: Members
    wish: Wish
    """How it is to be answered, by both."""


async def read_posted(request: Request, formats: Sequence[Offered]) -> Posted:
    """Return what a request to POST /checkpoints, or to its plan, says."""
    settings = request.state.settings
    query, wish = read_wish(request, formats)
    document, nbytes = await read_document(
        request, settings.max_manifest_bytes, _VALUES + _VALUES_A_TENSOR * settings.max_tensors
    )
    of_body = wish_of(document, FILE_FORMATS, in_body=True) if isinstance(document, dict) else Wish()
    container = agreed(wish.container, of_body.container, in_body=True)
    return Posted(document, nbytes, query, Wish(wish.format or of_body.format, container))


async def checkpoint_of(posted: Posted, request: Request) -> Checkpoint:
    """Return the checkpoint of a body."""
    most, container = request.state.settings.max_tensors, posted.wish.container or SAFETENSORS
    read = functools.partial(read_request, posted.document, posted.query, container, posted.nbytes, most)
    seconds = recipe_seconds(posted.document, posted.query)
    return await _resolved(read, reading_cost(posted.nbytes, seconds), request)


async def found(query: Members, container: Container, request: Request) -> Found:
    """Return what a path names: a token, or a manifest that the operator keeps. Raises UnknownCheckpoint."""
    source, recent = request.path_params["source"], request.state.recent_checkpoints
    kept = await manifest_in_folder(source, request) or published(source)
    question = (source, kept and kept.version, container.name, tuple(sorted(query.values.items())))
    checkpoint = recent.find(question)
    if checkpoint is None:
        checkpoint = await named(source, kept, query, container, request)
        if not checkpoint.is_drawn:
            recent.keep(question, checkpoint)
    place = url_of(checkpoint)
    if place is None:
        said = dict(query.values)
        if checkpoint.seed is not None:
            said["seed"] = str(checkpoint.seed)
        place = CheckpointUrl(f"/checkpoints/{quote(source, safe='')}", urlencode(said, doseq=True))
    return Found(checkpoint, place, is_kept=kept is not None)


async def manifest_in_folder(name: str, request: Request) -> NamedManifest | None:
    """Return the manifest that the operator keeps under a name; None where there is none."""
    manifests: ManifestFolder = request.state.manifests
    if not manifests.may_have(name):
        return None
    # A folder may be slow: one that is on another machine is.
    manifest: NamedManifest | None = await request.state.executors.aside(functools.partial(manifests.find, name))
    return manifest


async def named(
    source: str, kept: NamedManifest | None, query: Members, container: Container, request: Request
) -> Checkpoint:
    """Return the checkpoint of a manifest that has a name, or else of a token, as a query asks for it.

    Raises UnknownCheckpoint, InvalidRequest, OverLimit and Overloaded.
    """
    read = functools.partial(_read, source, kept, query, container, request.state.settings)
    seconds = recipe_seconds(None, query)
    cost = reading_cost(LONGEST_TEXT, seconds) if kept is None else reading_cost(kept.nbytes, kept.seconds + seconds)
    return await _resolved(read, cost, request)


def _read(
    source: str, kept: NamedManifest | None, query: Members, container: Container, settings: Settings
) -> CheckpointRequest:
    """Return what a path names, as it is asked for. Raises UnknownCheckpoint and InvalidRequest."""
    limit = settings.max_manifest_bytes
    try:
        document, nbytes = document_of_token(source, limit) if kept is None else (kept.read(limit), kept.nbytes)
        return read_request(document, query, container, nbytes, settings.max_tensors, is_kept=True)
    except UnreadableManifest as error:
        raise UnknownCheckpoint(f"the manifest {source!r} of this server cannot be read: {error}") from error
    except InvalidRequest as error:
        # There is no body to point into.
        raise InvalidRequest(error.faults, in_body=False) from error


async def _resolved(read: Callable[[], CheckpointRequest], cost: AnswerCost, request: Request) -> Checkpoint:
    """Return a checkpoint, understood beside the event loop; `cost` is that of reading it."""
    settings = request.state.settings
    asked = await answered(request, read, cost)
    return await answered(request, functools.partial(asked.resolve, settings), asked.cost)


def url_of(checkpoint: Checkpoint) -> CheckpointUrl | None:
    """Return where anyone gets a checkpoint again; None where its manifest is too long for a URL."""
    return None if checkpoint.url is None else CheckpointUrl(checkpoint.url)
