"""What determines a tensor, and nothing else: the canonical specification."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape

LARGEST_EXACT_INTEGER = 2**53
"""Up to here every integer is a binary64 number."""

Scalar = str | int | float | bool
"""A parameter's value, and all that the Open Inference Protocol has room for among the `parameters` of a tensor."""

# Commas, colons and the like are legal in a query (RFC 3986 section 3.4) and read better unescaped.
_SAFE = ",:/"
_PLAIN = re.compile(r"[A-Za-z0-9_.~,:/-]*")


@dataclass(frozen=True)
class TensorSpec:
    """A tensor's complete and canonical description, from which its URL follows with no tensor made.

    `parameters` are the initializer's own that differ from its defaults, in the catalogue's order.
    `seed` is None when the initializer draws nothing.
    """

    initializer: str
    shape: Shape
    dtype: Dtype
    seed: int | None
    name: str
    stream: str
    parameters: tuple[tuple[str, Scalar], ...]
    of_stream: tuple[tuple[str, Scalar], ...] = ()
    """What is said of a framework's stream, as far as it differs from that stream's defaults."""

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def own(self) -> tuple[tuple[str, Scalar], ...]:
        """What tells it from the other tensors of one network: the seed and the name, as far as it has them."""
        seed = () if self.seed is None else (("seed", str(self.seed)),)
        return (*seed, ("name", self.name)) if self.name else seed

    @property
    def query(self) -> tuple[tuple[str, Scalar], ...]:
        """The canonical query of `/weights/{initializer}`, without the format."""
        shape = ",".join(map(str, self.shape))
        stream = (("stream", self.stream), *self.of_stream)
        return (("shape", shape), *self.own, ("dtype", self.dtype.name), *self.parameters, *stream)


def encode_query(pairs: tuple[tuple[str, Scalar], ...]) -> str:
    """Return a query string in which numbers stand in the fewest digits that identify them."""
    return "&".join([f"{key}={_escaped(encode_value(value))}" for key, value in pairs])


def _escaped(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE)


def plain(value: Scalar) -> Scalar:
    """Return a whole number as an integer, anything else as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_EXACT_INTEGER:
        return value if value == 0.0 and math.copysign(1.0, value) < 0.0 else int(value)
    return value


def encode_value(value: Scalar) -> str:
    """Return a parameter's value as the text that it is in a query."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value))


def one_or_each(values: Sequence[Scalar]) -> Scalar:
    """Return the value where all are alike, and otherwise the text of all."""
    return values[0] if len(set(values)) == 1 else encode_values(values)


def encode_values(values: Iterable[Scalar]) -> str:
    """Return several values, such as one for each gate, as the text that they are in a query."""
    return ",".join(map(encode_value, values))
