"""A tensor's reply: its headers, then its bytes, made off the event loop when there are many."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.responses import Response

from service.formats.base import Format
from service.formats.json import Json
from service.initializers.orthogonal import Orthogonal
from service.tensors.spec import Scalar, encode_query
from service.tensors.tensor import Tensor

INLINE_ELEMENTS = 2**15
"""As many normals take a tenth of a millisecond; more are made in a thread."""


@dataclass(frozen=True)
class Representation:
    """A tensor in a format: what one canonical URL stands for."""

    tensor: Tensor
    format: Format
    flat: bool = False

    @property
    def url(self) -> str:
        """The canonical URL, relative to the server's root, with which anyone gets the same bytes again."""
        spec = self.tensor.spec
        pairs = (*spec.query, ("format", self.format.name))
        if self.flat:
            pairs = (*pairs, ("flat", True))
        return f"/weights/{spec.initializer}?{encode_query(pairs)}"

    def headers(self, root_path: str) -> dict[str, str]:
        """Return the headers of the reply, which cost nothing to know."""
        spec = self.tensor.spec
        headers = {
            "Content-Type": self.format.media_type,
            "Content-Location": root_path + self.url,
            "Fanin-Shape": ",".join(map(str, spec.shape)),
            "Fanin-Dtype": spec.dtype.name,
        }
        facts = self.tensor.facts()
        headers |= {f"Fanin-{key.replace('_', '-').title()}": _field(value) for key, value in facts.items()}
        if not isinstance(self.format, Json):
            headers["Content-Disposition"] = _attachment(f"{self.tensor.label}.{self.format.extension}")
        return headers


def _field(value: Scalar) -> str:
    """Return a field value: ASCII text as it is, other text and the percent sign percent-encoded."""
    text = str(value)
    if text.isascii() and text.isprintable() and "%" not in text:
        return text
    return quote(text, safe=" !#$&'()*+,/:;<=>?@[]^`{|}~")


def _attachment(name: str) -> str:
    plain = name.replace("/", "_").replace("\\", "_")
    ascii_name = "".join(c if " " <= c < "\x7f" and c != '"' else "_" for c in plain)
    if ascii_name == plain:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"


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
