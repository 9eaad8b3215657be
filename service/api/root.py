"""`/`: where to go."""

from __future__ import annotations

from pydantic import BaseModel, Field
from starlette.requests import Request

from service import __version__

_EXAMPLES = {
    "weights": "/weights/he_normal?shape=256,784&seed=42",
    "advise": "/advise?layer=Linear&shape=256,784&activation=relu",
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


async def get_root(request: Request) -> RootReply:
    """Tell what the service is, with a request to begin with for each resource."""
    root = request.scope.get("root_path", "")
    return RootReply(links={name: f"{root}{path}" for name, path in _EXAMPLES.items()})
