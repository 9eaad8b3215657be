"""A tensor in a format: its URL under `/weights`, and the headers that describe it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from urllib.parse import quote

from service.delivery.attachment import attachment
from service.delivery.representation import Representation
from service.formats.body import Body
from service.formats.format import Format
from service.lazy import lazy
from service.tensors.spec import Scalar, encode_query
from service.tensors.tensor import Tensor


@dataclass(frozen=True)
class TensorRepresentation(Representation):
    """A tensor, or a part of one, in a format."""

    tensor: Tensor
    format: Format
    flat: bool = False

    @lazy
    def url(self) -> str:
        spec = self.tensor.spec
        pairs = (*spec.query, ("format", self.format.name))
        if self.tensor.selection is not None:
            pairs = (*pairs, ("slice", self.tensor.selection.text))
        if self.flat:
            pairs = (*pairs, ("flat", True))
        return f"/weights/{spec.initializer}?{encode_query(pairs)}"

    @lazy
    def body(self) -> Body:
        return self.format.body(self.tensor, self.flat)

    def description(self) -> dict[str, str]:
        headers = {
            "Content-Type": self.format.media_type,
            "Fanin-Shape": ",".join(map(str, self.tensor.shape)),
            "Fanin-Dtype": self.tensor.spec.dtype.name,
        }
        headers |= {_field_name(key): _field(value) for key, value in self.tensor.facts().items()}
        if self.format.is_attachment:
            headers["Content-Disposition"] = attachment(self._file_stem, self.format.extension)
        return headers

    @property
    def _file_stem(self) -> str:
        """The tensor's name, or what distinguishes it from others without one: he_normal-256x784-seed42."""
        spec = self.tensor.spec
        parts = [spec.name or spec.initializer]
        if not spec.name:
            parts += ["x".join(map(str, spec.shape)) or "scalar"]
            parts += [f"seed{spec.seed}"] if spec.seed is not None else []
        if self.tensor.selection is not None:
            # Windows has no colons in the names of files.
            parts.append(self.tensor.selection.text.replace(":", "-"))
        return "-".join(parts)


@functools.cache
def _field_name(fact: str) -> str:
    return f"Fanin-{fact.replace('_', '-').title()}"


def _field(value: Scalar) -> str:
    """Return a field value: ASCII text as it is, other text, the percent sign and blanks at the ends percent-encoded.

    A field's value has no blanks at its ends (RFC 9110 section 5.5): they would be lost.
    """
    text = str(value)
    if not isinstance(value, str):
        return text
    if text.isascii() and text.isprintable() and "%" not in text and text == text.strip(" "):
        return text
    inner = text.strip(" ")
    before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    encoded = quote(inner, safe=" !#$&'()*+,/:;<=>?@[]^`{|}~")
    return f"{'%20' * before}{encoded}{'%20' * after if inner else ''}"
