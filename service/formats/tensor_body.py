"""The body of one tensor, in any format."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Self

from service.formats.body import PIECE_SECONDS, Body, Cost
from service.lazy import lazy
from service.tensors.tensor import Tensor


@dataclass(frozen=True)
class TensorBody(Body):
    """The bytes of a tensor: a frame around its elements."""

    tensor: Tensor

    @lazy
    def cost(self) -> Cost:
        tensor, filled = self.tensor, self._filled()
        if not tensor.work:
            return filled
        return replace(
            filled,
            multiplications=tensor.single_work,
            materialized_elements=tensor.spec.size,
            materializing=tensor.seconds,
            memory=tensor.memory,
        )

    @abstractmethod
    def _filled(self) -> Cost:
        """Return what the body takes once the tensor is materialized."""

    @property
    def _piece_elements(self) -> int:
        """How many elements are made in the time of a piece."""
        return max(int(PIECE_SECONDS / self.tensor.pace.element), 1)

    @property
    def needs_preparation(self) -> bool:
        return self.tensor.work > 0

    def prepare(self) -> Self:
        return replace(self, tensor=self.tensor.materialize())

    @property
    def memory(self) -> int:
        return self.tensor.memory
