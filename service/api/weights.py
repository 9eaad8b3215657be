"""`/weights`: tensors."""

from __future__ import annotations

import time

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from service.api.requests import Fault, Members, read_body, read_query
from service.api.tensor_request import parse
from service.delivery.negotiation import choose
from service.delivery.reply import reply
from service.delivery.representation import Representation
from service.formats.json import Json

router = APIRouter(tags=["weights"])


@router.get("/weights/{initializer}", summary="Make a tensor", operation_id="get_weights")
async def get_weights(initializer: str, request: Request) -> Response:
    """Make a tensor: a shape, an initializer and a seed in, the weights out."""
    return await _deliver(initializer, read_query(request), request)


@router.head("/weights/{initializer}", summary="Describe a tensor", operation_id="head_weights")
async def head_weights(initializer: str, request: Request) -> Response:
    """Answer with the headers of the GET, making nothing."""
    return await _deliver(initializer, read_query(request), request)


@router.post("/weights", summary="Make a tensor", operation_id="post_weights")
async def post_weights(request: Request) -> Response:
    """Make a tensor from the same members as those of the GET's query, in a JSON object."""
    members = await read_body(request, request.state.settings.max_body_bytes)
    name = members.values.pop("initializer", None)
    if not isinstance(name, str):
        members.refuse(Fault("initializer", "must be the name of an initializer, such as he_normal"))
    return await _deliver(name, members, request)


async def _deliver(name: str, members: Members, request: Request) -> Response:
    start = time.perf_counter()
    settings = request.state.settings
    tensor, delivery = parse(name, members, settings.threads)
    chosen = choose(delivery.format, ",".join(request.headers.getlist("accept")), tensor.spec.dtype)
    if delivery.flat and not isinstance(chosen, Json):
        members.refuse(Fault("flat", f"is for JSON only, and the reply is {chosen.name}"))
    is_drawn = tensor.spec.seed is not None and "seed" not in members.values
    representation = Representation(tensor, chosen, delivery.flat, is_drawn)
    settings.limits.check(representation)
    response = reply(representation, request, request.state.workshop)
    if delivery.format is None:
        response.headers["Vary"] = "Accept"
    response.headers["Server-Timing"] = f"spec;dur={1000 * (time.perf_counter() - start):.3g}"
    return response
