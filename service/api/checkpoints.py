"""`/checkpoints`: the tensors of whole models."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.api.checkpoint_replies import comparison_reply, file_reply, plan_reply
from service.api.checkpoint_sources import checkpoint_of, found, read_posted, url_of
from service.api.endpoint import root_path
from service.checkpoints.container import SAFETENSORS, container_of
from service.checkpoints.shards import INDEX
from service.delivery.checkpoint_representation import CheckpointRepresentation
from service.delivery.negotiation import choose
from service.requests.answer_form import JSON
from service.requests.checkpoints.comparison import compares, read_comparison
from service.requests.checkpoints.request import UnknownCheckpoint
from service.requests.checkpoints.wish import FILE_FORMATS, PLAN_FORMATS, agreed, read_wish
from service.requests.faults import Fault, InvalidRequest
from service.requests.query import refuse_content

_LISTED = 8
"""Files that a refusal lists."""

_LONGEST_NAME = 64
"""Characters of a file's name that one repeats."""


async def post_checkpoint(request: Request) -> Response:
    """Make a checkpoint: the names and shapes of a model's tensors in, a safetensors or GGUF file out."""
    posted = await read_posted(request, FILE_FORMATS)
    checkpoint, chosen = await checkpoint_of(posted, request), posted.wish.format
    if chosen not in PLAN_FORMATS:
        representation = CheckpointRepresentation(checkpoint, url_of(checkpoint), checkpoint.main_file)
        return file_reply(representation, checkpoint, request)
    return await plan_reply(checkpoint, url_of(checkpoint), chosen, request)


async def post_plan(request: Request) -> Response:
    """Plan a checkpoint: its files, and each of its tensors, before any of it is made.

    `compare` lists recipes of a model: what each starts its tensors at is answered, side by side.
    """
    posted = await read_posted(request, PLAN_FORMATS)
    chosen = posted.wish.format or choose(None, request.headers.get("accept"), PLAN_FORMATS)
    if compares(posted.document, posted.query):
        return await comparison_reply(read_comparison(posted.document, posted.query), chosen, request)
    checkpoint = await checkpoint_of(posted, request)
    return await plan_reply(checkpoint, url_of(checkpoint), chosen, request)


async def list_checkpoints(request: Request) -> Response:
    """List the checkpoints whose manifests the operator keeps."""
    refuse_content(request)
    names = await request.state.executors.aside(request.state.manifests.names)
    page = {"checkpoints": [{"name": name, "href": f"{root_path(request)}/checkpoints/{name}"} for name in names]}
    return Response(orjson.dumps(page), media_type=JSON.media_type, headers={"Cache-Control": "no-cache"})


async def get_checkpoint(request: Request) -> Response:
    """Plan the checkpoint of a token or a name, or, for `Accept: application/vnd.safetensors`, make its file."""
    refuse_content(request)
    query, wish = read_wish(request, FILE_FORMATS)
    container = wish.container or SAFETENSORS
    chosen = wish.format or choose(None, request.headers.get("accept"), (*PLAN_FORMATS, container))
    source = await found(query, container, request)
    if chosen not in PLAN_FORMATS:
        return file_reply(source.representation(source.checkpoint.main_file), source.checkpoint, request)
    return await plan_reply(source.checkpoint, source.place, chosen, request)


async def get_file(request: Request) -> Response:
    """Make a file of the checkpoint of a token or a name."""
    refuse_content(request)
    query, wish = read_wish(request, FILE_FORMATS)
    name = request.path_params["file"]
    container = agreed(wish.container, container_of(name), in_body=False)
    source = await found(query, container or SAFETENSORS, request)
    if name == "plan":
        chosen = wish.format if wish.format in PLAN_FORMATS else None
        return await plan_reply(source.checkpoint, source.place, chosen or JSON, request)
    if wish.format in PLAN_FORMATS and not (name == INDEX and wish.format is JSON):
        detail = f"is that of a plan, and the name of a file says what it is: ask for {wish.format.name} at /plan"
        raise InvalidRequest([Fault("format", detail)], False)
    if name not in source.checkpoint.files and not (name == INDEX and len(source.checkpoint.files) > 1):
        names = [*source.checkpoint.files][:_LISTED]
        raise UnknownCheckpoint(f"this checkpoint has no file {name[:_LONGEST_NAME]!r}; it has {', '.join(names)}")
    return file_reply(source.representation(name), source.checkpoint, request)
