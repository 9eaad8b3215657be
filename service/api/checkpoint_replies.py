"""The replies that checkpoints are answered by: a file, or a plan."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.api.endpoint import root_path
from service.checkpoints.checkpoint import Checkpoint
from service.delivery.answering import AnswerCost, answer_reply, answered
from service.delivery.checkpoint_plan import PLAN_BYTES, PLAN_SECONDS, plan_document, plan_text
from service.delivery.checkpoint_representation import CheckpointUrl
from service.delivery.negotiation import Offered
from service.delivery.reply import reply
from service.delivery.representation import Representation
from service.observability.exchange import SUBJECT, Subject
from service.requests.answer_form import TEXT
from service.requests.checkpoints.comparison import ComparisonRequest

CHECKPOINT = "checkpoint"
"""What stands in the place of an initializer where replies are counted."""


def file_reply(representation: Representation, checkpoint: Checkpoint, request: Request) -> Response:
    """Return the reply that a file of a checkpoint is sent by. Raises OverLimit and what `reply` does."""
    request.scope[SUBJECT] = Subject(
        representation.url, checkpoint.container.name, CHECKPOINT, checkpoint.parameters, representation.body.length
    )
    check = request.state.settings.limits.check_checkpoint
    return reply(representation, request, request.state.executors, check=check)


async def plan_reply(
    checkpoint: Checkpoint, place: CheckpointUrl | None, format_: Offered, request: Request
) -> Response:
    """Return a plan in a format, made beside the event loop. Raises OverLimit and Overloaded."""
    count = len(checkpoint.members)

    def plan() -> bytes:
        if format_ is TEXT:
            return plan_text(checkpoint, place).encode()
        return orjson.dumps(plan_document(checkpoint, place)) + b"\n"

    cost = AnswerCost(PLAN_BYTES * count, PLAN_SECONDS * count, "ask for it in parts, with only")
    body = await answered(request, plan, cost)
    headers = {"Cache-Control": "no-store" if checkpoint.is_drawn else "no-cache"}
    if place is not None:
        headers["Content-Location"] = root_path(request) + place.plan(checkpoint.container)
    return answer_reply(body, format_.media_type, headers, request)


async def comparison_reply(asked: ComparisonRequest, format_: Offered, request: Request) -> Response:
    """Return recipes side by side, compared beside the event loop. Raises OverLimit and Overloaded."""

    def compared() -> bytes:
        comparison = asked.compare()
        return comparison.text.encode() if format_ is TEXT else orjson.dumps(comparison.document) + b"\n"

    body = await answered(request, compared, asked.cost)
    return answer_reply(body, format_.media_type, {"Cache-Control": "no-cache"}, request)
