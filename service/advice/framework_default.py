"""What a framework gives a layer when nobody says anything, for the layers that are described here."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.advice.layer.layer import Layer
from service.advice.layer.model_part import ModelTensor, block_number, model_context, model_tensor
from service.advice.layer.shape import arranged
from service.advice.layer.storage import StoredTensor
from service.advice.layer.vocabulary import dimensions
from service.advice.layer.weight_axes import is_of_axes, is_of_equation
from service.advice.recipe import Recipe
from service.advice.scheme import Scheme
from service.frameworks.framework import Framework
from service.frameworks.layers import of_stack
from service.frameworks.registry import DESCRIBED
from service.frameworks.rules import TensorContext
from service.frameworks.storage import letters
from service.frameworks.transformers import CONV_1D
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Axes, Shape


@dataclass(frozen=True)
class LayerDefault:
    """The default of a framework for a layer."""

    framework: str
    layer: str
    weights: Scheme
    bias: Scheme | None


def default_of(layer: Layer, links_bias: bool = True) -> LayerDefault | None:
    """Return the default of the framework that the description names; None where it has no such layer.

    Its bias is an entry of the catalogue where `links_bias`, and else the scheme that this draws by, which is all that
    a judgement needs.

    Raises InvalidParameter where the framework stores no tensor of the layer's shape, or draws it by what is not known.
    """
    own, name = layer.weight.own, layer.description.framework
    if name is None:
        return None
    model = model_tensor(layer, name)
    if model is not None:
        return _of_model(model, DESCRIBED[name], own, layer, links_bias)
    if own is None:
        return None
    weights = _weights(DESCRIBED[name], own, layer)
    bias = _bias(DESCRIBED[name], own.bias, weights, layer, links_bias)
    return LayerDefault(own.layers.title, own.layer, weights, bias)


def _of_model(
    model: ModelTensor, library: Framework, own: StoredTensor | None, layer: Layer, links_bias: bool
) -> LayerDefault:
    """Return the default of a part of a family of models, in whose code rules of its own may stand."""
    if own is None:
        weights = Recipe.of(model.weight.initializer(model_context(layer))).on(layer, layer.shape, "weight")
        return LayerDefault(library.title, f"{model.family.title} {model.part.replace('_', ' ')}", weights, None)
    title = f"{model.family.title} {own.layer}"
    if model.is_transposed:
        own, title = replace(own, layer=CONV_1D), f"{model.family.title} Conv1D"
    beside = own.bias
    weights = _weights(library, replace(own, start=model.weight), layer)
    bias = _bias(library, beside and replace(beside, start=model.bias), weights, layer, links_bias)
    return LayerDefault(own.layers.title, title, weights, bias)


def _bias(
    framework: Framework, bias: StoredTensor | None, weights: Scheme, layer: Layer, links_bias: bool
) -> Scheme | None:
    """Return what the bias beside weights starts with; None of a layer without one."""
    shape = layer.bias_shape
    if bias is None or layer.description.bias is False or shape is None:
        return None
    fan_in = weights.fan("fan_in") or layer.fan_in
    if not links_bias:
        drawn_by = _drawn_by(framework, bias, layer, shape, fan_in)
        return Scheme.of(drawn_by, shape, layer.links, layer.links.named(bias.tensor))
    return _recipe(framework, bias, layer, shape, fan_in).on(layer, shape, bias.tensor)


def _weights(framework: Framework, own: StoredTensor, layer: Layer) -> Scheme:
    weight = layer.axes
    if weight is None or not own.record.axes:
        return _recipe(framework, own, layer, layer.shape, None).on(layer, layer.shape, own.tensor)
    if is_of_equation(layer.description.layer) or is_of_axes(layer.description.layer):
        # Its axes are in any order; Flax counts those of a batch to the inputs.
        inputs = weight.in_ * weight.stack if is_of_axes(layer.description.layer) else None
        return _recipe(framework, own, layer, layer.shape, inputs).on(layer, layer.shape, own.tensor)
    rank = len(layer.shape) - len(weight.stack_axes.axes)
    is_of_copies = weight.stack > 1 and letters(own.record.axes, rank) is not None
    if is_of_copies and not layer.has_kernel_by_channel:
        return _copies(framework, own, layer, weight)
    shape = stored_shape(layer, own, weight)
    # Entries of the catalogue read the fan-in off the shape; of transposed convolutions that is another.
    fan_in = None if framework.default is not None else layer.fan_in
    return _recipe(framework, own, layer, shape, fan_in).on(layer, shape, own.tensor)


def _copies(framework: Framework, own: StoredTensor, layer: Layer, weight: Axes) -> Scheme:
    """Return the weights of a stack of layers, each of which is drawn by itself."""
    shape = _arranged(weight, own, weight.out)
    order = "s" * len(weight.stack_axes.axes) + (letters(own.record.axes, len(shape)) or "")
    one = own.record.initializer(TensorContext(shape, **_context(framework, own, layer, None)))
    return Recipe.of(of_stack(one, order)).on(layer, (*weight.stack_axes.sizes, *shape), own.tensor)


def stored_shape(layer: Layer, own: StoredTensor, weight: Axes) -> Shape:
    """Return the weight's shape as a framework stores it."""
    if letters(own.record.axes, len(layer.shape)) == weight.letters:
        return layer.shape
    return _arranged(weight, own, layer.out)


def _arranged(weight: Axes, own: StoredTensor, out: int) -> Shape:
    """Return the shape of a weight in a framework's order. Raises InvalidParameter where it stores none such.

    With as many axes of each letter as there are, or else with one of each.
    """
    groups = {"o": weight.out_axes, "i": weight.in_axes, "k": weight.kernel_axes}
    several = {letter: group.sizes for letter, group in groups.items()}
    order = letters(own.record.axes, sum(map(len, several.values())))
    if order is not None and all(order.count(letter) == len(sizes) for letter, sizes in several.items()):
        return arranged(order, several)
    order = letters(own.record.axes, len(weight.kernel) + 2)
    if order is None:
        raise InvalidParameter("shape", f"{own.layers.title}'s {own.layer} has no tensor of this shape")
    if "i" not in order:
        # A depthwise kernel has an axis of channels and one of the units of each.
        channels = out // weight.out if weight.out != out else out
        return arranged(order, {"s": (channels,), "o": (out // channels,), "k": weight.kernel})
    return arranged(order, {"o": (out,), "i": (weight.in_,), "k": weight.kernel})


def _recipe(framework: Framework, own: StoredTensor, layer: Layer, shape: Shape, fan_in: float | None) -> Recipe:
    """Return what a tensor of a layer starts with; `fan_in` is None where its own shape says it."""
    if framework.default is None:
        return Recipe.of(_drawn_by(framework, own, layer, shape, fan_in))
    context = _context(framework, own, layer, fan_in)
    return Recipe(framework.default.name, {**context, "layer": own.layer, "tensor": own.tensor})


def _drawn_by(framework: Framework, own: StoredTensor, layer: Layer, shape: Shape, fan_in: float | None) -> Initializer:
    """Return the scheme that a tensor of a layer is drawn by."""
    return own.record.initializer(TensorContext(shape, **_context(framework, own, layer, fan_in)))


def _context(framework: Framework, own: StoredTensor, layer: Layer, fan_in: float | None) -> dict[str, Any]:
    """Return what a tensor's default takes besides the shape."""
    taken = own.record.default.takes
    known = {name: fan_in if name == "fan_in" else _OF_LAYERS[name](layer) for name in taken}
    return {name: value for name, value in known.items() if value is not None}


def _head_size(layer: Layer) -> int | None:
    description = layer.description
    return description.head_size or (description.heads and layer.out // description.heads)


def _block(layer: Layer) -> int | None:
    description = layer.description
    return block_number(description.layer) if description.block is None else description.block


def _in_channels(layer: Layer) -> int | None:
    if layer.axes is None:
        return None
    return layer.axes.in_ * (1 if layer.kind == "conv_transpose" else layer.groups)


def _strides(layer: Layer) -> int | None:
    """Return the product of a convolution's strides."""
    if layer.axes is None:
        return None
    stride: int = layer.description.stride ** (dimensions(layer.description.layer) or len(layer.axes.kernel))
    return stride


def _equation(layer: Layer) -> str | None:
    """Return the einsum equation of a kernel; None of a matrix, which needs none."""
    if layer.description.equation is not None or layer.axes is None:
        return layer.description.equation
    axes = layer.axes.letters
    if len(axes) == 2:
        return None
    kernel = string.ascii_lowercase[1 : len(axes) + 1]
    of_input = "".join(name for name, letter in zip(kernel, axes, strict=True) if letter in "si")
    of_output = "".join(name for name, letter in zip(kernel, axes, strict=True) if letter in "so")
    return f"a{of_input},{kernel}->a{of_output}"


_OF_LAYERS: Mapping[str, Callable[[Layer], Any]] = {
    "groups": lambda layer: layer.groups,
    "depth": lambda layer: layer.depth,
    "inputs": lambda layer: layer.description.inputs,
    "head_size": _head_size,
    "width": lambda layer: layer.description.width,
    "padding_idx": lambda layer: layer.description.padding_idx,
    "block": _block,
    "units": lambda layer: None if layer.cell is None else layer.units,
    "in_channels": _in_channels,
    "strides": _strides,
    "equation": _equation,
}
"""What a default may take besides the fan-in, by the member of TensorContext."""
