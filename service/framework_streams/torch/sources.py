"""What torch draws, as sources of tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.torch.draws import NormalDraws, UniformDraws
from service.streams.view import View
from service.tensors.pace import Pace


@dataclass(frozen=True)
class DrawnSource:
    """A tensor of which any stretch can be drawn: the words before it are skipped."""

    draws: UniformDraws | NormalDraws

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.draws.fill(out, start)

    def part(self, view: View) -> DrawnSource:
        return DrawnSource(replace(self.draws, view=view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(self.draws.seconds(), self.draws.fixed_seconds())
