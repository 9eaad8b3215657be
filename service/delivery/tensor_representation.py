"""A tensor in a format: its URL under `/weights`, and the headers that describe it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from urllib.parse import quote

from service.delivery.attachment import attachment
from service.delivery.representation import Representation, encoded
from service.formats.body import Body, Cost
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
    alike: TensorRepresentation | None = field(default=None, compare=False)
    """One that differs in the numbers of the seed and the letters of the name alone: all else is taken from it."""

    @lazy
    def url(self) -> str:
        before, after = self._first.around_own
        return f"{before}{encode_query(self.tensor.spec.own)}{after}"

    @lazy
    def body(self) -> Body:
        return self.format.body(self.tensor, self.flat)

    @property
    def is_for_ever(self) -> bool:
        return self.format.is_for_ever

    @property
    def cost(self) -> Cost:
        return self._as_long.body.cost

    @property
    def is_inline(self) -> bool:
        return self._as_long.is_made_inline

    def description(self) -> dict[str, str]:
        return {**self._first.fields, **self._own_fields()}

    def encoded_description(self) -> dict[bytes, bytes]:
        return {**self._first.encoded_fields, **encoded(self._own_fields())}

    def _own_fields(self) -> dict[str, str]:
        """Return the headers that tell it from the one that is alike."""
        if self.alike is None:
            return {}
        own = {_field_name(key): _field(value) for key, value in self.tensor.spec.own}
        return {**own, **self._attachment}

    @property
    def _attachment(self) -> dict[str, str]:
        if not self.format.is_attachment:
            return {}
        return {"Content-Disposition": attachment(self._file_stem, self.format.extension)}

    @property
    def _first(self) -> TensorRepresentation:
        return self if self.alike is None else self.alike

    @property
    def _as_long(self) -> TensorRepresentation:
        """One whose body takes what this one's does: the first, unless a seed or a name within changes the length."""
        return self._first if self._first.body.length == self.body.length else self

    @lazy
    def around_own(self) -> tuple[str, str]:
        """What stands in the URL before and after the seed and the name."""
        spec = self.tensor.spec
        pairs = (*spec.query, ("format", self.format.name), *self.format.options)
        if self.tensor.selection is not None:
            pairs = (*pairs, ("slice", self.tensor.selection.text))
        if self.flat:
            pairs = (*pairs, ("flat", True))
        query, own = encode_query(pairs), encode_query(spec.own)
        before, _, after = query.partition(own) if own else (query, "", "")
        return f"/weights/{spec.initializer}?{before}", after

    @lazy
    def is_made_inline(self) -> bool:
        """Whether the body is small, and made in a fraction of a millisecond."""
        return self.body.is_inline

    @lazy
    def fields(self) -> dict[str, str]:
        """The headers that say what the body is, in their order."""
        headers = {
            "Content-Type": self.format.media_type,
            **self.format.headers,
            "Fanin-Shape": ",".join(map(str, self.tensor.shape)),
            "Fanin-Dtype": self.tensor.spec.dtype.name,
        }
        facts = {_field_name(key): _field(value) for key, value in self.tensor.facts().items()}
        return {**headers, **facts, **self._attachment}

    @lazy
    def encoded_fields(self) -> dict[bytes, bytes]:
        """The same as they stand in an ASGI message."""
        return encoded(self.fields)

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
