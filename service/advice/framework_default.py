"""What a framework gives a layer when nobody says anything, for the layers that are described here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.case import LAYOUTS, Case, stored_shape
from service.advice.rules.rule import ZEROS
from service.advice.scheme import Recipe, Scheme, recipe
from service.advice.words import Kind
from service.frameworks.layers import Framework, LayerType, TensorRole
from service.frameworks.registry import FRAMEWORKS
from service.tensors.layout import Layout, axes
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class Found:
    """The default of a framework for a layer."""

    framework: str
    layer: str
    weights: Scheme
    bias: Scheme | None


_WORDS: Mapping[Kind, LayerType] = {
    "dense": "linear", "conv": "conv", "conv_transpose": "conv_transpose", "embedding": "embedding", "rnn": "rnn",
    "lstm": "lstm", "gru": "gru", "attention": "attention", "normalization": "layer_norm", "prelu": "prelu",
}  # fmt: skip
_SAME_LAYERS = {"tensorflow": "keras", "jax": "flax"}
"""Words for frameworks by the library whose layers their users have."""

_RECURRENT = frozenset(("rnn", "lstm", "gru"))


def default_of(case: Case) -> Found | None:
    """Return the default of the framework that the description names; None where it has no such layer."""
    said = case.said.framework
    if said is None:
        return None
    framework = FRAMEWORKS.get(_SAME_LAYERS.get(said, said))
    return _of_recipes(said, case) if framework is None else _of_catalogue(framework, case)


def _of_catalogue(framework: Framework, case: Case) -> Found | None:
    word = _WORDS.get(case.kind)
    if word is None:
        return None
    if case.is_depthwise and framework.names("depthwise_conv", "weight") is not None:
        word = "depthwise_conv"
    is_recurrent = case.kind in _RECURRENT and case.said.tensor != "input"
    role: TensorRole = "recurrent_weight" if is_recurrent else "weight"
    names = framework.names(word, role)
    if names is None:
        return None
    layer, tensor = names
    stored = _stored_as(case, LAYOUTS.get(framework.name, "out_in"), is_depthwise=word == "depthwise_conv")
    entry = f"{framework.name}_default"
    # The fan-in is what the framework reads off the shape, which for transposed convolutions is another.
    given = {**_context(framework, case, names), "layer": layer, "tensor": tensor, "fan_in": None}
    weights = Recipe(entry, given).on(stored)
    bias_names = framework.names(word, "bias")
    if bias_names is None or case.said.bias is False:
        return Found(framework.title, layer, weights, None)
    known = {**_context(framework, case, bias_names), "layer": layer, "tensor": bias_names[1]}
    if "fan_in" in framework.rule(*bias_names).takes:
        known["fan_in"] = weights.fan("fan_in") or case.fan_in
    return Found(framework.title, layer, weights, Recipe(entry, known).on(case, _bias_shape(case), "bias"))


def _context(framework: Framework, case: Case, names: tuple[str, str]) -> dict[str, Scalar | None]:
    """Return what a rule takes besides the shape and the fan-in."""
    known: dict[str, Scalar | None] = {"units": case.units, "groups": case.groups}
    if case.axes is not None:
        known["in_channels"] = case.axes.in_ * (1 if case.kind == "conv_transpose" else case.groups)
    return {name: value for name, value in known.items() if name in framework.rule(*names).takes}


@dataclass(frozen=True)
class Default:
    """A default that is no entry of the catalogue: the layer's name in the framework, its weights and its bias."""

    layer: str
    weights: Recipe
    bias: Recipe | None


Table = Mapping[Kind, Default]

# dm-haiku's linear.py and conv.py: a normal cut at two sigmas, whose variance is not corrected.
_HAIKU_WEIGHTS = recipe("truncated_normal", std=lambda case: 1.0 / math.sqrt(case.fan_in))
_HAIKU: Table = {
    "dense": Default("Linear", _HAIKU_WEIGHTS, ZEROS),
    "conv": Default("Conv", _HAIKU_WEIGHTS, ZEROS),
}
# Flux.jl's Dense and Conv: glorot_uniform, zeros.
_FLUX: Table = {
    "dense": Default("Dense", recipe("glorot_uniform"), ZEROS),
    "conv": Default("Conv", recipe("glorot_uniform"), ZEROS),
    "embedding": Default("Embedding", recipe("normal"), None),
}
# Hugging Face transformers, _init_weights of BERT, GPT-2 and LLaMA: initializer_range.
_RANGE = recipe("normal", std=0.02)
_TRANSFORMERS: Table = {
    "dense": Default("Linear", _RANGE, ZEROS),
    "attention": Default("Linear", _RANGE, ZEROS),
    "embedding": Default("Embedding", _RANGE, None),
}
_TRANSFORMERS_RESIDUAL = Default(
    "Conv1D (c_proj)", recipe("residual_scaled_normal", layers=lambda case: case.depth or 12), ZEROS
)

_OTHERS: Mapping[str, tuple[str, Table]] = {
    "haiku": ("Haiku", _HAIKU),
    "flux": ("Flux", _FLUX),
    "transformers": ("Hugging Face transformers", _TRANSFORMERS),
}


def _of_recipes(said: str, case: Case) -> Found | None:
    framework, table = _OTHERS[said]
    default = table.get(case.kind)
    if default is None:
        return None
    if said == "transformers" and case.role == "attention_output" and case.said.architecture == "gpt":
        default = _TRANSFORMERS_RESIDUAL
    bias = None if default.bias is None or case.said.bias is False else default.bias.on(case, _bias_shape(case), "bias")
    return Found(framework, default.layer, default.weights.on(_stored_as(case, LAYOUTS.get(said, "out_in"))), bias)


def _stored_as(case: Case, layout: Layout, is_depthwise: bool = False) -> Case:
    """Return the case with its shape as a framework stores it."""
    if case.axes is None or case.has_multiplier_axis or (layout == case.layout and not is_depthwise):
        return case
    stored = axes(case.shape, case.layout)
    # A depthwise kernel of Keras is (*kernel, channels, multiplier).
    sides = (stored.in_, stored.out) if is_depthwise and layout == "in_out" else (stored.out, stored.in_)
    return replace(case, layout=layout, shape=stored_shape(*sides, stored.kernel, layout))


def _bias_shape(case: Case) -> tuple[int, ...]:
    return (case.gates * case.units,) if case.kind in _RECURRENT else (case.out,)
