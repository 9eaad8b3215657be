"""`/advise`: which initializer for a layer, or for the layers of a network, and the evidence."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.access.client import client_of
from service.advice.network.cost import seconds
from service.api.advice_questions import Caller, LayerQuestion, NetworkQuestion
from service.api.endpoint import root_path
from service.delivery.answering import AnswerCost, answer_reply, answered_apart, drawn
from service.delivery.recent_answers import RecentAnswers
from service.requests.answer_form import TEXT, AnswerForm, read_form
from service.requests.body import read_body
from service.requests.faults import Fault
from service.requests.layers.layer_list import EXPECTED_LAYERS
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

LINES = 4
"""How many times as long as an answer it takes, about, to follow the signal to every depth that a picture shows."""

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
    caller = _caller(members, request)
    recent: RecentAnswers = request.state.recent_answers
    question = LayerQuestion(members, caller)
    key = None if caller.faults or members.is_large else _key(question)
    known = None if key is None else recent.find(key)
    if known is not None:
        return _reply(known, caller.form, request)
    if members.is_large:
        layer = await request.state.executors.read(question.layer, ANSWER_BYTES, client_of(request.scope))
    else:
        layer = question.layer()
    rendering = caller.form.rendering
    # To wake a thread and to be woken takes a third of the time of an answer.
    if rendering is not None:
        cost = AnswerCost(ANSWER_BYTES, LINES * seconds([layer]), _WAY_ROUND)
        body = await drawn(request, await answered_apart(request, question.picture, cost), rendering)
    elif layer.is_quick:
        body = question.answer_about(layer)
    else:
        cost = AnswerCost(ANSWER_BYTES, seconds([layer]), _WAY_ROUND)
        body = await answered_apart(request, question.answer, cost)
    if key is not None:
        recent.keep(key, body)
    return _reply(body, caller.form, request)


async def _network_reply(members: Members, request: Request) -> Response:
    max_layers = request.state.settings.max_layers
    question = NetworkQuestion(secrets.token_hex(8), members, _caller(members, request), max_layers)
    reading = AnswerCost(0, question.reading_seconds, _WAY_ROUND)
    count, estimate = await answered_apart(request, question.estimate, reading)
    cost = AnswerCost(ANSWER_BYTES * count, estimate, _WAY_ROUND)
    form = question.caller.form
    if form.rendering is not None:
        picture = await answered_apart(request, question.picture, cost)
        return _reply(await drawn(request, picture, form.rendering), form, request)
    return _reply(await answered_apart(request, question.answer, cost), form, request)


def _key(question: LayerQuestion) -> bytes | None:
    """Return all that an answer on one layer depends on; None where JSON has no room for it."""
    members, caller = question.members, question.caller
    origin = caller.origin if caller.form.format is TEXT else ""
    with suppress(orjson.JSONEncodeError):
        return orjson.dumps((members.values, members.in_body, caller.form.format.name, caller.root_path, origin))
    return None


def _caller(members: Members, request: Request) -> Caller:
    faults: list[Fault] = []
    form = read_form(members, request.headers.get("accept", ""), faults)
    return Caller(form, tuple(faults), root_path(request), _origin(request))


def _origin(request: Request) -> str:
    """Return what a client puts before a path to reach this server, as a shell may have it."""
    host = request.headers.get("host", "")
    secure = "https://" if request.scope.get("scheme") == "https" else ""
    return f"{secure}{host}" if _HOST.fullmatch(host) else DEFAULT_ORIGIN


def _reply(body: bytes, form: AnswerForm, request: Request) -> Response:
    return answer_reply(body, form.format.media_type, form.headers, request)
