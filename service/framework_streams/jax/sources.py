"""What `jax.random` draws, as sources of tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.jax.draws import JaxDraws
from service.streams.view import View
from service.tensors.pace import Pace


@dataclass(frozen=True)
class JaxSource:
    """Independent draws with a key, of which any stretch can be had at once."""

    draws: JaxDraws

    def fill(self, out: NDArray[Any], start: int) -> None:
        self.draws.fill(out, start)

    def part(self, view: View) -> JaxSource:
        return JaxSource(self.draws.part(view))

    def pace(self, dtype: np.dtype[Any]) -> Pace:
        return Pace(self.draws.seconds())
