"""How a logarithm goes on beyond the layers through which it was followed one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence

_FOLLOWED_LAYERS, _LEAST_BLOCKS = 64, 8
"""Through so many a signal is followed by quadrature, a choice, some milliseconds. The rest is extrapolated."""

_SHARE_OF_A_POWER = 0.25
"""Between changes that stay (a power of the base, 0) and such as shrink with 1 / n (a power of the depth, 1)."""


def followed(layers: int, layers_per_branch: int | None) -> int:
    """Return how many of the layers, or of the residual blocks of so many layers each, are followed one by one."""
    return min(layers, max(_FOLLOWED_LAYERS // (layers_per_branch or 1), _LEAST_BLOCKS))


def extrapolated(logarithms: Sequence[float], layers: int) -> float:
    """Return the logarithm after `layers`, from those after 0, 1, 2, ... layers.

    Changes that stay the same go on so, as of a ratio a layer; changes that shrink go on as 1 / n, as of a power of the
    depth, which is how saturating functions lose a signal.
    """
    last = len(logarithms) - 1
    if layers <= last or last < 2:
        return logarithms[min(layers, last)]
    change, before = logarithms[last] - logarithms[last - 1], logarithms[last - 1] - logarithms[last - 2]
    if before == 0.0 or change / before > 1.0 - _SHARE_OF_A_POWER / last:
        return logarithms[last] + change * (layers - last)
    return logarithms[last] + change * math.log(layers / last) / math.log(last / (last - 1.0))
