"""`/advise`: which initializer for a layer, or for the layers of a network, and the evidence."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.advice.advisor import advise
from service.advice.network.network import advise_network
from service.advice.network.network_layer import InvalidLayer
from service.requests.advice_request import EXPECTED_LAYERS, parse_layer, parse_network
from service.requests.body import read_body
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.query import read_query, refuse_content, refuse_query_of_post

ANSWER_BYTES = 2**16
"""More than the answer for a layer takes, as objects and as text."""


async def get_advice(request: Request) -> Response:
    """Tell which initializer a layer should have, why, and what the alternatives and the default would do."""
    refuse_content(request)
    return await _layer_reply(read_query(request), request)


async def post_advice(request: Request) -> Response:
    """As the GET. A body with a list of `layers` is answered as POST /advise/network answers it."""
    refuse_query_of_post(request)
    members = await read_body(request, request.state.settings.max_advice_bytes)
    reply = _network_reply if "layers" in members.values else _layer_reply
    return await reply(members, request)


async def post_network_advice(request: Request) -> Response:
    """Advise on a list of `layers`, with what they have in common beside it, and give their tensors as a manifest."""
    refuse_query_of_post(request)
    members = await read_body(request, request.state.settings.max_advice_bytes)
    if "layers" not in members.values:
        members.refuse(Fault("layers", f"is required; it {EXPECTED_LAYERS}"))
    return await _network_reply(members, request)


async def _layer_reply(members: Members, request: Request) -> Response:
    network_layer = parse_layer(members, _root_path(request))

    def answer() -> bytes:
        with members.refusing():
            return orjson.dumps(advise(network_layer.layer, network_layer.current))

    # To wake a thread and to be woken takes a third of the time of an answer.
    return _reply(answer() if network_layer.is_quick else await request.state.executors.run(answer, ANSWER_BYTES))


async def _network_reply(members: Members, request: Request) -> Response:
    layers, max_layers = members.values["layers"], request.state.settings.max_layers

    def answer() -> bytes:
        network_layers = parse_network(members, _root_path(request), max_layers)
        try:
            return orjson.dumps(advise_network(network_layers))
        except InvalidLayer as error:
            members.inside("layers", error.index).refuse(Fault(error.parameter, error.detail))

    nbytes = ANSWER_BYTES * min(len(layers), max_layers) if isinstance(layers, list) else 0
    return _reply(await request.state.executors.run(answer, nbytes))


def _root_path(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _reply(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})
