"""torch's `trunc_normal_` since 2.12: normals, those beyond the bounds drawn again with all others, until none is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.streams.stream import Elements
from service.streams.torch.draws import NormalDraws
from service.streams.torch.position import SMALLEST_BLOCKED, Position
from service.streams.torch.small_normals import SmallNormals

AT_ONCE = 2**14
"""Elements that are looked at together: of few that lie beyond the bounds, most stretches have none."""


@dataclass(frozen=True)
class TruncatedDraws:
    """`trunc_normal_(mean, std, low, high)` of a whole tensor, from where the generator stands."""

    seed: int
    at: Position
    count: int
    dtype: np.dtype[np.floating]
    mean: float
    std: float
    low: float
    high: float
    """The bounds, in the tensor's dtype."""

    def values(self, working: np.dtype[Any], rounded: Callable[[Elements], Elements]) -> tuple[Elements, Position]:
        """Return all elements, in a working dtype, and where the generator stands then.

        `rounded` returns numbers of the working dtype as the tensor's dtype has them.
        """
        out = np.empty(self.count, working)
        pending = np.ones(self.count, bool)
        at = self.at
        while True:
            self._draw(out, pending, at, rounded)
            at = at.after_normal(self.count, self.dtype)
            if not pending.any():
                return out, at

    def _draw(
        self, out: Elements, pending: NDArray[np.bool_], at: Position, rounded: Callable[[Elements], Elements]
    ) -> None:
        """Put the next normals where numbers are pending, and say which still are."""
        small = self.count < SMALLEST_BLOCKED
        values = SmallNormals(self.seed, at, self.count, self.mean, self.std).values() if small else None
        draws = NormalDraws(self.seed, at.words, self.count, self.dtype, None, self.mean, self.std)
        room = np.empty(min(self.count, AT_ONCE), out.dtype)
        for done in range(0, self.count, AT_ONCE):
            waiting = pending[done : done + AT_ONCE]
            if not waiting.any():
                continue
            drawn: Elements = room[: waiting.size]
            if values is None:
                draws.fill(drawn, done)
            else:
                drawn[:] = values
            drawn = rounded(drawn)
            part = out[done : done + AT_ONCE]
            part[waiting] = drawn[waiting]
            waiting &= (part < self.low) | (part > self.high)
