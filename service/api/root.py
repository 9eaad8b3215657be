"""`/`: where to go, as JSON for programs and as the explorer for people."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from service import __version__
from service.api.endpoint import root_path
from service.api.explorer import explorer_reply
from service.delivery.negotiation import NotAcceptable, choose
from service.requests.answer_form import JSON

_EXAMPLES = {
    "weights": "/weights/he_normal?shape=256,784&seed=42",
    "advise": "/advise?layer=Linear&shape=256,784&activation=relu",
    "propagation": "/propagation?activation=tanh&depth=20",
    "initializers": "/initializers",
    "docs": "/docs",
    "openapi": "/openapi.json",
}


class RootReply(BaseModel):
    """What is here."""

    name: str = "Fanin"
    version: str = __version__
    summary: str = "Neural-network weights over HTTP, each tensor a pure function of its URL."
    links: dict[str, str] = Field(description="Requests that work as printed, by what they are for.")


@dataclass(frozen=True)
class _Html:
    name: str = "html"
    media_type: str = "text/html"


async def get_root(request: Request) -> Response:
    """Tell what the service is, with a request to begin with for each resource; browsers get the explorer's page."""
    with suppress(NotAcceptable):
        if choose(None, request.headers.get("accept"), (JSON, _Html())) is not JSON:
            return explorer_reply(request)
    page = RootReply(links={name: f"{root_path(request)}{path}" for name, path in _EXAMPLES.items()})
    return Response(page.model_dump_json(), media_type=JSON.media_type, headers={"Vary": "Accept"})
