"""A layer as the rules see it: its description resolved, with what was assumed where the description is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from service.activations.activation import Activation
from service.activations.curves import Curves
from service.activations.names import find_activation
from service.advice.layer.architectures import architecture_called
from service.advice.layer.description import LayerDescription, Normalization
from service.advice.layer.recurrent_cells import GATES
from service.advice.layer.roles import TRANSFORMER_ROLES
from service.advice.layer.vocabulary import LayerKind, LayerRole, is_depthwise
from service.advice.links import LinkOptions
from service.frameworks.registry import DESCRIBED
from service.tensors.layout import Axes, Layout, Shape, axes, transposed

_QUICK_LAYERS = 200
"""A signal is followed through so many in a twentieth of a millisecond."""


@dataclass(frozen=True)
class Layer:
    """A layer as the rules see it. `assumed` holds what the description does not give."""

    description: LayerDescription
    links: LinkOptions
    kind: LayerKind
    role: LayerRole
    activation: Activation
    """What follows the layer."""
    shape: Shape
    layout: Layout
    normalization: Normalization
    has_skips: bool
    assumed: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def curves(self) -> Curves:
        # A SIREN's ω is taken for a part of its pre-activations.
        return find_activation("sin").curves if self.activation.name == "siren" else self.activation.curves

    @property
    def is_quick(self) -> bool:
        """Whether an answer takes less than a millisecond."""
        return self.curves.are_ready and (self.depth or 0) <= _QUICK_LAYERS

    @cached_property
    def axes(self) -> Axes | None:
        """The weight's axes; None for vectors. `out` is the axis of the units, in the forward direction."""
        if len(self.shape) < 2:
            return None
        rank = len(self.shape)
        if self.has_multiplier_axis:
            # All units of all channels, of which each sees one.
            return axes(self.shape, "k" * (rank - 2) + "oo")
        if self.kind != "conv_transpose":
            return axes(self.shape, self.layout)
        # Stored the other way round: (in, out / groups, *kernel) in PyTorch, (*kernel, out, in) in Keras.
        return axes(self.shape, transposed(self.layout, rank))

    @property
    def has_multiplier_axis(self) -> bool:
        """Whether it is stored as Keras does a depthwise kernel: (*kernel, channels, multiplier)."""
        return (
            is_depthwise(self.description.layer)
            and _has_multiplier_axis(self.description.framework)
            and (len(self.shape) > 2 and self.layout == "in_out" and self.shape[-2] > 1)
        )

    @property
    def groups(self) -> int:
        if self.has_multiplier_axis:
            return self.shape[-2]
        return self.description.groups

    @cached_property
    def fan_in(self) -> float:
        """How many inputs a unit sums, on average over the positions of a transposed convolution."""
        if self.description.fan_in is not None:
            return self.description.fan_in
        if self.axes is None:
            return float(self.shape[0])
        positions = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return self.axes.in_ * positions / (self.groups * self._strides)
        return float(self.axes.in_ * positions)

    @cached_property
    def fan_out(self) -> float:
        """How many units an input feeds, likewise."""
        if self.description.fan_out is not None:
            return self.description.fan_out
        if self.axes is None:
            return float(self.shape[0])
        positions = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return float(self.axes.out * positions)
        return self.axes.out * positions / (self.groups * self._strides)

    @property
    def _strides(self) -> float:
        """How many positions of the larger side there are for one of the smaller."""
        return float(self.description.stride) ** (0 if self.axes is None else len(self.axes.kernel))

    @property
    def out(self) -> int:
        """The number of units."""
        if self.axes is None:
            return self.shape[0]
        return self.axes.out * (self.groups if self.kind == "conv_transpose" else 1)

    @property
    def is_recurrent(self) -> bool:
        return self.kind in GATES

    @property
    def gates(self) -> int:
        """Matrices that are stacked on the out axis: of a recurrent cell, of fused queries, keys and values."""
        if self.kind in GATES:
            return GATES[self.kind]
        if self.role != "qkv" or self.axes is None:
            return 1
        return 3 if self.axes.out % 3 == 0 and self.axes.out > self.axes.in_ else 1

    @property
    def units(self) -> int:
        """The size of a recurrent layer's state."""
        if self.description.units is not None:
            return self.description.units
        if self.axes is None or self.axes.out % self.gates:
            return min(self.shape)
        # A square matrix is that of one gate.
        is_stacked = self.axes.out != self.axes.in_ or self.description.tensor == "input"
        return self.axes.out // (self.gates if is_stacked else 1)

    @property
    def width(self) -> float:
        """The model's width: the one given, or the layer's inputs (outputs, where it ends a branch's widening)."""
        if self.description.width is not None:
            return float(self.description.width)
        if self.kind in {"embedding", "positional_embedding"}:
            return float(self.shape[-1])
        return self.fan_out if self.role == "mlp_down" else self.fan_in

    @property
    def adapted_units(self) -> int:
        """The units of the weight that an adapter is added to: as many as its inputs, where they are not given."""
        assert self.axes is not None
        if self.description.shape is not None and tuple(self.description.shape) != self.shape:
            return axes(tuple(self.description.shape), self.layout).out
        return int(self.description.fan_out or self.axes.in_)

    @property
    def depth(self) -> int | None:
        """Layers, or blocks, of the network."""
        return self.description.depth or self.description.decoder_layers or self.description.encoder_layers

    @property
    def is_depthwise(self) -> bool:
        if self.kind != "conv" or self.axes is None:
            return False
        return is_depthwise(self.description.layer) or (self.groups > 1 and self.axes.in_ == 1)

    @property
    def is_transformer(self) -> bool:
        return (
            architecture_called(self.description.architecture).is_transformer
            or self.role in TRANSFORMER_ROLES
            or self.kind == "attention"
        )

    @property
    def frequency(self) -> float:
        """What the pre-activations are multiplied with before the nonlinearity, as ω in sin(ω (W x + b))."""
        if self.activation.name == "siren" and self.activation.value is not None:
            return self.activation.value
        return 1.0

    @property
    def negative_slope(self) -> float | None:
        return self.activation.value if self.activation.parameter == "negative_slope" else None


def _has_multiplier_axis(framework: str | None) -> bool:
    layers = None if framework is None else DESCRIBED[framework].layers
    return layers is not None and layers.has_multiplier_axis
