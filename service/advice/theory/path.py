"""What becomes of a signal and of its gradient through a number of layers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    """The ratios over the layers, by their logarithms."""

    log_forward: float
    """The logarithm of the last second moment over the first."""
    log_backward: float
    """That of the gradient's squared norm at the first layer over that at the last."""
