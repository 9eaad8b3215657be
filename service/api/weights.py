"""`/weights`: tensors."""

from __future__ import annotations

import time
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.delivery.reply import reply
from service.formats.format import Format
from service.observability.exchange import SUBJECT, Subject
from service.requests.body import read_body
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.path import is_step, split_extension
from service.requests.query import read_query, refuse_content, refuse_query_of_post
from service.requests.representation import parse_representation


async def get_weights(request: Request) -> Response:
    """Make a tensor: a shape, an initializer and a seed in, the weights out. HEAD tells its headers, making nothing."""
    refuse_content(request)
    step = request.path_params["initializer"]
    if not is_step(step):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    name, format_ = split_extension(step)
    return await _deliver(name, read_query(request), request, format_)


async def post_weights(request: Request) -> Response:
    """Make a tensor from the same members as those of the GET's query, in a JSON object."""
    refuse_query_of_post(request)
    members = await read_body(request, request.state.settings.max_body_bytes)
    name = members.values.pop("initializer", None)
    if not isinstance(name, str):
        members.refuse(Fault("initializer", "must be the name of an initializer, such as he_normal"))
    return await _deliver(name, members, request)


async def _deliver(name: str, members: Members, request: Request, of_path: Format | None = None) -> Response:
    start = time.perf_counter()
    state = request.state
    settings = state.settings
    accept = ",".join(request.headers.getlist("accept"))
    representation = parse_representation(name, members, accept, settings.threads, of_path)
    body = representation.body
    cost = representation.cost
    settings.limits.check(cost)
    tensor = representation.tensor.spec
    request.scope[SUBJECT] = Subject(
        representation.url, representation.format.name, tensor.initializer, cost.elements, body.length
    )
    response = reply(representation, request, state.executors)
    timing = f"spec;dur={1000 * (time.perf_counter() - start):.3g}"
    response.raw_headers.append((b"server-timing", timing.encode()))
    return response
