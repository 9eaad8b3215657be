"""A tensor in a format, and the headers that describe it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from service.formats.base import Format
from service.formats.json import Json
from service.tensors.spec import Scalar, encode_query
from service.tensors.tensor import Tensor


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
