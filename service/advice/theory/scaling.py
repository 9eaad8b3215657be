"""A layer's weights and biases as theory sees them."""

from __future__ import annotations

import math
from typing import NamedTuple


class Scaling(NamedTuple):
    """A layer's weights and biases as theory sees them."""

    weight: float
    """n_f Var(w): how many times the second moment of its inputs a unit has."""
    bias: float = 0.0
    """The variance of the biases."""
    is_isometric: bool = False
    """Whether the matrix keeps norms exactly (orthogonal), not only on average."""
    mean: float = 0.0
    """n_f E[w]: how many times the mean of its inputs a unit has."""
    inputs: float = math.inf
    """n_f, where the weights have a mean."""
    kept: float = 1.0
    """The part of the inputs that dropout keeps."""
    unit_gain: float | None = None
    """The one weight of each unit, where the matrix feeds each from one unit only; None where it mixes them."""

    @property
    def own(self) -> float:
        """What of `weight` is by the weights' variance, and so each unit's own: n_f Var(w)."""
        return max(self.weight - self.mean * self.mean / self.inputs, 0.0)
