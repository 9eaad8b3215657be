"""What a rule names: an initializer and its parameters, some of them worked out from the layer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from service.advice.layer.layer import Layer
from service.advice.scheme import Scheme, with_parameters
from service.catalogue.catalogue import CATALOGUE
from service.initializers.axis_parameters import gates_text
from service.initializers.initializer import Initializer
from service.tensors.dtypes import DTYPES
from service.tensors.layout import Shape
from service.tensors.spec import Scalar

RecipeParameter = Scalar | Callable[[Layer], Scalar | None] | None


@dataclass(frozen=True)
class Recipe:
    """An initializer by name, and its parameters: numbers, or functions of the layer; None leaves one out."""

    initializer: str
    parameters: Mapping[str, RecipeParameter]

    @classmethod
    def of(cls, initializer: Initializer) -> Recipe:
        """Return the recipe that makes just this initializer."""
        return cls(initializer.name, dict(initializer.canonical))

    def on(self, layer: Layer, shape: Shape | None = None, suffix: str = "") -> Scheme:
        """Return the scheme for the layer's weight, or for another tensor of it with a shape and a name of its own.

        The layout, groups, gates and fans of the layer go with it, where the initializer takes them. `dtype` stands in
        the place of what the links say, for schemes that are of one. Raises InvalidParameter.
        """
        initializer_type = CATALOGUE.get(self.initializer)
        parameters: dict[str, Scalar | None] = _geometry(layer, initializer_type) if shape is None else {}
        for name, value in self.parameters.items():
            parameters[name] = value(layer) if callable(value) else value
        dtype = parameters.pop("dtype", None)
        links = layer.links if dtype is None else replace(layer.links, dtype=DTYPES[str(dtype)])
        known = {name: value for name, value in parameters.items() if value is not None}
        initializer = with_parameters(initializer_type, known)
        return Scheme.of(initializer, layer.shape if shape is None else shape, links, links.named(suffix))


def recipe(initializer: str, **parameters: RecipeParameter) -> Recipe:
    """Return a recipe for an initializer of the catalogue."""
    return Recipe(initializer, parameters)


def _geometry(layer: Layer, initializer_type: type[Initializer]) -> dict[str, Scalar | None]:
    """Return what an initializer must know of the weight's axes that its shape does not say."""
    if layer.axes is None:
        takes_vectors = initializer_type.ranks[0] == 0
        fans: dict[str, Scalar] = {"fan_in": layer.fan_in, "fan_out": layer.fan_out}
        return {name: fan for name, fan in fans.items() if takes_vectors and name in initializer_type.model_fields}
    known: dict[str, Scalar] = {}
    if layer.layout != "out_in":
        known["layout"] = layer.layout
    is_transposed = layer.kind == "conv_transpose"
    if layer.groups > 1 and not is_transposed and not layer.has_kernel_by_channel:
        known["groups"] = layer.groups
    if layer.gates != 1:
        known["gates"] = layer.gates if isinstance(layer.gates, int) else gates_text(layer.gates)
    # A unit of a transposed convolution sums the inputs of its group, at a share of the kernel's positions.
    is_shared = is_transposed and (layer.groups > 1 or layer.description.stride > 1)
    if is_shared or layer.description.fan_in is not None:
        known["fan_in"] = layer.fan_in
    if layer.description.fan_out is not None:
        known["fan_out"] = layer.fan_out
    if layer.description.padding_idx is not None:
        known["padding_idx"] = layer.description.padding_idx
    accepted = _geometry_parameters(initializer_type)
    return {name: value for name, value in known.items() if name in accepted}


@functools.cache
def _geometry_parameters(initializer_type: type[Initializer]) -> frozenset[str]:
    """Return the parameters of an initializer that describe axes. uniform takes fan_in instead of an interval."""
    interval = {"fan_in"} if "low" in initializer_type.model_fields else set()
    return frozenset(
        {"layout", "groups", "gates", "fan_in", "fan_out", "padding_idx"}
        & initializer_type.model_fields.keys() - interval
    )
