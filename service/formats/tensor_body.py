"""The body of one tensor, in any format."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from service.formats.body import PIECE_SECONDS, Body, Cost
from service.tensors.tensor import Tensor


@dataclass(frozen=True)
class TensorBody(Body):
    """The bytes of a tensor: a frame around its elements."""

    tensor: Tensor

    @cached_property
    def cost(self) -> Cost:
        tensor, filling = self.tensor, self._filling()
        counted = self._counted()
        if not tensor.work:
            return replace(counted, filling=filling)
        return replace(
            counted,
            multiplications=tensor.single_work,
            materialized_elements=tensor.spec.size,
            materializing=tensor.seconds,
            filling=filling,
            memory=tensor.memory,
        )

    @abstractmethod
    def _counted(self) -> Cost:
        """Return the elements, and what the format makes of them."""

    @abstractmethod
    def _filling(self) -> float:
        """Return the seconds that the elements take."""

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
