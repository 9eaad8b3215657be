"""An initializer with its parameters for one tensor."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import ValidationError

from service.advice.links import LinkOptions, href
from service.initializers.initializer import Initialization, Initializer, Target
from service.streams.registry import DEFAULT_STREAM
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Layout, Shape, axes
from service.tensors.source import ConstantSource, NormalSource, UniformSource
from service.tensors.spec import Scalar

_LARGEST_MEAN_SQUARE = 1e200
"""What counts as the largest second moment, so that products of it are still numbers."""

_ISOMETRIC = frozenset(("orthogonal", "delta_orthogonal", "convolution_orthogonal", "identity", "dirac", "permutation"))


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

    @property
    def initializer_name(self) -> str:
        return self.initializer.name

    @property
    def parameters(self) -> dict[str, Scalar]:
        """Those that differ from the initializer's defaults."""
        return dict(self.initializer.canonical)

    @property
    def std(self) -> float | None:
        """The standard deviation of the elements; None where the scheme is no draw from one distribution."""
        facts = self.initialization.facts
        for name in ("std_after", "std"):
            if name in facts:
                return float(facts[name])
        return 0.0 if self.is_constant else None

    @property
    def mean(self) -> float:
        facts = self.initialization.facts
        return float(facts.get("mean_after", facts.get("mean", self.constant or 0.0)))

    @property
    def bound(self) -> float | None:
        """The largest absolute value; None where there is none."""
        facts = self.initialization.facts
        if "bound" in facts:
            return float(facts["bound"])
        source = self.initialization.source
        is_bounded = isinstance(source, UniformSource) or (isinstance(source, NormalSource) and source.cut is not None)
        return self.initialization.largest if is_bounded else None

    def fan(self, side: Literal["fan_in", "fan_out"]) -> float | None:
        """Return the fan that the scheme used; None where it used none."""
        facts = self.initialization.facts
        return float(facts[side]) if side in facts else None

    @property
    def constant(self) -> float | None:
        """The number that all elements are; None where they differ."""
        source = self.initialization.source
        return source.value if isinstance(source, ConstantSource) else None

    @property
    def is_constant(self) -> bool:
        return self.constant is not None

    @property
    def is_isometric(self) -> bool:
        """Whether the matrix keeps norms exactly, up to its gain."""
        return self.initializer_name in _ISOMETRIC and not self._is_stack

    @property
    def _is_stack(self) -> bool:
        """Whether it is of many matrices along leading axes, and of no convolution."""
        return self.initializer_name == "identity" and len(self.shape) > 2

    @cached_property
    def mean_square(self) -> float | None:
        """The second moment of the elements; None where it is not known without making them."""
        if self.std is not None:
            return min(self.std * self.std + self.mean * self.mean, _LARGEST_MEAN_SQUARE)
        gain = float(self.initialization.facts.get("gain", 1.0))
        # The squares of an orthogonal matrix, and of an identity, sum to its shorter side, whatever is around it.
        if self.initializer_name not in _ISOMETRIC or len(self.shape) < 2:
            return None
        layout: Layout = getattr(self.initializer, "layout", "out_in")
        shape = self.shape[-2:] if self._is_stack else self.shape
        weight = axes(shape, layout)
        blocks = int(getattr(self.initializer, "groups", 1)) * int(getattr(self.initializer, "gates", 1))
        return (
            min(gain * gain, _LARGEST_MEAN_SQUARE) * blocks * min(weight.out // blocks, weight.in_) / math.prod(shape)
        )

    @property
    def href(self) -> str:
        """The URL of the tensor."""
        return href(self.initializer, self.shape, self.links, self.name)
