"""What a framework gives a layer when nobody says anything, for the layers that are described here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.layer.framework_layouts import LAYOUTS
from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import LayerKind
from service.advice.recipe import Recipe, recipe
from service.advice.rules.recipes import ZEROS
from service.advice.scheme import Scheme
from service.frameworks.layers import Framework, LayerType, TensorRole
from service.frameworks.registry import FRAMEWORKS
from service.tensors.layout import Layout, axes, stored_shape
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class LayerDefault:
    """The default of a framework for a layer."""

    framework: str
    layer: str
    weights: Scheme
    bias: Scheme | None


_WORDS: Mapping[LayerKind, LayerType] = {
    "dense": "linear", "conv": "conv", "conv_transpose": "conv_transpose", "embedding": "embedding", "rnn": "rnn",
    "lstm": "lstm", "gru": "gru", "attention": "attention", "normalization": "layer_norm", "prelu": "prelu",
}  # fmt: skip
_SAME_LAYERS = {"tensorflow": "keras", "jax": "flax"}
"""Words for frameworks by the library whose layers their users have."""


def default_of(layer: Layer) -> LayerDefault | None:
    """Return the default of the framework that the description names; None where it has no such layer."""
    name = layer.description.framework
    if name is None:
        return None
    framework = FRAMEWORKS.get(_SAME_LAYERS.get(name, name))
    return _of_recipes(name, layer) if framework is None else _of_catalogue(framework, layer)


def _of_catalogue(framework: Framework, layer: Layer) -> LayerDefault | None:
    word = _WORDS.get(layer.kind)
    if word is None:
        return None
    if layer.is_depthwise and framework.names("depthwise_conv", "weight") is not None:
        word = "depthwise_conv"
    is_recurrent = layer.is_recurrent and layer.description.tensor != "input"
    role: TensorRole = "recurrent_weight" if is_recurrent else "weight"
    names = framework.names(word, role)
    if names is None:
        return None
    layer_type, tensor = names
    stored = _stored_as(layer, LAYOUTS.get(framework.name, "out_in"), is_depthwise=word == "depthwise_conv")
    entry = f"{framework.name}_default"
    # The fan-in is what the framework reads off the shape, which for transposed convolutions is another.
    given = {**_context(framework, layer, names), "layer": layer_type, "tensor": tensor, "fan_in": None}
    weights = Recipe(entry, given).on(stored)
    bias_names = framework.names(word, "bias")
    if bias_names is None or layer.description.bias is False:
        return LayerDefault(framework.title, layer_type, weights, None)
    known = {**_context(framework, layer, bias_names), "layer": layer_type, "tensor": bias_names[1]}
    if "fan_in" in framework.rule(*bias_names).takes:
        known["fan_in"] = weights.fan("fan_in") or layer.fan_in
    return LayerDefault(
        framework.title, layer_type, weights, Recipe(entry, known).on(layer, _bias_shape(layer), "bias")
    )


def _context(framework: Framework, layer: Layer, names: tuple[str, str]) -> dict[str, Scalar | None]:
    """Return what a rule takes besides the shape and the fan-in."""
    known: dict[str, Scalar | None] = {"units": layer.units, "groups": layer.groups}
    if layer.axes is not None:
        known["in_channels"] = layer.axes.in_ * (1 if layer.kind == "conv_transpose" else layer.groups)
    return {name: value for name, value in known.items() if name in framework.rule(*names).takes}


@dataclass(frozen=True)
class DefaultRecipes:
    """A default that is no entry of the catalogue: the layer's name in the framework, its weights and its bias."""

    layer: str
    weights: Recipe
    bias: Recipe | None


Table = Mapping[LayerKind, DefaultRecipes]

# dm-haiku's linear.py and conv.py: a normal cut at two sigmas, whose variance is not corrected.
_HAIKU_WEIGHTS = recipe("truncated_normal", std=lambda layer: 1.0 / math.sqrt(layer.fan_in))
_HAIKU: Table = {
    "dense": DefaultRecipes("Linear", _HAIKU_WEIGHTS, ZEROS),
    "conv": DefaultRecipes("Conv", _HAIKU_WEIGHTS, ZEROS),
}
# Flux.jl's Dense and Conv: glorot_uniform, zeros.
_FLUX: Table = {
    "dense": DefaultRecipes("Dense", recipe("glorot_uniform"), ZEROS),
    "conv": DefaultRecipes("Conv", recipe("glorot_uniform"), ZEROS),
    "embedding": DefaultRecipes("Embedding", recipe("normal"), None),
}
# Hugging Face transformers, _init_weights of BERT, GPT-2 and LLaMA: initializer_range.
_RANGE = recipe("normal", std=0.02)
_TRANSFORMERS: Table = {
    "dense": DefaultRecipes("Linear", _RANGE, ZEROS),
    "attention": DefaultRecipes("Linear", _RANGE, ZEROS),
    "embedding": DefaultRecipes("Embedding", _RANGE, None),
}
_TRANSFORMERS_RESIDUAL = DefaultRecipes(
    "Conv1D (c_proj)", recipe("residual_scaled_normal", layers=lambda layer: layer.depth or 12), ZEROS
)

_OTHERS: Mapping[str, tuple[str, Table]] = {
    "haiku": ("Haiku", _HAIKU),
    "flux": ("Flux", _FLUX),
    "transformers": ("Hugging Face transformers", _TRANSFORMERS),
}


def _of_recipes(name: str, layer: Layer) -> LayerDefault | None:
    framework, table = _OTHERS[name]
    default = table.get(layer.kind)
    if default is None:
        return None
    if name == "transformers" and layer.role == "attention_output" and layer.description.architecture == "gpt":
        default = _TRANSFORMERS_RESIDUAL
    bias = (
        None
        if default.bias is None or layer.description.bias is False
        else default.bias.on(layer, _bias_shape(layer), "bias")
    )
    return LayerDefault(
        framework, default.layer, default.weights.on(_stored_as(layer, LAYOUTS.get(name, "out_in"))), bias
    )


def _stored_as(layer: Layer, layout: Layout, is_depthwise: bool = False) -> Layer:
    """Return the layer with its shape as a framework stores it."""
    if layer.axes is None or layer.has_multiplier_axis or (layout == layer.layout and not is_depthwise):
        return layer
    stored = axes(layer.shape, layer.layout)
    # A depthwise kernel of Keras is (*kernel, channels, multiplier).
    sides = (stored.in_, stored.out) if is_depthwise and layout == "in_out" else (stored.out, stored.in_)
    return replace(layer, layout=layout, shape=stored_shape(*sides, stored.kernel, layout))


def _bias_shape(layer: Layer) -> tuple[int, ...]:
    return (layer.gates * layer.units,) if layer.is_recurrent else (layer.out,)
