"""Answers that are no tensors: made beside the event loop, while the client is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from service.access.client import client_of
from service.delivery.departure import departure, unless
from service.delivery.executors import Executors
from service.delivery.streaming import StreamingReply
from service.formats.body import INLINE_BYTES
from service.formats.content import Content
from service.formats.picture import PICTURE_BYTES
from service.pictures.picture import Picture, Rendering

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class AnswerCost:
    """What an answer takes, about."""

    nbytes: int
    seconds: float
    """Of processor time."""
    way_round: str
    """What to ask for instead where that is over the limit."""


async def answered(request: Request, task: Callable[[], _Result], cost: AnswerCost) -> _Result:
    """Return what `task` returns, done beside the event loop while the client of the request is there.

    Raises OverLimit, Overloaded and ClientDisconnect.
    """
    return await _answered(request, request.state.executors.run, task, cost)


async def answered_apart(request: Request, task: Callable[[], _Result], cost: AnswerCost) -> _Result:
    """Return the same of a task that can be pickled, as its result, which another process does unless it is quick.

    Raises OverLimit, Overloaded and ClientDisconnect.
    """
    return await _answered(request, request.state.executors.run_apart, task, cost)


async def _answered(
    request: Request, run: Callable[..., Awaitable[_Result]], task: Callable[[], _Result], cost: AnswerCost
) -> _Result:
    request.state.settings.limits.check_answer(cost.seconds, cost.way_round)
    running = run(task, cost.nbytes, cost.seconds, client_of(request.scope))
    async with departure(request.receive) as gone:
        return await unless(gone, running)


async def drawn(request: Request, picture: Picture, rendering: Rendering) -> bytes:
    """Return the file of a picture, drawn by another process while the client of the request is there.

    Raises Overloaded and ClientDisconnect.
    """
    executors: Executors = request.state.executors
    with executors.admission.enter(PICTURE_BYTES, client_of(request.scope), ends_soon=True):
        async with departure(request.receive) as gone:
            return await unless(gone, executors.draw(picture, rendering))


def answer_reply(answer: bytes, media_type: str, headers: Mapping[str, str], request: Request) -> Response:
    """Return the reply that has an answer; a large one is counted among those under way until its client has it all."""
    reply = Response(answer, media_type=media_type, headers=headers)
    if len(answer) <= INLINE_BYTES:
        return reply
    return StreamingReply(Content(answer), reply.status_code, reply.headers, request.state.executors)
