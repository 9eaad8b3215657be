"""Blocks of the out axis: the groups of a convolution, the gates of a recurrent cell, fused projections."""

from __future__ import annotations

from dataclasses import dataclass

from service.tensors.errors import InvalidParameter
from service.tensors.layout import LAYOUT_NAMES, WEIGHTS, Axes, axes

Gates = int | tuple[int, ...]
"""How many matrices of one size are stacked on the out axis, or the size of each."""

MAX_GATES = 64
"""Of sizes of their own."""


@dataclass(frozen=True)
class Blocks:
    """Neighbouring blocks of the out axis, all of one size, each a matrix of its own."""

    first: int
    """The place along the out axis where they begin."""
    count: int
    rows: int
    """The units of each."""

    @property
    def end(self) -> int:
        return self.first + self.count * self.rows


def blocks(weight: Axes, groups: int, gates: Gates) -> tuple[Blocks, ...]:
    """Return the blocks of a weight's out axis: gates one after another, each of `groups` blocks.

    Gates of one size are one run of blocks, gates of sizes of their own one run each. Raises InvalidParameter where
    they do not divide the axis.
    """
    if isinstance(gates, int):
        rows, rest = divmod(weight.out, groups * gates)
        if rest:
            raise _undivided(weight, groups, gates)
        return (Blocks(0, groups * gates, rows),)
    if sum(gates) != weight.out:
        written = ",".join(map(str, gates))
        raise InvalidParameter(
            "gates", f"{written} are {sum(gates)} units together, and the out axis has {weight.out}; check the layout"
        )
    found: list[Blocks] = []
    for size in gates:
        if size % groups:
            raise InvalidParameter("groups", f"groups = {groups} does not divide the gate of {size} units")
        found.append(Blocks(found[-1].end if found else 0, groups, size // groups))
    return tuple(found)


def _undivided(weight: Axes, groups: int, gates: int) -> InvalidParameter:
    culprit = "gates" if gates > 1 and weight.out % gates else "groups"
    number = groups * gates
    name = "groups × gates" if groups > 1 and gates > 1 else culprit
    return InvalidParameter(
        culprit,
        f"the out axis has {weight.out} units, which {name} = {number} does not divide; {_remedy(weight, number)}",
    )


def _remedy(weight: Axes, number: int) -> str:
    """Return which layout may have been meant by a number of blocks."""
    for axis, (letter, size) in enumerate(zip(weight.letters, weight.shape, strict=True)):
        if letter == "i" and size == number:
            letters = weight.letters[:axis] + "s" + weight.letters[axis + 1 :]
            return (
                f"layout={letters} instead takes the axis of {size} for a stack of independent kernels, as Keras "
                "stores those of a depthwise convolution"
            )
    for name in LAYOUT_NAMES:
        letters, out = WEIGHTS.letters(name, len(weight.shape)), axes(weight.shape, name).out
        if letters != weight.letters and out and out % number == 0:
            return f"layout={name} ({letters}) has an out axis of {out}, which it divides"
    return "check the layout (one letter an axis: o out, i in, k kernel, s stack), or give a shape that it divides"
