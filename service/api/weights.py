"""`/weights`: tensors."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.api.endpoint import Endpoint
from service.delivery.negotiation import choose
from service.delivery.reply import reply
from service.delivery.tensor_representation import TensorRepresentation
from service.requests.body import read_body
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.query import read_query
from service.requests.tensor_request import parse_tensor


async def get_weights(request: Request) -> Response:
    """Make a tensor: a shape, an initializer and a seed in, the weights out. HEAD tells its headers, making nothing."""
    return await _deliver(request.path_params["initializer"], read_query(request), request)


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
    tensor, delivery = parse_tensor(name, members, settings.threads)
    accept = None if delivery.format else ",".join(request.headers.getlist("accept"))
    chosen = choose(delivery.format, accept, tensor.spec.dtype)
    if delivery.flat and not chosen.takes_flat:
        members.refuse(Fault("flat", f"is for JSON only, and the reply is {chosen.name}"))
    is_drawn = tensor.spec.seed is not None and "seed" not in members.values
    representation = TensorRepresentation(
        tensor, chosen, delivery.flat, is_drawn=is_drawn, is_negotiated=delivery.format is None
    )
    settings.limits.check(representation.body.cost)
    response = reply(representation, request, request.state.executors)
    timing = f"spec;dur={1000 * (time.perf_counter() - start):.3g}"
    response.raw_headers.append((b"server-timing", timing.encode()))
    return response


routes = [
    Route("/weights/{initializer}", Endpoint(get_weights), methods=["GET", "HEAD"]),
    Route("/weights", Endpoint(post_weights), methods=["POST"]),
]
