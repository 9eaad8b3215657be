"""Fan-in and fan-out: how many inputs a unit sums, and how many units an input feeds."""

from __future__ import annotations

import functools
import math
from typing import Literal, NamedTuple

from service.tensors.blocks import Gates, blocks
from service.tensors.errors import InvalidParameter
from service.tensors.layout import LAYOUT_NAMES, Layout, Shape, axes

Mode = Literal["fan_in", "fan_out", "fan_avg", "fan_geo_avg"]


class Geometry(NamedTuple):
    """How a shape is to be read, and the fans that override what it says."""

    shape: Shape
    layout: Layout = "out_in"
    groups: int = 1
    gates: Gates = 1
    fan_in: float | None = None
    fan_out: float | None = None


class Fans(NamedTuple):
    """The fans of a tensor; None where a shape of rank below 2 has none and none was given."""

    fan_in: float | None
    fan_out: float | None

    def of(self, mode: Mode) -> float:
        """Return the fan that `mode` names: one of the two, their mean, or their geometric mean."""
        if mode == "fan_in":
            return self._given("fan_in")
        if mode == "fan_out":
            return self._given("fan_out")
        fan_in, fan_out = self._given("fan_in"), self._given("fan_out")
        return 0.5 * (fan_in + fan_out) if mode == "fan_avg" else math.sqrt(fan_in * fan_out)

    def at_least_one(self) -> Fans:
        """Return the same fans, with 1 for those of an empty axis."""
        return Fans(*(None if fan is None else fan or 1.0 for fan in (self.fan_in, self.fan_out)))

    def _given(self, name: Literal["fan_in", "fan_out"]) -> float:
        fan = self.fan_in if name == "fan_in" else self.fan_out
        if fan is None:
            raise InvalidParameter(
                "shape",
                f"a shape of rank 0 or 1 has no {name}: give {name} explicitly (the layer's, for a bias), "
                "or take zeros, constant or uniform",
            )
        return fan


def fans(geometry: Geometry) -> Fans:
    """Return the fans of a weight whose gates are alike; of the first gate where they are not.

    With the sizes of the axes by their letters under `layout`, the in axes being those of one group:
    fan_in = ∏i · ∏k, fan_out = ∏o · ∏k / (groups · gates). An axis of a stack is in neither.
    Explicit fans override. A grouped convolution's units feed only their own group, and each gate is a
    matrix of its own; frameworks differ here (pytorch/pytorch#23854 leaves fan_out undivided).
    """
    return fans_of_gates(geometry)[0]


@functools.lru_cache(maxsize=1024)
def fans_of_gates(geometry: Geometry) -> tuple[Fans, ...]:
    """Return the fans of each gate that has a size of its own; one item where all have the same."""
    if len(geometry.shape) < 2:
        return (_fans_of_vector(geometry),)
    weight = axes(geometry.shape, geometry.layout)
    fan_in = weight.columns if geometry.fan_in is None else geometry.fan_in
    runs = blocks(weight, geometry.groups, geometry.gates)
    if geometry.fan_out is not None:
        return (Fans(fan_in, geometry.fan_out),)
    return tuple([Fans(fan_in, run.rows * weight.receptive_field) for run in runs])


def _fans_of_vector(geometry: Geometry) -> Fans:
    """Return the fans that were given, or that a letter gives to the only axis. Raises InvalidParameter."""
    if geometry.groups > 1 or geometry.gates != 1:
        culprit = "groups" if geometry.groups > 1 else "gates"
        raise InvalidParameter(culprit, f"{culprit} needs a shape of rank 2 or more, of which it divides the out axis")
    fan_in, fan_out = geometry.fan_in, geometry.fan_out
    if geometry.layout not in LAYOUT_NAMES:
        weight = axes(geometry.shape, geometry.layout)
        # An axis of outputs alone may be a bias, whose fan-in is that of the layer.
        fan_in = weight.columns if fan_in is None and weight.column_axes.axes else fan_in
        fan_out = weight.out * weight.receptive_field if fan_out is None and weight.letters != "s" else fan_out
    return Fans(fan_in, fan_out)
