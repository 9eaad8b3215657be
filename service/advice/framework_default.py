"""What a framework gives a layer when nobody says anything, for the layers that are described here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import LayerKind
from service.advice.recipe import Recipe
from service.advice.scheme import Scheme
from service.frameworks.framework import Framework
from service.frameworks.layers import FrameworkLayers, LayerTensor, LayerType, TensorRole
from service.frameworks.registry import DESCRIBED
from service.frameworks.rules import TensorContext
from service.tensors.layout import Layout, Shape, axes, stored_shape
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class LayerDefault:
    """The default of a framework for a layer."""

    framework: str
    layer: str
    weights: Scheme
    bias: Scheme | None


_TYPES: Mapping[LayerKind, LayerType] = {
    "dense": "linear", "conv": "conv", "conv_transpose": "conv_transpose", "embedding": "embedding", "rnn": "rnn",
    "lstm": "lstm", "gru": "gru", "attention": "attention", "normalization": "layer_norm", "prelu": "prelu",
}  # fmt: skip


def default_of(layer: Layer) -> LayerDefault | None:
    """Return the default of the framework that the description names; None where it has no such layer."""
    name = layer.description.framework
    framework = None if name is None else DESCRIBED[name]
    if framework is None or framework.layers is None:
        return None
    type_ = _type(layer, framework.layers)
    names = None if type_ is None else framework.layers.names(type_, _role(layer))
    if type_ is None or names is None:
        return None
    stored = _stored_as(layer, framework.layout, is_depthwise=type_ == "depthwise_conv")
    # What is made by an entry reads its fan-in off the shape, which for transposed convolutions is another.
    fan_in = stored.fan_in if framework.default is None else None
    weights = _recipe(framework, names, layer, fan_in).on(stored, suffix=names[1])
    bias_names = framework.layers.names(type_, "bias")
    bias = None
    if bias_names is not None and layer.description.bias is not False:
        of_weights = weights.fan("fan_in") or layer.fan_in
        bias = _recipe(framework, bias_names, layer, of_weights).on(layer, _bias_shape(layer), bias_names[1])
    return LayerDefault(framework.layers.title, names[0], weights, bias)


def _type(layer: Layer, layers: FrameworkLayers) -> LayerType | None:
    """Return what the layer is to a framework; None where it has no word for it."""
    type_ = _TYPES.get(layer.kind)
    if layer.is_depthwise and layers.names("depthwise_conv", "weight") is not None:
        return "depthwise_conv"
    is_of_gpt = layer.role == "attention_output" and layer.description.architecture == "gpt"
    if is_of_gpt and type_ in layers.types and "residual_projection" in layers.types:
        return "residual_projection"
    return type_


def _role(layer: Layer) -> TensorRole:
    is_recurrent = layer.is_recurrent and layer.description.tensor != "input"
    return "recurrent_weight" if is_recurrent else "weight"


def _recipe(framework: Framework, names: tuple[str, str], layer: Layer, fan_in: float | None) -> Recipe:
    """Return what a tensor of a layer starts with; `fan_in` is None where its own shape says it."""
    assert framework.layers is not None
    layer_name, tensor_name = names
    tensor = framework.layers.layers[layer_name][tensor_name]
    if framework.default is None:
        scheme = tensor.initializer(TensorContext(layer.shape, fan_in=fan_in, depth=layer.depth))
        return Recipe.of(scheme)
    context = {**_context(tensor, layer), "fan_in": fan_in if "fan_in" in tensor.default.takes else None}
    return Recipe(framework.default.name, {**context, "layer": layer_name, "tensor": tensor_name})


def _context(tensor: LayerTensor, layer: Layer) -> dict[str, Scalar | None]:
    """Return what a tensor's default takes besides the shape and the fan-in."""
    known: dict[str, Scalar | None] = {"units": layer.units, "groups": layer.groups}
    if layer.axes is not None:
        known["in_channels"] = layer.axes.in_ * (1 if layer.kind == "conv_transpose" else layer.groups)
    return {name: value for name, value in known.items() if name in tensor.default.takes}


def _stored_as(layer: Layer, layout: Layout, is_depthwise: bool) -> Layer:
    """Return the layer with its shape as a framework stores it."""
    if layer.axes is None or layer.has_multiplier_axis or (layout == layer.layout and not is_depthwise):
        return layer
    stored = axes(layer.shape, layer.layout)
    # A depthwise kernel of Keras is (*kernel, channels, multiplier).
    sides = (stored.in_, stored.out) if is_depthwise and layout == "in_out" else (stored.out, stored.in_)
    return replace(layer, layout=layout, shape=stored_shape(*sides, stored.kernel, layout))


def _bias_shape(layer: Layer) -> Shape:
    return (layer.gates * layer.units,) if layer.is_recurrent else (layer.out,)
