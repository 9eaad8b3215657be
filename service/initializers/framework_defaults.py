"""What a framework's layers start with when nobody says anything: its defaults by the layer's and the tensor's name.

Each rule names a scheme of the catalogue with its parameters, so that the reply tells what the default is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.initializers.bias import LstmBias
from service.initializers.constant import Ones, Zeros
from service.initializers.entry import Built, Entry, Fan, Initializer, Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.variance_scaling import Count, GlorotUniform, HeNormal, HeUniform, LecunNormal
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Geometry, fans
from service.tensors.layout import Layout
from service.tensors.spec import Scalar


@dataclass(frozen=True)
class Layer:
    """What is known of the layer whose tensor is wanted."""

    target: Target
    layout: Layout
    groups: int
    fan_in: float | None
    units: int | None

    def own_fan_in(self) -> float:
        """Return the fan-in that was given, or that of the shape. Raises InvalidParameter."""
        shape = self.target.shape
        if self.fan_in is not None:
            return self.fan_in
        if len(shape) < 2:
            raise InvalidParameter("fan_in", "a bias has no fan-in of its own: give that of the layer's weight")
        # Of a weight without elements any will do.
        return fans(Geometry(shape, self.layout, self.groups)).of("fan_in") or 1.0

    def hidden(self) -> int:
        """Return the number of units that was given. Raises InvalidParameter."""
        if self.units is None:
            raise InvalidParameter("units", "give units, the size of the layer's hidden state")
        return self.units

    def last_axis(self) -> int:
        """Return the size of the last axis. Raises InvalidParameter."""
        if not self.target.shape:
            raise InvalidParameter("shape", "an embedding has a shape of rank 2: entries, features")
        return max(self.target.shape[-1], 1)


Rule = Callable[[Layer], Initializer]
Rules = Mapping[str, Mapping[str, Rule]]


def _zeros(layer: Layer) -> Initializer:
    return Zeros()


def _ones(layer: Layer) -> Initializer:
    return Ones()


def _inverse_root_of_fan_in(layer: Layer) -> Initializer:
    """U(±1/sqrt(fan_in)): PyTorch's kaiming_uniform_(a=sqrt(5)), burn's KaimingUniform of gain 1/sqrt(3)."""
    return UniformInitializer(fan_in=layer.own_fan_in())


def _inverse_root_of_units(layer: Layer) -> Initializer:
    return UniformInitializer(fan_in=layer.hidden())


def _standard_normal(layer: Layer) -> Initializer:
    return NormalInitializer()


def _normal_of_features(layer: Layer) -> Initializer:
    return NormalInitializer(std=1.0 / math.sqrt(layer.last_axis()))


def _glorot_uniform(layer: Layer) -> Initializer:
    return GlorotUniform(layout=layer.layout, groups=layer.groups)


def _glorot_uniform_of_all_groups(layer: Layer) -> Initializer:
    """Keras does not divide the fan-out by the groups."""
    return GlorotUniform(layout=layer.layout)


def _truncated_lecun(layer: Layer) -> Initializer:
    return LecunNormal(layout=layer.layout, distribution="truncated_normal")


def _he_normal(layer: Layer) -> Initializer:
    return HeNormal(layout=layer.layout)


def _he_uniform(layer: Layer) -> Initializer:
    return HeUniform(layout=layer.layout)


def _orthogonal(layer: Layer) -> Initializer:
    return OrthogonalInitializer(layout=layer.layout)


def _near_zero_uniform(layer: Layer) -> Initializer:
    return UniformInitializer(low=-0.05, high=0.05)


def _forget_gate(layer: Layer) -> Initializer:
    return LstmBias()


_PYTORCH_LINEAR: Mapping[str, Rule] = {"weight": _inverse_root_of_fan_in, "bias": _inverse_root_of_fan_in}
_PYTORCH_RECURRENT: Mapping[str, Rule] = dict.fromkeys(
    ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), _inverse_root_of_units
)
_NORMALISATION: Mapping[str, Rule] = {"weight": _ones, "bias": _zeros}

PYTORCH: Rules = {
    "Linear": _PYTORCH_LINEAR,
    "Conv": _PYTORCH_LINEAR,
    "ConvTranspose": _PYTORCH_LINEAR,
    "Embedding": {"weight": _standard_normal},
    "LSTM": _PYTORCH_RECURRENT,
    "GRU": _PYTORCH_RECURRENT,
    "RNN": _PYTORCH_RECURRENT,
    "MultiheadAttention": {
        "in_proj_weight": _glorot_uniform,
        "in_proj_bias": _zeros,
        "out_proj.weight": _inverse_root_of_fan_in,
        "out_proj.bias": _zeros,
    },
    "LayerNorm": _NORMALISATION,
    "BatchNorm": _NORMALISATION,
}

_KERAS_DENSE: Mapping[str, Rule] = {"kernel": _glorot_uniform_of_all_groups, "bias": _zeros}
_KERAS_RECURRENT: Mapping[str, Rule] = {"kernel": _glorot_uniform, "recurrent_kernel": _orthogonal, "bias": _zeros}

KERAS: Rules = {
    "Dense": _KERAS_DENSE,
    "Conv": _KERAS_DENSE,
    "ConvTranspose": _KERAS_DENSE,
    "Embedding": {"embeddings": _near_zero_uniform},
    "LSTM": {**_KERAS_RECURRENT, "bias": _forget_gate},
    "GRU": _KERAS_RECURRENT,
    "SimpleRNN": _KERAS_RECURRENT,
    "LayerNormalization": {"gamma": _ones, "beta": _zeros},
    "BatchNormalization": {"gamma": _ones, "beta": _zeros},
}

_FLAX_DENSE: Mapping[str, Rule] = {"kernel": _truncated_lecun, "bias": _zeros}

FLAX: Rules = {
    "Dense": _FLAX_DENSE,
    "Conv": _FLAX_DENSE,
    "ConvTranspose": _FLAX_DENSE,
    "Embed": {"embedding": _normal_of_features},
    "LSTMCell": {"kernel": _truncated_lecun, "recurrent_kernel": _orthogonal, "bias": _zeros},
    "GRUCell": {"kernel": _truncated_lecun, "recurrent_kernel": _orthogonal, "bias": _zeros},
    "LayerNorm": {"scale": _ones, "bias": _zeros},
    "BatchNorm": {"scale": _ones, "bias": _zeros},
}

BURN: Rules = {
    "Linear": _PYTORCH_LINEAR,
    "Conv": _PYTORCH_LINEAR,
    "ConvTranspose": _PYTORCH_LINEAR,
    "Embedding": {"weight": _standard_normal},
    "LayerNorm": {"gamma": _ones, "beta": _zeros},
    "BatchNorm": {"gamma": _ones, "beta": _zeros},
}

CANDLE: Rules = {
    "Linear": {"weight": _he_normal, "bias": _inverse_root_of_fan_in},
    "Conv": {"weight": _he_normal, "bias": _inverse_root_of_fan_in},
    "Embedding": {"weight": _standard_normal},
    "LSTM": {"weight_ih": _he_uniform, "weight_hh": _he_uniform, "bias_ih": _zeros, "bias_hh": _zeros},
    "LayerNorm": _NORMALISATION,
}

MLX: Rules = {
    "Linear": _PYTORCH_LINEAR,
    "Conv": {"weight": _inverse_root_of_fan_in, "bias": _zeros},
    "Embedding": {"weight": _normal_of_features},
    "LayerNorm": _NORMALISATION,
    "BatchNorm": _NORMALISATION,
}


_LAYER = Field(description="The framework's name of the layer, without the number of dimensions.")
_TENSOR = Field(description="The framework's name of the tensor.")


def _tensors(rules: Rules) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tensor for tensors in rules.values() for tensor in tensors))


class FrameworkDefault(Initializer):
    """A framework's default for a tensor of one of its layers."""

    layer: Annotated[str, _LAYER]
    tensor: Annotated[str, _TENSOR]
    fan_in: Annotated[Fan | None, Field(description="That of the layer's weight; for its bias.")] = None
    units: Annotated[Count | None, Field(description="The size of the hidden state; for recurrent layers.")] = None
    groups: Annotated[Count, Field(description="Groups of a grouped convolution.")] = 1

    rules: ClassVar[Rules]
    layout: ClassVar[Layout] = "out_in"

    def build(self, target: Target) -> Built:
        tensors = self.rules[self.layer]
        rule = tensors.get(self.tensor)
        if rule is None:
            raise InvalidParameter("tensor", f"must be one of {', '.join(tensors)} in {self.layer}")
        scheme = rule(Layer(target, self.layout, self.groups, self.fan_in, self.units))
        built = scheme.build(target)
        facts: dict[str, Scalar] = {"layer": self.layer, "tensor": self.tensor, "scheme": scheme.entry.name}
        return Built(built.source, {**facts, **built.facts}, built.largest)


def _entry(framework: str, name: str, traps: tuple[str, ...], example: str) -> Entry:
    return Entry(
        name=name,
        summary=f"What {framework}'s layers start with by default, in distribution.",
        formula=f"As {framework}'s source has it for the layer and the tensor; the reply's scheme names it",
        when=f"A pipeline in another language that is to train as its {framework} reference does.",
        references=(),
        aliases={framework: (f"{framework.lower()}_defaults",)},
        traps=traps,
        example=example,
    )


class PyTorchDefault(FrameworkDefault):
    """PyTorch's defaults."""

    layer: Annotated[Literal[tuple(PYTORCH)], _LAYER]  # type: ignore[valid-type]
    tensor: Annotated[Literal[_tensors(PYTORCH)], _TENSOR]  # type: ignore[valid-type]

    rules: ClassVar[Rules] = PYTORCH
    entry: ClassVar[Entry] = _entry(
        "PyTorch",
        "pytorch_default",
        (
            "Linear's and Conv's kaiming_uniform_(a=sqrt(5)) is U(±1/sqrt(fan_in)), sqrt(6) smaller than he_uniform.",
            "A ConvTranspose's fan_in is that of its stored shape (in, out / groups, kernel): out / groups · kernel.",
            "MultiheadAttention's fused in_proj_weight is Glorot's of the whole (3d, d), sqrt(2) smaller than of each "
            "third (pytorch/pytorch#166378).",
            "An Embedding's padding row is zero there.",
        ),
        "shape=256,784&layer=Linear&tensor=weight&seed=42",
    )


class KerasDefault(FrameworkDefault):
    """Keras 3's defaults."""

    layer: Annotated[Literal[tuple(KERAS)], _LAYER]  # type: ignore[valid-type]
    tensor: Annotated[Literal[_tensors(KERAS)], _TENSOR]  # type: ignore[valid-type]

    rules: ClassVar[Rules] = KERAS
    layout: ClassVar[Layout] = "in_out"
    entry: ClassVar[Entry] = _entry(
        "Keras",
        "keras_default",
        (
            "Shapes are Keras's: kernel axes, in, out.",
            "An LSTM's recurrent kernel is orthogonal as a whole (units, 4 units), not gate by gate.",
        ),
        "shape=784,256&layer=Dense&tensor=kernel&seed=42",
    )


class FlaxDefault(FrameworkDefault):
    """Flax's defaults."""

    layer: Annotated[Literal[tuple(FLAX)], _LAYER]  # type: ignore[valid-type]
    tensor: Annotated[Literal[_tensors(FLAX)], _TENSOR]  # type: ignore[valid-type]

    rules: ClassVar[Rules] = FLAX
    layout: ClassVar[Layout] = "in_out"
    entry: ClassVar[Entry] = _entry(
        "Flax",
        "flax_default",
        (
            "Shapes are Flax's: kernel axes, in, out. Each gate of a cell is a kernel of its own there.",
            "lecun_normal is truncated at 2 sigmas there, and so it is here.",
        ),
        "shape=784,256&layer=Dense&tensor=kernel&seed=42",
    )


class BurnDefault(FrameworkDefault):
    """burn's defaults."""

    layer: Annotated[Literal[tuple(BURN)], _LAYER]  # type: ignore[valid-type]
    tensor: Annotated[Literal[_tensors(BURN)], _TENSOR]  # type: ignore[valid-type]

    rules: ClassVar[Rules] = BURN
    entry: ClassVar[Entry] = _entry(
        "burn",
        "burn_default",
        (
            "burn stores a Linear's weight in × out: give fan_in, or the transposed shape.",
            "Its LSTM draws weights and biases by Glorot's normal, from fans that the layer gives: glorot_normal.",
        ),
        "shape=256,784&layer=Linear&tensor=weight&seed=42",
    )


class CandleDefault(FrameworkDefault):
    """candle's defaults."""

    layer: Annotated[Literal[tuple(CANDLE)], _LAYER]  # type: ignore[valid-type]
    tensor: Annotated[Literal[_tensors(CANDLE)], _TENSOR]  # type: ignore[valid-type]

    rules: ClassVar[Rules] = CANDLE
    entry: ClassVar[Entry] = _entry(
        "candle",
        "candle_default",
        (
            "Its Linear is He's normal, sqrt(6) larger than PyTorch's.",
            "A convolution's bias has the bound 1/sqrt(in_channels), without the kernel: give that as fan_in.",
        ),
        "shape=256,784&layer=Linear&tensor=weight&seed=42",
    )


class MlxDefault(FrameworkDefault):
    """MLX's defaults."""

    layer: Annotated[Literal[tuple(MLX)], _LAYER]  # type: ignore[valid-type]
    tensor: Annotated[Literal[_tensors(MLX)], _TENSOR]  # type: ignore[valid-type]

    rules: ClassVar[Rules] = MLX
    layout: ClassVar[Layout] = "out_kernel_in"
    entry: ClassVar[Entry] = _entry(
        "MLX",
        "mlx_default",
        (
            "Shapes are MLX's: out, kernel axes, in.",
            "A grouped convolution counts the inputs of all groups there (mlx#4536): give that fan_in.",
        ),
        "shape=256,784&layer=Linear&tensor=weight&seed=42",
    )
