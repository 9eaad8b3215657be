"""`/advise`: which initializer for a layer, or for the layers of a network, and the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.access.client import client_of
from service.advice.advisor import advise
from service.advice.network.context import Context, in_context
from service.advice.network.cost import READING, seconds
from service.advice.network.network import advise_in_context
from service.advice.network.network_layer import InvalidLayer, NetworkLayer
from service.advice.presentation.document import Document, layer_document
from service.advice.presentation.network import network_document
from service.advice.presentation.text import layer_text, network_text
from service.api.endpoint import root_path
from service.delivery.answering import AnswerCost, answer_reply, answered
from service.delivery.recent_answers import RecentAnswers
from service.requests.advice_request import USUAL_SEED, parse_layer, parse_network, place_of
from service.requests.answer_form import TEXT, AnswerForm, read_form
from service.requests.body import read_body
from service.requests.faults import Fault
from service.requests.layer_list import EXPECTED_LAYERS, reading_seconds
from service.requests.members import Members
from service.requests.query import read_query, refuse_content, refuse_query_of_post

DEFAULT_ORIGIN = "localhost:8000"
"""Where a server is that nobody has told where it is."""

_HOST = re.compile(r"[A-Za-z0-9.\-]{1,255}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
"""Hosts that stand in a shell's command as they are."""

_OBJECTS_A_LAYER = 4
"""In a body: the layer, its current initializer, and some more."""

ANSWER_BYTES = 2**16
"""More than the answer for a layer takes, as objects and as text."""

_WAY_ROUND = "ask for fewer layers that differ, or fewer activations, at a time"
"""What to ask for instead of advice that takes too long."""


async def get_advice(request: Request) -> Response:
    """Tell which initializer a layer should have, why, and what the alternatives and the default would do."""
    refuse_content(request)
    return await _layer_reply(read_query(request), request)


async def post_advice(request: Request) -> Response:
    """As the GET. A body with a list of `layers` is answered as POST /advise/network answers it."""
    refuse_query_of_post(request)
    members = await _members(request)
    reply = _network_reply if "layers" in members.values else _layer_reply
    return await reply(members, request)


async def post_network_advice(request: Request) -> Response:
    """Advise on a list of `layers`, with what they have in common beside it, and give their tensors as a manifest."""
    refuse_query_of_post(request)
    members = await _members(request)
    if "layers" not in members.values:
        members.refuse(Fault("layers", f"is required; it {EXPECTED_LAYERS}"))
    return await _network_reply(members, request)


async def _members(request: Request) -> Members:
    settings = request.state.settings
    return await read_body(request, settings.max_advice_bytes, _OBJECTS_A_LAYER * settings.max_layers)


async def _layer_reply(members: Members, request: Request) -> Response:
    form, faults = _form(members, request)
    recent: RecentAnswers = request.state.recent_answers
    question = None if faults or members.is_large else _question(members, form, request)
    known = None if question is None else recent.find(question)
    if known is not None:
        return _reply(known, form, request)

    def parse() -> NetworkLayer:
        return parse_layer(members, root_path(request), faults)

    if members.is_large:
        network_layer = await request.state.executors.read(parse, ANSWER_BYTES, client_of(request.scope))
    else:
        network_layer = parse()

    def answer() -> bytes:
        with members.refusing():
            advice = advise(network_layer.layer, network_layer.current, form.detail, network_layer.caller)
        if form.format is TEXT:
            return layer_text(advice, _origin(request)).encode()
        return _json(layer_document(advice, form.detail), form)

    # To wake a thread and to be woken takes a third of the time of an answer.
    if network_layer.is_quick:
        body = answer()
    else:
        body = await answered(request, answer, AnswerCost(ANSWER_BYTES, seconds([network_layer]), _WAY_ROUND))
    if question is not None:
        recent.keep(question, body)
    return _reply(body, form, request)


async def _network_reply(members: Members, request: Request) -> Response:
    max_layers = request.state.settings.max_layers
    form, faults = _form(members, request)

    def parse() -> tuple[Context, Sequence[str], float]:
        network = parse_network(members, root_path(request), max_layers, faults)
        with _pointing_at(network.layers, members):
            context = in_context(network.layers)
        return context, network.warnings, seconds(context.layers)

    reading = reading_seconds(members.values["layers"], max_layers)
    context, warnings, estimate = await answered(request, parse, AnswerCost(0, reading, _WAY_ROUND))

    def answer() -> bytes:
        assumed = {} if "seed" in members.values else {"seed": str(USUAL_SEED)}
        with _pointing_at(context.layers, members):
            advice = advise_in_context(context, "full" if form.detail == "full" else "brief", assumed, warnings)
        if form.format is TEXT:
            return network_text(advice, _origin(request)).encode()
        document = network_document(advice, form.detail)
        return _json(document if form.is_pretty else _in_parts(document), form)

    # The estimate has the reading of members; that of code takes longer.
    of_code = max(reading - READING * len(context.layers), 0.0)
    cost = AnswerCost(ANSWER_BYTES * len(context.layers), estimate + of_code, _WAY_ROUND)
    return _reply(await answered(request, answer, cost), form, request)


@contextmanager
def _pointing_at(network_layers: Sequence[NetworkLayer], members: Members) -> Iterator[None]:
    """Refuse the layer that an InvalidLayer, raised within the context, is about."""
    try:
        yield
    except InvalidLayer as error:
        place_of(network_layers[error.index]).inside(members).refuse(Fault(error.parameter, error.detail))


def _question(members: Members, form: AnswerForm, request: Request) -> bytes | None:
    """Return all that an answer on one layer depends on; None where JSON has no room for it."""
    origin = _origin(request) if form.format is TEXT else ""
    with suppress(orjson.JSONEncodeError):
        return orjson.dumps((members.values, members.in_body, form.format.name, root_path(request), origin))
    return None


def _form(members: Members, request: Request) -> tuple[AnswerForm, list[Fault]]:
    faults: list[Fault] = []
    return read_form(members, request.headers.get("accept", ""), faults), faults


def _origin(request: Request) -> str:
    """Return what a client puts before a path to reach this server, as a shell may have it."""
    host = request.headers.get("host", "")
    secure = "https://" if request.url.scheme == "https" else ""
    return f"{secure}{host}" if _HOST.fullmatch(host) else DEFAULT_ORIGIN


def _json(document: Document, form: AnswerForm) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE if form.is_pretty else 0)


def _in_parts(document: Document) -> Document:
    """Return the document with each of its layers as text: what is done at once, with the GIL, stays short."""
    layers = cast("list[object]", document["layers"])
    for index, layer in enumerate(layers):
        layers[index] = orjson.Fragment(orjson.dumps(layer))
    return document


def _reply(body: bytes, form: AnswerForm, request: Request) -> Response:
    headers = {"Cache-Control": "no-cache", **({"Vary": "Accept"} if form.is_negotiated else {})}
    return answer_reply(body, form.format.media_type, headers, request)
