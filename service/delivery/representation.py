"""A tensor in a format: its canonical URL, its entity tag, and the headers that describe it."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from service.delivery.conditional import EntityTag
from service.formats.base import Body, Format
from service.formats.binary import BinaryBody
from service.formats.json import Json
from service.tensors.spec import Scalar, encode_query
from service.tensors.tensor import Tensor

_YEAR = 31536000


@dataclass(frozen=True)
class Representation:
    """A tensor in a format: what one canonical URL stands for."""

    tensor: Tensor
    format: Format
    flat: bool = False
    is_drawn: bool = False
    """Whether the seed was drawn for this reply, so that the request's own URL stands for no bytes."""
    is_negotiated: bool = False
    """Whether the Accept header decided the format."""

    @cached_property
    def url(self) -> str:
        """The canonical URL, relative to the server's root, with which anyone gets the same bytes again."""
        spec = self.tensor.spec
        pairs = (*spec.query, ("format", self.format.name))
        if self.tensor.selection is not None:
            pairs = (*pairs, ("slice", self.tensor.selection.text))
        if self.flat:
            pairs = (*pairs, ("flat", True))
        return f"/weights/{spec.initializer}?{encode_query(pairs)}"

    @cached_property
    def body(self) -> Body:
        return self.format.body(self.tensor, self.flat)

    @cached_property
    def tag(self) -> EntityTag:
        """The entity tag, for which nothing is made.

        It covers what the format puts around the elements; these, and the text of a number, follow from the URL.
        """
        digest = hashlib.blake2b(self.url.encode(), digest_size=16)
        digest.update(self.body.frame)
        return EntityTag(digest.hexdigest(), weak=False)

    def validators(self, root_path: str) -> dict[str, str]:
        """Return the headers of a 304, which stand in every reply to a GET."""
        headers = self.location(root_path)
        if self.is_drawn:
            return {**headers, "Cache-Control": "no-store"}
        return {**headers, "ETag": str(self.tag), "Cache-Control": f"public, max-age={_YEAR}, immutable"}

    def location(self, root_path: str) -> dict[str, str]:
        """Return the headers of any reply that has the tensor."""
        headers = {"Content-Location": root_path + self.url}
        return {**headers, "Vary": "Accept"} if self.is_negotiated else headers

    @property
    def ranges(self) -> str:
        """What Accept-Ranges says of a GET."""
        return "bytes" if self.has_ranges else "none"

    @property
    def has_ranges(self) -> bool:
        """Whether a part of the bytes can be asked for: they have to be the same the next time."""
        return isinstance(self.body, BinaryBody) and not self.is_drawn

    def description(self) -> dict[str, str]:
        """Return the headers that say what the body is."""
        headers = {
            "Content-Type": self.format.media_type,
            "Fanin-Shape": ",".join(map(str, self.tensor.shape)),
            "Fanin-Dtype": self.tensor.spec.dtype.name,
        }
        facts = self.tensor.facts()
        headers |= {_field_name(key): _field(value) for key, value in facts.items()}
        if not isinstance(self.format, Json):
            headers["Content-Disposition"] = _attachment(f"{self.tensor.label}.{self.format.extension}")
        return headers


@functools.cache
def _field_name(fact: str) -> str:
    return f"Fanin-{fact.replace('_', '-').title()}"


def _field(value: Scalar) -> str:
    """Return a field value: ASCII text as it is, other text and the percent sign percent-encoded."""
    text = str(value)
    if not isinstance(value, str) or (text.isascii() and text.isprintable() and "%" not in text):
        return text
    return quote(text, safe=" !#$&'()*+,/:;<=>?@[]^`{|}~")


def _attachment(name: str) -> str:
    plain = name.replace("/", "_").replace("\\", "_")
    ascii_name = "".join(c if " " <= c < "\x7f" and c != '"' else "_" for c in plain)
    if ascii_name == plain:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"
