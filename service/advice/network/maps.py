"""How many positions the maps have that convolutions and pools leave."""

from __future__ import annotations

from dataclasses import dataclass

Sides = tuple[int, ...]
"""The sizes of a map along its axes; none of a vector."""


@dataclass(frozen=True)
class Window:
    """What slides over a map: a kernel, or a pool."""

    kernel: Sides
    """One size for each axis, or one for all."""
    stride: Sides = (1,)
    padding: Sides = (0,)
    dilation: Sides = (1,)
    is_same: bool = False
    """Whether as much is padded as leaves the sizes, but for the stride."""
    rounds_up: bool = False

    def over(self, sides: Sides) -> Sides | None:
        """Return the sizes of the map that is left; None where the window does not fit."""
        axes = len(sides)
        spread = [_of_each(sizes, axes) for sizes in (self.kernel, self.stride, self.padding, self.dilation)]
        if any(len(sizes) != axes for sizes in spread):
            return None
        left = tuple(self._along(*sizes) for sizes in zip(sides, *spread, strict=True))
        return left if all(size > 0 for size in left) else None

    def _along(self, size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
        if self.is_same:
            return -(-size // stride)
        room = size + 2 * padding - dilation * (kernel - 1) - 1
        return (-(-room // stride) if self.rounds_up else room // stride) + 1


def _of_each(sizes: Sides, axes: int) -> Sides:
    return sizes * axes if len(sizes) == 1 else sizes
