"""Links to the tensors of a layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.initializers.initializer import Initializer
from service.tensors.dtypes import FLOAT32, Dtype
from service.tensors.layout import Shape
from service.tensors.spec import encode_query

_LARGE = 2**20
"""Elements beyond which a link is to a binary format: JSON is for reading."""


@dataclass(frozen=True)
class LinkOptions:
    """What links say besides the initializer: seed and dtype of the tensors, the layer's name, where the service is."""

    seed: int | None = None
    dtype: Dtype = FLOAT32
    name: str = ""
    root: str = ""
    """The path under which the service is reached, before /weights."""

    def named(self, tensor: str) -> str:
        """Return the name of a tensor of the layer; either may be empty."""
        return f"{self.name}.{tensor}" if self.name and tensor else self.name or tensor


def href(initializer: Initializer, shape: Shape, links: LinkOptions, name: str) -> str:
    """Return the URL of a tensor, without what goes without saying; it draws a seed when none was given."""
    query = [f"shape={','.join(map(str, shape))}"]
    if links.seed is not None and initializer.random:
        query.append(f"seed={links.seed}")
    if name:
        query.append(encode_query((("name", name),)))
    if links.dtype is not FLOAT32:
        query.append(f"dtype={links.dtype.name}")
    if initializer.canonical:
        query.append(initializer.query)
    if math.prod(shape) > _LARGE:
        query.append("format=safetensors")
    return f"{links.root}/weights/{initializer.name}?{'&'.join(query)}"
