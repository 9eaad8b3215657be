"""`/checkpoints`: the tensors of whole models."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.checkpoints.checkpoint import LONGEST_TEXT, Checkpoint
from service.checkpoints.shards import INDEX, SINGLE_FILE
from service.delivery.answering import AnswerCost, answered
from service.delivery.checkpoint_plan import PLAN_BYTES, PLAN_SECONDS, plan_document, plan_text
from service.delivery.checkpoint_representation import MEDIA_TYPE, CheckpointRepresentation, CheckpointUrl
from service.delivery.negotiation import choose
from service.delivery.reply import reply
from service.observability.exchange import SUBJECT, Subject
from service.requests.answer_form import JSON, TEXT, AnswerFormat
from service.requests.body import read_document
from service.requests.checkpoints.folder import KeptManifest, ManifestFolder, UnreadableManifest
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

SAFETENSORS = AnswerFormat("safetensors", MEDIA_TYPE)
FILE_FORMATS = (SAFETENSORS, JSON, TEXT)
"""In which a checkpoint is answered: its file, or its plan."""
PLAN_FORMATS = (JSON, TEXT)

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


async def post_checkpoint(request: Request) -> Response:
    """Make a checkpoint: the names and shapes of a model's tensors in, a safetensors file out."""
    query, format_ = _query(request, FILE_FORMATS)
    checkpoint, of_body = await _posted(query, request)
    format_ = format_ or of_body or SAFETENSORS
    if format_ is SAFETENSORS:
        representation = CheckpointRepresentation(checkpoint, _url(checkpoint), _main_file(checkpoint))
        return _file_reply(representation, request)
    return await _plan_reply(checkpoint, _url(checkpoint), format_, request)


async def post_plan(request: Request) -> Response:
    """Plan a checkpoint: its files, and each of its tensors, before any of it is made."""
    query, format_ = _query(request, PLAN_FORMATS)
    checkpoint, _ = await _posted(query, request)
    chosen = format_ or choose(None, request.headers.get("accept"), PLAN_FORMATS)
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
    query, format_ = _query(request, FILE_FORMATS)
    found = await _found(query, request)
    chosen = format_ or choose(None, request.headers.get("accept"), (JSON, TEXT, SAFETENSORS))
    if chosen is SAFETENSORS:
        return _file_reply(found.representation(_main_file(found.checkpoint)), request)
    return await _plan_reply(found.checkpoint, found.place, chosen, request)


async def get_file(request: Request) -> Response:
    """Make a file of the checkpoint of a token or a name."""
    refuse_content(request)
    query, format_ = _query(request, FILE_FORMATS)
    name = request.path_params["file"]
    found = await _found(query, request)
    if name == "plan":
        return await _plan_reply(found.checkpoint, found.place, format_ or JSON, request)
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


async def _posted(query: Members, request: Request) -> tuple[Checkpoint, AnswerFormat | None]:
    """Return the checkpoint of a body, and the format that the body asks for."""
    settings = request.state.settings
    document, nbytes = await read_document(
        request, settings.max_manifest_bytes, _VALUES + _VALUES_A_TENSOR * settings.max_tensors
    )
    format_ = None
    if isinstance(document, dict) and isinstance(document.get("format"), str):
        format_ = _format(document.pop("format"), FILE_FORMATS, in_body=True)
    read = functools.partial(read_request, document, query, nbytes, settings.max_tensors)
    return await _resolved(read, _reading_cost(nbytes), request), format_


async def _found(query: Members, request: Request) -> _Found:
    """Return what a path names: a token, or a manifest that the operator keeps. Raises UnknownCheckpoint."""
    source, recent = request.path_params["source"], request.state.recent_checkpoints
    manifests: ManifestFolder = request.state.manifests
    # A folder may be slow: one that is on another machine is.
    find = functools.partial(manifests.find, source)
    kept = await request.state.executors.aside(find) if manifests.may_have(source) else None
    question = (source, kept and kept.version, tuple(sorted(query.values.items())))
    checkpoint = recent.find(question)
    if checkpoint is None:
        read = functools.partial(_read, source, kept, query, request.state.settings)
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


def _read(source: str, kept: KeptManifest | None, query: Members, settings: Settings) -> CheckpointRequest:
    """Return what a path names, as it is asked for. Raises UnknownCheckpoint and InvalidRequest."""
    limit = settings.max_manifest_bytes
    try:
        document, nbytes = document_of_token(source, limit) if kept is None else (kept.read(limit), kept.nbytes)
        return read_request(document, query, nbytes, settings.max_tensors, is_kept=True)
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


def _query(request: Request, formats: Sequence[AnswerFormat]) -> tuple[Members, AnswerFormat | None]:
    """Return the members of the query, and the format that it asks for. Raises InvalidRequest."""
    members = read_query(request)
    name = members.values.pop("format", None)
    return members, None if name is None else _format(name, formats, in_body=False)


def _format(name: Any, formats: Sequence[AnswerFormat], *, in_body: bool) -> AnswerFormat:
    found = next((format_ for format_ in formats if format_.name == name), None)
    if found is None:
        listed = " or ".join(format_.name for format_ in formats)
        raise InvalidRequest([Fault("format", f"must be {listed}")], in_body)
    return found


def _root_path(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _main_file(checkpoint: Checkpoint) -> str:
    """Return the file that a checkpoint is answered by: its one, or the index of several."""
    return SINGLE_FILE if len(checkpoint.files) == 1 else INDEX


def _file_reply(representation: CheckpointRepresentation, request: Request) -> Response:
    settings = request.state.settings
    body = representation.body
    request.scope[SUBJECT] = Subject(
        representation.url, SAFETENSORS.name, CHECKPOINT, representation.checkpoint.parameters, body.length
    )
    return reply(representation, request, request.state.executors, check=settings.limits.check_checkpoint)


async def _plan_reply(
    checkpoint: Checkpoint, place: CheckpointUrl | None, format_: AnswerFormat, request: Request
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
        headers["Content-Location"] = _root_path(request) + place.of("plan")
    return Response(body, media_type=format_.media_type, headers=headers)
