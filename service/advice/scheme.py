"""An initializer with its parameters for one tensor."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from service.advice.links import LinkOptions, href
from service.initializers.fan_based import FanBased
from service.initializers.initializer import Initialization, Initializer, Target, defaults_of
from service.initializers.random import UniformInitializer
from service.lazy import lazy
from service.streams.registry import DEFAULT_STREAM
from service.tensors.blocks import blocks
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans
from service.tensors.laws import ElementMoments, Law
from service.tensors.layout import Axes, Layout, Shape, axes
from service.tensors.spec import Scalar

_LARGEST_MEAN_SQUARE = 1e200
"""What counts as the largest second moment, so that products of it are still numbers."""

_ROUNDING = 1e-9
"""By how much of it two numbers that are the same may differ."""

_UNMIXED = frozenset(("identity", "dirac", "permutation"))
_COPYING = frozenset(("icnr",))
"""Schemes that repeat elements, which their law says nothing of."""
_ISOMETRIC = _UNMIXED | {"orthogonal", "delta_orthogonal", "convolution_orthogonal"}

_TRANSPOSED = str.maketrans("oi", "io")
"""Inputs for units, in the letters of a layout."""


def with_parameters(initializer_type: type[Initializer], parameters: Mapping[str, Any]) -> Initializer:
    """Return the initializer of a type with these parameters. Raises InvalidParameter."""
    return _initializer(initializer_type, tuple(parameters.items()))


@functools.lru_cache(maxsize=4096)
def _initializer(initializer_type: type[Initializer], parameters: tuple[tuple[str, Any], ...]) -> Initializer:
    try:
        return initializer_type(**dict(parameters))
    except ValidationError as error:
        item = error.errors(include_url=False)[0]
        place = item["loc"][0] if item["loc"] else "it"
        raise InvalidParameter(
            "layer", f"{initializer_type.name} is not for this layer: {place}: {item['msg']}"
        ) from error


def parameter(initializer: Initializer, name: str, default: Any = None) -> Any:
    """Return a parameter of an initializer, or a default where it has no such parameter."""
    return getattr(initializer, name) if name in defaults_of(type(initializer)) else default


_STREAM = DEFAULT_STREAM.open(0, "")
"""Of no consequence where nothing is made."""


@dataclass(frozen=True)
class Scheme:
    """An initializer for a tensor of a given shape, and what it tells of it. Nothing is made."""

    initializer: Initializer
    shape: Shape
    links: LinkOptions
    name: str
    initialization: Initialization

    @classmethod
    def of(cls, initializer: Initializer, shape: Shape, links: LinkOptions, name: str) -> Scheme:
        """Return an initializer for a tensor of a shape. Raises InvalidParameter where it makes none."""
        return cls(initializer, shape, links, name, initializer.initialize(Target(shape, links.dtype, _STREAM)))

    @lazy
    def initializer_name(self) -> str:
        return self.initializer.name

    @property
    def parameters(self) -> dict[str, Scalar]:
        """Those that differ from the initializer's defaults."""
        return dict(self.initializer.canonical)

    @lazy
    def law(self) -> ElementMoments | None:
        """That of the elements, but for a row of zeros; None where they have none in common, or it is not known."""
        own = self.initializer
        if parameter(own, "padding_idx") is None:
            return self.initialization.law
        unpadded = own.model_copy(update={"padding_idx": None})
        return unpadded.initialize(Target(self.shape, self.links.dtype, _STREAM)).law

    @property
    def std(self) -> float | None:
        """The standard deviation of the elements; None where it is not known."""
        return None if self.law is None else self.law.std

    @property
    def stds(self) -> tuple[float, ...] | None:
        """That of each block, where blocks of unequal sizes have their own; None where they share one."""
        told = self.initialization.facts.get("std")
        return tuple(map(float, told.split(","))) if isinstance(told, str) else None

    @lazy
    def mean(self) -> float:
        """The mean of elements that a unit sums many of; 0 where there are none such, or where it is not known."""
        return 0.0 if self.law is None or self.unit_gain is not None else self.law.mean

    @property
    def bound(self) -> float | None:
        """The largest absolute value; None where there is none, and for a constant."""
        return None if self.law is None or self.is_constant else self.law.bound

    def fan(self, side: Literal["fan_in", "fan_out"]) -> float | None:
        """Return the fan that the scheme used; None where it used none."""
        return self.initialization.number(side)

    @property
    def constant(self) -> float | None:
        """The number that all elements are; None where they differ."""
        return None if self.law is None else self.law.constant

    @lazy
    def is_constant(self) -> bool:
        return self.constant is not None

    def is_same_as(self, other: Scheme) -> bool:
        """Return whether both are one initializer with the same parameters."""
        own, its = self.initializer, other.initializer
        return own.name == its.name and own.canonical == its.canonical

    def is_distributed_as(self, other: Scheme) -> bool:
        """Return whether the elements of both are independent draws from one law."""
        law, its = self.law, other.law
        if type(law) is not type(its) or not isinstance(law, Law) or not isinstance(its, Law):
            return False
        if self.initializer_name in _COPYING or other.initializer_name in _COPYING:
            return False
        pairs = ((law.mean, its.mean), (law.std, its.std), (law.bound or 0.0, its.bound or 0.0))
        return all(math.isclose(own, other, rel_tol=_ROUNDING, abs_tol=_ROUNDING * law.std) for own, other in pairs)

    @lazy
    def is_isometric(self) -> bool:
        """Whether the matrix keeps norms exactly, up to its gain."""
        return self.initializer_name in _ISOMETRIC and not self._is_stack

    @lazy
    def unit_gain(self) -> float | None:
        """The weight by which each unit is fed from one other, or from itself; None where a unit sums many."""
        is_unmixed = self.initializer_name in _UNMIXED and not self._is_stack
        return self.initialization.number("gain", 1.0) if is_unmixed else None

    @lazy
    def _is_stack(self) -> bool:
        """Whether it is of many matrices, and of no convolution."""
        return len(self.shape) >= 2 and bool(self._axes.stack_axes.axes)

    @property
    def _axes(self) -> Axes:
        layout: Layout = parameter(self.initializer, "layout", "out_in")
        return axes(self.shape, layout, self.initializer.layout_names)

    @lazy
    def mean_square(self) -> float | None:
        """The second moment of the elements; None where it is not known without making them."""
        known = None if self.law is None else self.law.mean_square
        if known is not None:
            return min(known, _LARGEST_MEAN_SQUARE)
        gain = self.initialization.number("gain", 1.0)
        # The squares of an orthogonal matrix, and of an identity, sum to its shorter side, whatever is around it.
        if self.initializer_name not in _ISOMETRIC or len(self.shape) < 2 or 0 in self.shape:
            return None
        runs = blocks(self._axes, parameter(self.initializer, "groups", 1), parameter(self.initializer, "gates", 1))
        sides = sum(run.count * min(run.rows, self._axes.in_) for run in runs)
        return min(gain * gain, _LARGEST_MEAN_SQUARE) * self._axes.stack * sides / math.prod(self.shape)

    def mean_square_at(self, inputs: float, outputs: float) -> float | None:
        """Return the second moment that the same initializer gives a matrix of other sides; None where unknown."""
        own = self.initialization.drawn_by or self.initializer
        if isinstance(own, UniformInitializer) and own.fan_in and self.mean_square is not None:
            return self.mean_square * own.fan_in / inputs
        if isinstance(own, FanBased) and isinstance(own.gates, int):
            return own.law(Fans(inputs, outputs)).mean_square
        if self.is_isometric:
            gain = self.initialization.number("gain", 1.0)
            return min(gain * gain, _LARGEST_MEAN_SQUARE) / max(inputs, outputs)
        return None if {"layout", "fan_in", "fan_out"} & defaults_of(type(own)).keys() else self.mean_square

    def transposed_mean_square(self, inputs: float) -> float | None:
        """Return the second moment that the same initializer gives the transposed weight; None where it has none such.

        A unit of the transposed layer sums so many `inputs`.
        """
        own = self.initialization.drawn_by or self.initializer
        if isinstance(own, UniformInitializer) and own.fan_in and self.mean_square is not None:
            return self.mean_square * own.fan_in / inputs
        if isinstance(own, FanBased) and isinstance(own.gates, int):
            fan_in, fan_out = self.fan("fan_in"), self.fan("fan_out")
            return None if not fan_in or not fan_out else own.law(Fans(fan_out, fan_in)).mean_square
        return self._mean_square_by_transposed_layout(own)

    def _mean_square_by_transposed_layout(self, own: Initializer) -> float | None:
        fans = {"fan_in": parameter(own, "fan_out"), "fan_out": parameter(own, "fan_in")}
        takes = defaults_of(type(own))
        if not {"layout", *fans} & takes.keys() or len(self.shape) < 2:
            return self.mean_square
        if parameter(own, "groups", 1) != 1 or parameter(own, "gates", 1) != 1:
            return None
        if self.is_isometric:
            # The squares sum to the shorter side either way.
            return self.mean_square
        letters = self._axes.letters.translate(_TRANSPOSED)
        swapped = {name: fan for name, fan in fans.items() if name in takes}
        parameters = {**dict(own.canonical), **swapped, "layout": letters}
        try:
            initializer = with_parameters(
                type(own), {k: v for k, v in parameters.items() if k in takes and v is not None}
            )
            return Scheme.of(initializer, self.shape, self.links, self.name).mean_square
        except InvalidParameter:
            return None

    @property
    def href(self) -> str:
        """The URL of the tensor."""
        return href(self.initializer, self.shape, self.links, self.name)
