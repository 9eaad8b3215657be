"""An initializer with its parameters for one tensor: what a rule names, made concrete for a layer."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from pydantic import ValidationError

from service.advice.layer.layer import Layer
from service.advice.links import LinkOptions
from service.catalogue.catalogue import CATALOGUE
from service.initializers.initializer import Initialization, Initializer, Target
from service.streams.registry import DEFAULT_STREAM
from service.tensors.dtypes import DTYPES, FLOAT32
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Layout, Shape, axes
from service.tensors.source import ConstantSource, NormalSource, UniformSource
from service.tensors.spec import Scalar, encode_query

Parameter = Scalar | Callable[[Layer], Scalar | None] | None

_MOST = 1e200
"""What counts as the largest second moment, so that products of it are numbers still."""

_LARGE = 2**20
"""Elements beyond which a link is to a binary format: JSON is for reading."""

_ISOMETRIC = frozenset(("orthogonal", "delta_orthogonal", "convolution_orthogonal", "identity", "dirac", "permutation"))


@dataclass(frozen=True)
class Recipe:
    """An initializer by name, and its parameters: numbers, or functions of the layer; None leaves one out."""

    initializer: str
    parameters: Mapping[str, Parameter]

    def on(self, layer: Layer, shape: Shape | None = None, suffix: str = "") -> Scheme:
        """Return the scheme for the layer's weight, or for another tensor of it with a shape and a name of its own.

        The layout, groups, gates and fans of the layer go with it, where the initializer takes them. `dtype` stands in
        the place of what the links say, for schemes that are of one. Raises InvalidParameter.
        """
        own = {name: value(layer) if callable(value) else value for name, value in self.parameters.items()}
        dtype = own.pop("dtype", None)
        links = layer.links if dtype is None else replace(layer.links, dtype=DTYPES[str(dtype)])
        kind = CATALOGUE.get(self.initializer)
        geometry = _geometry(layer, kind) if shape is None else {}
        given = {name: value for name, value in {**geometry, **own}.items() if value is not None}
        name = ".".join(part for part in (layer.links.name, suffix) if part)
        return scheme(with_parameters(kind, given), layer.shape if shape is None else shape, links, name)


def recipe(initializer: str, **parameters: Parameter) -> Recipe:
    """Return a recipe for an initializer of the catalogue."""
    return Recipe(initializer, parameters)


def _geometry(layer: Layer, kind: type[Initializer]) -> dict[str, Scalar]:
    """Return what an initializer must know of the weight's axes that its shape does not say."""
    if layer.axes is None:
        known: dict[str, Scalar] = {"fan_in": layer.fan_in, "fan_out": layer.fan_out}
        return {name: value for name, value in known.items() if name in kind.model_fields and kind.ranks[0] == 0}
    known = {}
    if layer.layout != "out_in":
        known["layout"] = layer.layout
    is_other = layer.kind == "conv_transpose" or layer.has_multiplier_axis
    if layer.groups > 1 and not is_other:
        known["groups"] = layer.groups
    if layer.gates > 1:
        known["gates"] = layer.gates
    # Other axes than a layout has; explicit fans say it all.
    if is_other or layer.description.fan_in is not None:
        known["fan_in"] = layer.fan_in
    if is_other or layer.description.fan_out is not None:
        known["fan_out"] = layer.fan_out
    taken = _of_geometry(kind)
    return {name: value for name, value in known.items() if name in taken}


@functools.cache
def _of_geometry(kind: type[Initializer]) -> frozenset[str]:
    """Return the parameters of an initializer that tell of axes. uniform takes fan_in instead of an interval."""
    interval = {"fan_in"} if "low" in kind.model_fields else set()
    return frozenset({"layout", "groups", "gates", "fan_in", "fan_out"} & kind.model_fields.keys() - interval)


def with_parameters(kind: type[Initializer], parameters: Mapping[str, Any]) -> Initializer:
    """Return the initializer of a kind with these parameters. Raises InvalidParameter."""
    return _initializer(kind, tuple(parameters.items()))


@functools.lru_cache(maxsize=4096)
def _initializer(kind: type[Initializer], parameters: tuple[tuple[str, Any], ...]) -> Initializer:
    try:
        return kind(**dict(parameters))
    except ValidationError as error:
        item = error.errors(include_url=False)[0]
        place = item["loc"][0] if item["loc"] else "it"
        raise InvalidParameter("layer", f"{kind.name} is not for this layer: {place}: {item['msg']}") from error


_STREAM = DEFAULT_STREAM.open(0, "")
"""Of no consequence where nothing is made."""


def scheme(initializer: Initializer, shape: Shape, links: LinkOptions, name: str) -> Scheme:
    """Return an initializer for a tensor of a shape. Raises InvalidParameter where it makes none."""
    return Scheme(initializer, shape, links, name, initializer.initialize(Target(shape, links.dtype, _STREAM)))


def href(initializer: Initializer, shape: Shape, links: LinkOptions, name: str) -> str:
    """Return the URL of a tensor, without what goes without saying; it draws a seed when none was given."""
    pairs: list[tuple[str, Scalar]] = [("shape", ",".join(map(str, shape)))]
    if links.seed is not None and initializer.random:
        pairs.append(("seed", str(links.seed)))
    if name:
        pairs.append(("name", name))
    if links.dtype is not FLOAT32:
        pairs.append(("dtype", links.dtype.name))
    pairs += initializer.canonical
    if math.prod(shape) > _LARGE:
        pairs.append(("format", "safetensors"))
    return f"{links.root}/weights/{initializer.name}?{encode_query(tuple(pairs))}"


@dataclass(frozen=True)
class Scheme:
    """An initializer for a tensor of a given shape, and what it tells of it. Nothing is made."""

    initializer: Initializer
    shape: Shape
    links: LinkOptions
    name: str
    initialization: Initialization

    @property
    def entry_name(self) -> str:
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
        return self.entry_name in _ISOMETRIC and not self._is_stack

    @property
    def _is_stack(self) -> bool:
        """Whether it is of many matrices along leading axes, and of no convolution."""
        return self.entry_name == "identity" and len(self.shape) > 2

    @cached_property
    def mean_square(self) -> float | None:
        """The second moment of the elements; None where it is not known without making them."""
        if self.std is not None:
            return min(self.std * self.std + self.mean * self.mean, _MOST)
        gain = float(self.initialization.facts.get("gain", 1.0))
        # The squares of an orthogonal matrix, and of an identity, sum to its shorter side, whatever is around it.
        if self.entry_name not in _ISOMETRIC or len(self.shape) < 2:
            return None
        layout: Layout = getattr(self.initializer, "layout", "out_in")
        shape = self.shape[-2:] if self._is_stack else self.shape
        weight = axes(shape, layout)
        blocks = int(getattr(self.initializer, "groups", 1)) * int(getattr(self.initializer, "gates", 1))
        return min(gain * gain, _MOST) * blocks * min(weight.out // blocks, weight.in_) / math.prod(shape)

    @property
    def href(self) -> str:
        """The URL of the tensor."""
        return href(self.initializer, self.shape, self.links, self.name)
