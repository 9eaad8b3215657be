"""The body of one tensor, in any format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from service.formats.body import Body, Cost
from service.tensors.tensor import Tensor


@dataclass(frozen=True)
class TensorBody(Body):
    """The bytes of a tensor: a frame around its elements."""

    tensor: Tensor

    @property
    def cost(self) -> Cost:
        tensor, work = self.tensor, self.tensor.work
        if not work:
            return Cost(tensor.size)
        return Cost(
            tensor.size,
            multiplications=work,
            materialized_elements=tensor.spec.size,
            seconds=tensor.seconds,
            memory=tensor.memory,
        )

    @property
    def needs_preparation(self) -> bool:
        return self.tensor.work > 0

    def prepare(self) -> Self:
        return replace(self, tensor=self.tensor.materialize())

    @property
    def memory(self) -> int:
        return self.tensor.memory
