"""What a framework gives a layer when nobody says anything, for the layers that are described here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.case import LAYOUTS, Case, stored_shape
from service.advice.rules.rule import ZEROS
from service.advice.scheme import Recipe, Scheme, recipe
from service.advice.words import Kind
from service.tensors.layout import axes


@dataclass(frozen=True)
class Default:
    """A framework's default for a layer: the layer's name there, and what makes its weights and its bias."""

    layer: str
    weights: Recipe
    bias: Recipe | None


def _named(initializer: str, layer: str, weights: str, bias: str | None) -> Default:
    """Return a default that is an entry of the catalogue by itself."""
    own = {"units": lambda case: case.units} if layer in _RECURRENT else {}
    # The fan-in is what the framework reads off the shape, which for transposed convolutions is another.
    made = recipe(initializer, layer=layer, tensor=weights, groups=_groups, fan_in=None, **own)
    if bias is None:
        return Default(layer, made, None)
    return Default(layer, made, recipe(initializer, layer=layer, tensor=bias, fan_in=lambda case: case.fan_in, **own))


def _groups(case: Case) -> int | None:
    return case.groups if case.groups > 1 and case.kind == "conv" else None


_RECURRENT = frozenset(("LSTM", "GRU", "RNN"))

Table = Mapping[Kind, Default]


def _table(initializer: str, lines: Mapping[Kind, tuple[str, str, str | None]]) -> Table:
    return {kind: _named(initializer, *line) for kind, line in lines.items()}


_PYTORCH = _table(
    "pytorch_default",
    {
        "dense": ("Linear", "weight", "bias"), "conv": ("Conv", "weight", "bias"),
        "conv_transpose": ("ConvTranspose", "weight", "bias"), "embedding": ("Embedding", "weight", None),
        "lstm": ("LSTM", "weight_hh", "bias_ih"), "gru": ("GRU", "weight_hh", "bias_ih"),
        "rnn": ("RNN", "weight_hh", "bias_ih"), "attention": ("MultiheadAttention", "in_proj_weight", "in_proj_bias"),
        "normalization": ("LayerNorm", "weight", "bias"),
    },
)  # fmt: skip
_KERAS = _table(
    "keras_default",
    {
        "dense": ("Dense", "kernel", "bias"), "conv": ("Conv", "kernel", "bias"),
        "conv_transpose": ("ConvTranspose", "kernel", "bias"), "embedding": ("Embedding", "embeddings", None),
        "lstm": ("LSTM", "recurrent_kernel", "bias"), "gru": ("GRU", "recurrent_kernel", None),
        "rnn": ("SimpleRNN", "recurrent_kernel", "bias"), "normalization": ("LayerNormalization", "gamma", "beta"),
    },
)  # fmt: skip
_FLAX = _table(
    "flax_default",
    {
        "dense": ("Dense", "kernel", "bias"), "conv": ("Conv", "kernel", "bias"),
        "conv_transpose": ("ConvTranspose", "kernel", "bias"), "embedding": ("Embed", "embedding", None),
        "normalization": ("LayerNorm", "scale", "bias"),
    },
)  # fmt: skip
_BURN = _table(
    "burn_default",
    {
        "dense": ("Linear", "weight", "bias"), "conv": ("Conv", "weight", "bias"),
        "conv_transpose": ("ConvTranspose", "weight", "bias"), "embedding": ("Embedding", "weight", None),
        "normalization": ("LayerNorm", "gamma", "beta"),
    },
)  # fmt: skip
_CANDLE = _table(
    "candle_default",
    {
        "dense": ("Linear", "weight", "bias"), "conv": ("Conv", "weight", "bias"),
        "embedding": ("Embedding", "weight", None), "normalization": ("LayerNorm", "weight", "bias"),
    },
)  # fmt: skip
_MLX = _table(
    "mlx_default",
    {
        "dense": ("Linear", "weight", "bias"), "conv": ("Conv", "weight", "bias"),
        "embedding": ("Embedding", "weight", None), "normalization": ("LayerNorm", "weight", "bias"),
    },
)  # fmt: skip

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

_FRAMEWORKS: Mapping[str, tuple[str, Table]] = {
    "pytorch": ("PyTorch", _PYTORCH),
    "keras": ("Keras", _KERAS),
    "tensorflow": ("Keras", _KERAS),
    "flax": ("Flax", _FLAX),
    "jax": ("Flax", _FLAX),
    "burn": ("burn", _BURN),
    "candle": ("candle", _CANDLE),
    "mlx": ("MLX", _MLX),
    "haiku": ("Haiku", _HAIKU),
    "flux": ("Flux", _FLUX),
    "transformers": ("Hugging Face transformers", _TRANSFORMERS),
}


@dataclass(frozen=True)
class Found:
    """The default of a framework for a layer."""

    framework: str
    layer: str
    weights: Scheme
    bias: Scheme | None


def default_of(case: Case) -> Found | None:
    """Return the default of the framework that the description names; None where there is none."""
    if case.said.framework is None:
        return None
    framework, table = _FRAMEWORKS[case.said.framework]
    default = table.get(case.kind)
    if default is None:
        return None
    if framework.startswith("Hugging") and case.role == "attention_output" and case.said.architecture == "gpt":
        default = _TRANSFORMERS_RESIDUAL
    bias = None if default.bias is None or case.said.bias is False else default.bias.on(case, _bias_shape(case), "bias")
    return Found(framework, default.layer, default.weights.on(_stored_as(case)), bias)


def _stored_as(case: Case) -> Case:
    """Return the case with its shape as the framework stores it."""
    assert case.said.framework is not None
    layout = LAYOUTS.get(case.said.framework, "out_in")
    if layout == case.layout or case.axes is None:
        return case
    stored = axes(case.shape, case.layout)
    return replace(case, layout=layout, shape=stored_shape(stored.out, stored.in_, stored.kernel, layout))


def _bias_shape(case: Case) -> tuple[int, ...]:
    return (case.gates * case.units,) if case.kind in {"rnn", "lstm", "gru"} else (case.out,)
