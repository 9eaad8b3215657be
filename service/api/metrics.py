"""`/metrics`: what is counted, for Prometheus."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response


async def get_metrics(request: Request) -> Response:
    """Tell what all worker processes together have counted, as Prometheus reads it."""
    accept, exposition = request.headers.get("accept", ""), request.state.exposition
    # In a thread that is not one of those for tensors: what happens when they are all busy is to be seen.
    text, media_type = await asyncio.get_running_loop().run_in_executor(None, exposition.render, accept)
    return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
