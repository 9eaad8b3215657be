"""What the links to a layer's tensors say besides the initializer."""

from __future__ import annotations

from dataclasses import dataclass

from service.tensors.dtypes import FLOAT32, Dtype


@dataclass(frozen=True)
class LinkOptions:
    """The seed and the dtype of the tensors, the layer's name, and where the service is."""

    seed: int | None = None
    dtype: Dtype = FLOAT32
    name: str = ""
    root: str = ""
    """The path under which the service is reached, before /weights."""
