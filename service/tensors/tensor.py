"""A tensor ready to be made: what it is, what writes it, and what another program needs to check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.tensors.source import Source
from service.tensors.spec import Scalar, TensorSpec


@dataclass(frozen=True)
class Tensor:
    """A specification with its source; nothing is computed before `read`."""

    spec: TensorSpec
    source: Source
    parameters: Mapping[str, Scalar]
    """The initializer's parameters, given or assumed, and the numbers derived from them (fans, std, bound)."""

    def read(self, start: int = 0, count: int | None = None) -> NDArray[Any]:
        """Return `count` elements (all that follow by default) from `start` in C order, as the dtype stores them."""
        size = self.spec.size - start if count is None else count
        out = np.empty(size, self.spec.dtype.storage)
        self.read_into(out, start)
        return out

    def read_into(self, out: NDArray[Any], start: int = 0) -> None:
        """Put elements start, start + 1, ... into `out` (1-D, contiguous, of the dtype's storage type)."""
        dtype = self.spec.dtype
        if dtype.storage == dtype.working:
            self.source.fill(out, start)
        else:
            working = np.empty(out.size, dtype.working)
            self.source.fill(working, start)
            out[:] = working

    def facts(self) -> dict[str, Scalar]:
        """Return what describes the tensor, in the order in which every format tells it."""
        spec = self.spec
        facts: dict[str, Scalar] = {"initializer": spec.initializer}
        if spec.seed is not None:
            facts["seed"] = str(spec.seed)
        if spec.name:
            facts["name"] = spec.name
        return {**facts, **self.parameters, "stream": spec.stream}

    @property
    def label(self) -> str:
        """What formats that name their tensors call it."""
        return self.spec.name or "weight"

    @property
    def nbytes(self) -> int:
        """The size of the elements, without any header."""
        return self.spec.size * self.spec.dtype.itemsize
