"""`/checkpoints`: the tensors of whole models."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.checkpoints.checkpoint import LONGEST_TEXT, Checkpoint
from service.checkpoints.container import CONTAINERS, SAFETENSORS, Container, container_of
from service.checkpoints.shards import INDEX
from service.delivery.answering import AnswerCost, answered
from service.delivery.checkpoint_plan import PLAN_BYTES, PLAN_SECONDS, plan_document, plan_text
from service.delivery.checkpoint_representation import CheckpointRepresentation, CheckpointUrl
from service.delivery.negotiation import Offer, Offered, choose
from service.delivery.reply import reply
from service.observability.exchange import SUBJECT, Subject
from service.requests.answer_form import JSON, TEXT
from service.requests.body import read_document
from service.requests.checkpoints.folder import ManifestFolder, UnreadableManifest
from service.requests.checkpoints.published import NamedManifest, published
from service.requests.checkpoints.request import (
    CheckpointRequest,
    UnknownCheckpoint,
    document_of_token,
    read_request,
)
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.query import read_query, refuse_content
from service.settings import Settings

CHECKPOINT = "checkpoint"
"""What stands in the place of an initializer where replies are counted."""

PLAN_FORMATS = (JSON, TEXT)
FILE_FORMATS: tuple[Offered, ...] = (*CONTAINERS.values(), *PLAN_FORMATS)
"""In which a checkpoint is answered: its file, or its plan."""

_READING = 1e-4
_READING_A_BYTE = 2e-8
"""Seconds of processor time that reading a manifest takes, about, and each byte of it."""

_BODY_BYTES = 10
"""Of memory, about, for each byte of a manifest."""

_VALUES_A_TENSOR = 4
_VALUES = 2**16
"""Objects and lists in a manifest: so many for each tensor, and so many beyond."""

_LISTED = 8
"""Files that a refusal lists."""

_LONGEST_NAME = 64
"""Characters of a file's name that one repeats."""


class _Wish(NamedTuple):
    """How a checkpoint is to be answered; None where nothing says."""

    format: Offered | None = None
    container: Container | None = None


async def post_checkpoint(request: Request) -> Response:
    """Make a checkpoint: the names and shapes of a model's tensors in, a safetensors or GGUF file out."""
    query, wish = _query(request, FILE_FORMATS)
    checkpoint, chosen = await _posted(query, wish, request)
    if chosen not in PLAN_FORMATS:
        return _file_reply(CheckpointRepresentation(checkpoint, _url(checkpoint), checkpoint.main_file), request)
    return await _plan_reply(checkpoint, _url(checkpoint), chosen, request)


async def post_plan(request: Request) -> Response:
    """Plan a checkpoint: its files, and each of its tensors, before any of it is made."""
    query, wish = _query(request, PLAN_FORMATS)
    checkpoint, _ = await _posted(query, wish, request)
    chosen = wish.format or choose(None, request.headers.get("accept"), PLAN_FORMATS)
    return await _plan_reply(checkpoint, _url(checkpoint), chosen, request)


async def list_checkpoints(request: Request) -> Response:
    """List the checkpoints whose manifests the operator keeps."""
    refuse_content(request)
    names = await request.state.executors.aside(request.state.manifests.names)
    page = {"checkpoints": [{"name": name, "href": f"{_root_path(request)}/checkpoints/{name}"} for name in names]}
    return Response(orjson.dumps(page), media_type=JSON.media_type, headers={"Cache-Control": "no-cache"})


async def get_checkpoint(request: Request) -> Response:
    """Plan the checkpoint of a token or a name, or, for `Accept: application/vnd.safetensors`, make its file."""
    refuse_content(request)
    query, wish = _query(request, FILE_FORMATS)
    container = wish.container or SAFETENSORS
    chosen = wish.format or choose(None, request.headers.get("accept"), (*PLAN_FORMATS, container))
    found = await _found(query, container, request)
    if chosen not in PLAN_FORMATS:
        return _file_reply(found.representation(found.checkpoint.main_file), request)
    return await _plan_reply(found.checkpoint, found.place, chosen, request)


async def get_file(request: Request) -> Response:
    """Make a file of the checkpoint of a token or a name."""
    refuse_content(request)
    query, wish = _query(request, FILE_FORMATS)
    name = request.path_params["file"]
    container = _agreed(wish.container, container_of(name), in_body=False)
    found = await _found(query, container or SAFETENSORS, request)
    if name == "plan":
        chosen = wish.format if wish.format in PLAN_FORMATS else None
        return await _plan_reply(found.checkpoint, found.place, chosen or JSON, request)
    if name not in found.checkpoint.files and not (name == INDEX and len(found.checkpoint.files) > 1):
        names = [*found.checkpoint.files][:_LISTED]
        raise UnknownCheckpoint(f"this checkpoint has no file {name[:_LONGEST_NAME]!r}; it has {', '.join(names)}")
    return _file_reply(found.representation(name), request)


@dataclass(frozen=True)
class _Found:
    """The checkpoint that a URL names."""

    checkpoint: Checkpoint
    place: CheckpointUrl | None
    is_kept: bool = False
    """Whether that is one that an operator may change."""

    def representation(self, name: str) -> CheckpointRepresentation:
        """Return a file of it."""
        is_drawn = self.checkpoint.is_drawn
        return CheckpointRepresentation(self.checkpoint, self.place, name, self.is_kept, is_drawn=is_drawn)


async def _posted(query: Members, wish: _Wish, request: Request) -> tuple[Checkpoint, Offered | None]:
    """Return the checkpoint of a body, and the format that the query or the body asks for."""
    settings = request.state.settings
    document, nbytes = await read_document(
        request, settings.max_manifest_bytes, _VALUES + _VALUES_A_TENSOR * settings.max_tensors
    )
    of_body = _wish(document, FILE_FORMATS, in_body=True) if isinstance(document, dict) else _Wish()
    container = _agreed(wish.container, of_body.container, in_body=True) or SAFETENSORS
    read = functools.partial(read_request, document, query, container, nbytes, settings.max_tensors)
    return await _resolved(read, _reading_cost(nbytes), request), wish.format or of_body.format


async def _found(query: Members, container: Container, request: Request) -> _Found:
    """Return what a path names: a token, or a manifest that the operator keeps. Raises UnknownCheckpoint."""
    source, recent = request.path_params["source"], request.state.recent_checkpoints
    manifests: ManifestFolder = request.state.manifests
    # A folder may be slow: one that is on another machine is.
    find = functools.partial(manifests.find, source)
    in_folder = await request.state.executors.aside(find) if manifests.may_have(source) else None
    kept: NamedManifest | None = in_folder or published(source)
    question = (source, kept and kept.version, container.name, tuple(sorted(query.values.items())))
    checkpoint = recent.find(question)
    if checkpoint is None:
        read = functools.partial(_read, source, kept, query, container, request.state.settings)
        cost = _reading_cost(LONGEST_TEXT) if kept is None else _reading_cost(kept.nbytes, kept.seconds)
        checkpoint = await _resolved(read, cost, request)
        if not checkpoint.is_drawn:
            recent.keep(question, checkpoint)
    place = _url(checkpoint)
    if place is None:
        said = dict(query.values)
        if checkpoint.seed is not None:
            said["seed"] = str(checkpoint.seed)
        place = CheckpointUrl(f"/checkpoints/{quote(source, safe='')}", urlencode(said, doseq=True))
    return _Found(checkpoint, place, is_kept=kept is not None)


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


def _reading_cost(nbytes: int, seconds: float = 0.0) -> AnswerCost:
    """Return what a manifest of `nbytes` takes, read in so many seconds."""
    return AnswerCost(_BODY_BYTES * nbytes, _READING + seconds + nbytes * _READING_A_BYTE, "keep it as JSON")


async def _resolved(read: Callable[[], CheckpointRequest], cost: AnswerCost, request: Request) -> Checkpoint:
    """Return a checkpoint, understood beside the event loop; `cost` is that of reading it."""
    settings = request.state.settings
    asked = await answered(request, read, cost)
    return await answered(request, functools.partial(asked.resolve, settings), asked.cost)


def _url(checkpoint: Checkpoint) -> CheckpointUrl | None:
    return None if checkpoint.url is None else CheckpointUrl(checkpoint.url)


def _query(request: Request, formats: Sequence[Offered]) -> tuple[Members, _Wish]:
    """Return the members of the query but those that say how to answer, and what they say. Raises InvalidRequest."""
    members = read_query(request)
    return members, _wish(members.values, formats, in_body=False)


def _wish(values: dict[str, Any], formats: Sequence[Offered], *, in_body: bool) -> _Wish:
    """Take out of a query or a body how it is to be answered. Raises InvalidRequest."""
    format_ = _taken("format", values, formats, in_body)
    container = _taken("container", values, [*CONTAINERS.values()], in_body)
    return _Wish(format_, _agreed(format_ if isinstance(format_, Container) else None, container, in_body=in_body))


def _taken(member: str, values: dict[str, Any], offered: Sequence[Offer], in_body: bool) -> Offer | None:
    # A map of names and shapes may have a tensor that is called so.
    if not isinstance(values.get(member), str | tuple):
        return None
    name = values.pop(member)
    found = next((offer for offer in offered if offer.name == name), None)
    if found is None:
        listed = " or ".join(offer.name for offer in offered)
        raise InvalidRequest([Fault(member, f"must be {listed}")], in_body)
    return found


def _agreed(first: Container | None, second: Container | None, *, in_body: bool) -> Container | None:
    """Return the container that one of two places says, or both. Raises InvalidRequest."""
    if first is not None and second is not None and first is not second:
        detail = f"is both {first.name} and {second.name}: ask for one"
        raise InvalidRequest([Fault("container", detail)], in_body)
    return first or second


def _root_path(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _file_reply(representation: CheckpointRepresentation, request: Request) -> Response:
    settings = request.state.settings
    body, checkpoint = representation.body, representation.checkpoint
    request.scope[SUBJECT] = Subject(
        representation.url, checkpoint.container.name, CHECKPOINT, checkpoint.parameters, body.length
    )
    return reply(representation, request, request.state.executors, check=settings.limits.check_checkpoint)


async def _plan_reply(
    checkpoint: Checkpoint, place: CheckpointUrl | None, format_: Offered, request: Request
) -> Response:
    count = len(checkpoint.members)

    def plan() -> bytes:
        if format_ is TEXT:
            return plan_text(checkpoint, place).encode()
        return orjson.dumps(plan_document(checkpoint, place)) + b"\n"

    cost = AnswerCost(PLAN_BYTES * count, PLAN_SECONDS * count, "ask for it in parts, with only")
    body = await answered(request, plan, cost)
    headers = {"Cache-Control": "no-store" if checkpoint.is_drawn else "no-cache"}
    if place is not None:
        headers["Content-Location"] = _root_path(request) + place.plan(checkpoint.container)
    return Response(body, media_type=format_.media_type, headers=headers)
