"""`/livez` and `/readyz`: the probes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request

from service.streams.self_test import SelfTestFailed

PROBES = ("/livez", "/readyz")
"""Their paths: whoever looks after the process has no key."""


class Health(BaseModel):
    """A probe's answer."""

    status: Literal["ok"] = "ok"


async def livez() -> Health:
    """Answer as long as the process serves at all."""
    return Health()


async def readyz(request: Request) -> Health:
    """Answer 200 once a tensor made by this process had the bits that the specification promises."""
    if not request.state.self_test_passed:
        raise SelfTestFailed("the self-test failed: tensors of this process do not have the promised bits")
    return Health()
