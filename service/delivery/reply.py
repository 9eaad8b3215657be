"""A tensor's reply: its headers, then its bytes, made off the event loop when there are many."""

from __future__ import annotations

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.responses import Response

from service.delivery.representation import Representation
from service.initializers.orthogonal import Orthogonal

INLINE_ELEMENTS = 2**15
"""As many normals take a tenth of a millisecond; more are made in a thread."""


async def reply(representation: Representation, limiter: CapacityLimiter, root_path: str, head: bool) -> Response:
    """Return the reply to a GET or POST, or to a HEAD, for which nothing is made."""
    headers = representation.headers(root_path)
    length = representation.format.length(representation.tensor)
    if head:
        response = Response(headers=headers)
        del response.headers["Content-Length"]
        if length is not None:
            response.headers["Content-Length"] = str(length)
        return response
    tensor = representation.tensor
    if tensor.spec.size <= INLINE_ELEMENTS and not isinstance(tensor.source, Orthogonal):
        body = representation.format.render(tensor, representation.flat)
    else:
        body = await anyio.to_thread.run_sync(
            representation.format.render, tensor, representation.flat, limiter=limiter
        )
    return Response(body, headers=headers)
