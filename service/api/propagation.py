"""`/propagation`: how signals and gradients pass through a stack with each of several schemes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from service.api.endpoint import root_path
from service.delivery.answering import AnswerCost, answer_reply, answered, drawn
from service.pictures.picture import Picture
from service.propagation import cost
from service.propagation.answer import answer
from service.propagation.document import PropagationAnswer
from service.propagation.picture import propagation_picture
from service.requests.answer_form import TEXT, read_form
from service.requests.body import read_body
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.propagation_request import PropagationRequest, parse_propagation
from service.requests.query import read_query, refuse_content, refuse_query_of_post

_WAY_ROUND = "ask for fewer candidates, seeds or layers, or for a smaller width or batch_size"
"""What to ask for instead of an experiment that takes too long."""

_READING_BYTES, _READING = 2**20, 0.06
"""What it takes to understand a request: an activation that is met first has its gains computed."""

_ANSWER_BYTES = 2**20
"""More than an answer takes, as objects and as text."""


async def get_propagation(request: Request) -> Response:
    """Draw a stack of layers with each of several schemes, and tell what becomes of the signal and of its gradient."""
    refuse_content(request)
    return await _reply(read_query(request), request)


async def post_propagation(request: Request) -> Response:
    """As the GET, with parameters of candidates as JSON."""
    refuse_query_of_post(request)
    return await _reply(await read_body(request, request.state.settings.max_advice_bytes), request)


async def _reply(members: Members, request: Request) -> Response:
    faults: list[Fault] = []
    form = read_form(members, request.headers.get("accept", ""), faults)
    threads, root = request.state.settings.threads, root_path(request)

    def understood() -> tuple[PropagationRequest, AnswerCost]:
        asked = parse_propagation(members, faults)
        cost.check(asked.experiment)
        held = _ANSWER_BYTES + cost.memory(asked.experiment, threads)
        return asked, AnswerCost(held, cost.seconds(asked.experiment), _WAY_ROUND)

    asked, takes = await answered(request, understood, AnswerCost(_READING_BYTES, _READING, _WAY_ROUND))

    def found() -> PropagationAnswer:
        return answer(asked.experiment, asked.activation, asked.assumed, root, threads)

    def made() -> bytes:
        return found().text.encode() if form.format is TEXT else form.json(found().document)

    def picture() -> Picture:
        return propagation_picture(found())

    if form.rendering is None:
        body = await answered(request, made, takes)
    else:
        body = await drawn(request, await answered(request, picture, takes), form.rendering)
    return answer_reply(body, form.format.media_type, form.headers, request)
