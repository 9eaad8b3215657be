"""A framework's layers, their tensors, and the way from a name as users write it to what a tensor starts with."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from service.frameworks.rules import ALL_ONES, ALL_ZEROS, UNIFORM_OF_UNITS, TensorContext, TensorDefault
from service.frameworks.storage import letters
from service.initializers.initializer import Initializer
from service.lazy import lazy
from service.likeness import did_you_mean, fold, nearest
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Layout

LayerType = Literal[
    "linear", "conv", "depthwise_conv", "conv_transpose", "embedding", "rnn", "lstm", "gru", "attention",
    "layer_norm", "rms_norm", "group_norm", "batch_norm", "instance_norm", "prelu",
]  # fmt: skip
"""What a layer is, whatever a framework calls it."""

TensorRole = Literal[
    "weight", "bias", "recurrent_weight", "recurrent_bias", "gate_weight", "recurrent_gate_weight", "query_weight",
    "key_weight", "value_weight", "output_weight", "output_bias", "up_weight", "down_weight",
]  # fmt: skip
"""What a tensor is for in its layer. The gate's are of one gate, where all gates together have the recurrent layer's
two; the output's are those of an attention's last projection; up and down are a transformer's feed-forward layers."""


@dataclass(frozen=True)
class LayerTensor:
    """A tensor of a layer: what it starts with, and how the framework stores it."""

    default: TensorDefault
    layout: Layout | None = None
    """Where the framework's own code takes its axes to be when it draws; None where that does not matter."""
    gates: str = ""
    """The gates, or other blocks, that are stacked on its out axes, a letter each, in their order."""
    stored: str | None = None
    """What its axes are, a pattern as in service.frameworks.storage; a matrix of the layout's where not given."""
    rows: int = 1
    """Of a bias: how many there are of it, one under the other."""
    has_flat_kernel: bool = False
    """Whether that of a one-dimensional convolution has two kernel axes, one of them of size 1."""

    @property
    def axes(self) -> str:
        """What its axes are, as a pattern; empty where it has no inputs and outputs, as a bias has none."""
        return _MATRICES.get(self.layout or "", "") if self.stored is None else self.stored

    def initializer(self, context: TensorContext) -> Initializer:
        """Return the scheme that it starts with, of each tensor of a stack by itself.

        Raises InvalidParameter when the context does not say enough.
        """
        # Other stacks, such as the places of a local convolution, are counted to the fans by some frameworks.
        order = letters(self.axes, len(context.shape)) if self.axes.startswith("s*") else None
        stacked = 0 if order is None else order.count("s")
        scheme = self.default.initializer(context, context.shape[stacked:], self.layout or "out_in", self.gates)
        return of_stack(scheme, order) if stacked and order is not None else scheme


def of_stack(scheme: Initializer, letters: str) -> Initializer:
    """Return a scheme that draws each tensor of a stack by itself, the axes of the whole being `letters`."""
    if "layout" not in type(scheme).model_fields:
        return scheme
    return type(scheme).model_validate({**dict(scheme.canonical), "layout": letters})


_MATRICES: Mapping[str, str] = {"out_in": "oi", "in_out": "io", "out_kernel_in": "oi"}

ZERO_VECTOR = LayerTensor(ALL_ZEROS)
ONE_VECTOR = LayerTensor(ALL_ONES)

Tensors = Mapping[str, LayerTensor]


def recurrent_of_units(gates: str) -> Tensors:
    """Return the tensors of a cell as PyTorch calls and draws them: its gates stacked, U(±1/sqrt(units)) all."""
    return {
        **dict.fromkeys(("weight_ih", "weight_hh"), LayerTensor(UNIFORM_OF_UNITS, "out_in", gates)),
        **dict.fromkeys(("bias_ih", "bias_hh"), LayerTensor(UNIFORM_OF_UNITS, gates=gates)),
    }


_CELLS: tuple[tuple[TensorRole, TensorRole], ...] = (
    ("weight", "recurrent_weight"), ("gate_weight", "recurrent_gate_weight"),
)  # fmt: skip
"""What the two weights of a cell are for, that of the inputs and that of the state."""
_WEIGHT = re.compile(r"(?<![a-z])(weight|kernel)(?![a-z])")
_DIMENSIONS = re.compile(r"[123]d")
_PATH = re.compile(r"[./:]+")
_STACKED_LAYER = re.compile(r"_l[0-9]+(_reverse)?$")
_LONGEST = 256


@dataclass(frozen=True)
class FrameworkLayers:
    """A framework's layers, how they are stored and what they start with."""

    title: str
    """The framework, as its users write it."""
    layers: Mapping[str, Tensors]
    """The tensors by the framework's names of the layer, without the number of dimensions, and of the tensor."""
    types: Mapping[LayerType, str]
    """The layer of each type; none where the framework has no such layer."""
    roles: Mapping[TensorRole, tuple[str, ...]]
    """The tensors that have a role, of which a layer has one."""
    version: str = ""
    """Whose defaults these are."""
    other_names: Mapping[str, str] = field(default_factory=dict)
    """Other classes with the tensors and the defaults of a layer."""
    other_tensors: Mapping[str, str] = field(default_factory=dict)
    """Other spellings of tensors, in the layers that have them."""
    unfused: tuple[str, ...] = ()
    """Names of cells that never stack their gates, of layers that may."""

    @property
    def tensors(self) -> tuple[str, ...]:
        """The tensors of all layers."""
        return tuple(dict.fromkeys(tensor for tensors in self.layers.values() for tensor in tensors))

    def layer(self, name: str) -> str:
        """Return the canonical name of the layer that users write as `name`. Raises InvalidParameter.

        Case, underscores, hyphens, the module before it and the number of dimensions do not matter: nn.Conv2d,
        keras.layers.Conv2D and conv2d are Conv.
        """
        found = self.named_layer(name)
        if found is None:
            hint = _hint(_fold_layer(name), self._folded_layers) or "."
            raise InvalidParameter("layer", f"is not a layer of {self.title}{hint} It has {', '.join(self.layers)}")
        return found

    def tensor(self, layer: str | None, name: str) -> str:
        """Return the canonical name of the tensor of `layer`, or of any, that users write as `name`.

        Case, the path before it and the number of a stacked layer behind it do not matter:
        encoder.rnn.weight_ih_l1_reverse is weight_ih. Paths have points or slashes. Raises InvalidParameter.
        """
        return self._placed_tensor(layer, name)[0]

    def _placed_tensor(self, layer: str | None, name: str) -> tuple[str, int]:
        """Return the canonical name of a tensor, and how many parts of a path stand before it."""
        known = self._folded_tensors(layer)
        parts = _fold_tensor(name)
        for start in range(len(parts)):
            found = known.get(".".join(parts[start:]))
            if found is not None:
                return found, start
        owner = f"{self.title}'s {layer or 'layers'}"
        hint = next(filter(str.strip, (_hint(".".join(parts[start:]), known) for start in range(len(parts)))), ".")
        raise InvalidParameter(
            "tensor", f"is not a tensor of {owner}{hint} It is one of {', '.join(dict.fromkeys(known.values()))}"
        )

    def full_name(self, layer: str, name: str) -> str:
        """Return the name of a tensor of `layer` with what users write around it, by which its numbers are its own.

        That is the path before it and the number of a stacked layer after it: rnn.weight_ih_l1 and weight_ih_l0 differ.
        """
        canonical, start = self._placed_tensor(layer, name)
        path, suffix = _PATH.split(name[-_LONGEST:])[:start], _STACKED_LAYER.search(name.lower())
        return ".".join([*filter(None, path), canonical]) + (suffix[0] if suffix else "")

    def names(self, type_: LayerType, role: TensorRole) -> tuple[str, str] | None:
        """Return the framework's names of a layer and its tensor; None where it has no such tensor."""
        layer = self.types.get(type_)
        tensor = None if layer is None else self.tensor_with_role(layer, role)
        return None if layer is None or tensor is None else (layer, tensor)

    def tensor_with_role(self, layer: str, role: TensorRole) -> str | None:
        """Return the tensor of a layer that has a role; None where none has it."""
        return next((tensor for tensor in self.roles.get(role, ()) if tensor in self.layers[layer]), None)

    def role_of(self, tensor: str) -> TensorRole | None:
        """Return what a tensor is for; None where that is not said."""
        return next((role for role, tensors in self.roles.items() if tensor in tensors), None)

    def bias_of(self, layer: str, tensor: str) -> str | None:
        """Return the bias beside a weight of a layer; None where it has none.

        It has the weight's name, with bias in the place of weight or kernel; or that of a cell's other weight; or it is
        that of the whole layer. Of two biases that are added to all gates the input's is the one.
        """
        role = self.role_of(tensor)
        mates = (self.tensor_with_role(layer, other) for pair in _CELLS if role in pair for other in pair)
        is_second = role == "recurrent_weight" and "." not in tensor
        weights = [weight for weight in (*([] if is_second else [tensor]), *mates) if weight and _WEIGHT.search(weight)]
        beside = (_WEIGHT.sub("bias", weight) for weight in weights)
        own = next((bias for bias in beside if bias in self.layers[layer]), None)
        return own or self.tensor_with_role(layer, "bias")

    def named_layer(self, name: str) -> str | None:
        """Return the canonical name of the layer that users write as `name`; None where there is none."""
        return self._folded_layers.get(_fold_layer(name))

    @lazy
    def _folded_layers(self) -> Mapping[str, str]:
        named = {**{layer: layer for layer in self.layers}, **self.other_names}
        return {_fold_layer(name): layer for name, layer in named.items()}

    def _folded_tensors(self, layer: str | None) -> Mapping[str, str]:
        return self._folded_tensors_of_layers[layer] if layer else self._folded_tensors_of_all

    @lazy
    def _folded_tensors_of_layers(self) -> Mapping[str, Mapping[str, str]]:
        return {layer: self._folded(tensors) for layer, tensors in self.layers.items()}

    @lazy
    def _folded_tensors_of_all(self) -> Mapping[str, str]:
        return self._folded(self.tensors)

    def _folded(self, tensors: Iterable[str]) -> Mapping[str, str]:
        own = {tensor: tensor for tensor in tensors}
        others = {other: tensor for other, tensor in self.other_tensors.items() if tensor in own}
        return {".".join(_fold_tensor(name)): tensor for name, tensor in {**own, **others}.items()}


def of_parts(names: tuple[str, ...], tensors: Tensors) -> Tensors:
    """Return the tensors of a layer's parts, which are of one kind."""
    return {f"{name}.{tensor}": record for name in names for tensor, record in tensors.items()}


def _fold_layer(name: str) -> str:
    return _folded_layer(name[:_LONGEST])


@functools.lru_cache(maxsize=1024)
def _folded_layer(name: str) -> str:
    last = _PATH.split(name)[-1]
    return _DIMENSIONS.sub("", fold(last))


def _fold_tensor(name: str) -> tuple[str, ...]:
    return _folded_tensor(name[-_LONGEST:])


@functools.lru_cache(maxsize=1024)
def _folded_tensor(name: str) -> tuple[str, ...]:
    # nnx writes if_ for the gate that Python does not let it call if.
    parts = [part.strip("_") for part in _PATH.split(name.lower())]
    parts[-1] = _STACKED_LAYER.sub("", parts[-1])
    return tuple(parts)


def _hint(folded: str, known: Mapping[str, str]) -> str:
    names = list(dict.fromkeys(known[key] for key in nearest(folded, known)))[:2]
    return did_you_mean(names)
