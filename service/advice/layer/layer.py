"""A layer as the rules see it: its description resolved, with what was assumed where the description is silent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.activations.activation import Activation
from service.activations.curves import Curves
from service.activations.names import find_activation
from service.advice.layer.architectures import architecture_called, architectures_of
from service.advice.layer.description import ArchitectureName, LayerDescription, Normalization
from service.advice.layer.recurrent_cells import Cell, is_numbered
from service.advice.layer.roles import NORMALIZED_ROLES, TRANSFORMER_ROLES
from service.advice.layer.storage import Weight
from service.advice.layer.vocabulary import CONVOLUTIONS, LayerKind, LayerRole, fold_layer_word, is_depthwise
from service.advice.links import LinkOptions
from service.initializers.initializer import Initializer
from service.lazy import lazy
from service.tensors.blocks import Gates
from service.tensors.layout import Axes, Layout, Shape, axes

QUICK_LAYERS, QUICK_LAYERS_BY_QUADRATURE = 200, 10
"""A signal is followed through so many in a fraction of a millisecond: by tables, and by quadrature at each layer."""


@dataclass(frozen=True)
class Layer:
    """A layer as the rules see it. `assumed` holds what the description does not give."""

    description: LayerDescription
    links: LinkOptions
    weight: Weight
    """Which tensor its weight is."""
    shape: Shape
    layout: Layout
    """What the weight's axes are."""
    cell: Cell | None
    """The cell of a recurrent layer."""
    blocks: Gates
    """Those that stand for queries, keys and values in one matrix; 1 of any other."""
    activation: Activation
    """What follows the layer."""
    normalization: Normalization
    has_skips: bool
    assumed: Mapping[str, object] = field(default_factory=dict)
    has_constructor_bias: bool = False
    """Whether it is made by a call that makes a bias too, as nobody tells it not to."""
    bias_start: Initializer | None = None
    """What its constructor is told to start the bias with."""
    stack: tuple[tuple[tuple[float, float], int], ...] = ()
    """The fans of the hidden layers of its list, which lead into each other, and how many have each."""

    @lazy
    def kind(self) -> LayerKind:
        return self.weight.kind

    @lazy
    def role(self) -> LayerRole:
        return self.weight.role

    @property
    def has_assumed_shape(self) -> bool:
        """Whether the shape follows from sizes, of which some, or all, may be usual ones."""
        return self.description.shape is None

    @lazy
    def architectures(self) -> tuple[ArchitectureName, ...]:
        """The family of models and the kind of network that the layer is in, as far as they are said."""
        return architectures_of(self.description.architecture)

    @lazy
    def curves(self) -> Curves:
        # A SIREN's ω is taken for a part of its pre-activations.
        return find_activation("sin").curves if self.activation.name == "siren" else self.activation.curves

    @lazy
    def ends_bare_branch(self) -> bool:
        """Whether it is the last layer of a residual branch that nothing normalises."""
        return self.role == "residual_last" and self.has_skips and self.normalization in {"none", "weight"}

    @lazy
    def curves_before(self) -> Curves:
        """Those of the nonlinearity before the layer: its own, in a stack of its like; at a branch's end, the branch's.

        The kind of network tells that where the description does not.
        """
        if self.ends_bare_branch and self.description.activation is None and self.activation.name == "linear":
            return find_activation(architecture_called(self.description.architecture).activation).curves
        return self.curves

    @property
    def is_quick(self) -> bool:
        """Whether an answer takes less than a millisecond."""
        # A Dirac kernel, which is followed by quadrature, is an alternative for convolutions.
        limit = QUICK_LAYERS_BY_QUADRATURE if self.kind == "conv" else QUICK_LAYERS
        return self.curves_before.are_ready and (self.depth or 0) <= limit

    @lazy
    def axes(self) -> Axes | None:
        """The weight's axes; None for vectors. `out` is the axis of the units, in the forward direction."""
        return axes(self.shape, self.layout) if len(self.shape) >= 2 else None

    @lazy
    def groups(self) -> int:
        """Groups of a convolution; one a channel, where its name says that it is depthwise and nothing how many."""
        axes_, given = self.axes, self.description.groups
        is_open = given == 1 and self.kind == "conv" and axes_ is not None and not self.has_kernel_by_channel
        if is_open and axes_ is not None and axes_.in_ == 1 and is_depthwise(self.description.layer):
            return axes_.out
        return given

    @lazy
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

    @lazy
    def fan_out(self) -> float:
        """How many units an input feeds, likewise."""
        if self.description.fan_out is not None:
            return self.description.fan_out
        if self.axes is None:
            return float(self.shape[0])
        positions = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return float(self.axes.out * positions)
        groups = 1 if self.has_kernel_by_channel else self.groups
        return self.axes.out * positions / (groups * self._strides)

    @lazy
    def is_square(self) -> bool:
        """Whether a layer of the transposed shape sums as many inputs as this one."""
        return self.fan_in == self.fan_in_of_transposed

    @lazy
    def fan_in_of_transposed(self) -> float:
        """The inputs that a unit sums in a layer of the same kind with the two sides exchanged."""
        is_given = self.description.fan_out is not None or self.kind == "conv_transpose"
        return self.fan_out if is_given else self.fan_out * self._strides

    @property
    def _strides(self) -> float:
        """How many positions of the larger side there are for one of the smaller."""
        return float(self.description.stride) ** (0 if self.axes is None else len(self.axes.kernel))

    @property
    def out(self) -> int:
        """The number of units."""
        if self.axes is None:
            return self.shape[0]
        channels = self.axes.stack if self.has_kernel_by_channel else 1
        return self.axes.out * channels * (self.groups if self.kind == "conv_transpose" else 1)

    @lazy
    def bias_shape(self) -> Shape | None:
        """A number for each unit, in a stack's members each; None where the weight does not say how many there are."""
        if self.cell is not None:
            bias = None if self.weight.own is None else self.weight.own.bias
            rows = 1 if bias is None else bias.record.rows
            return (*((rows,) if rows > 1 else ()), self.cell.gates * self.units)
        if self.axes is None or self.kind in CONVOLUTIONS:
            has_other_units = self.has_kernel_by_channel and fold_layer_word(self.description.layer).startswith(
                "separable"
            )
            stack = () if self.axes is None or self.has_kernel_by_channel else self.axes.stack_axes.sizes
            return None if has_other_units else (*stack, self.out)
        return tuple(size for size, axis in zip(self.shape, self.axes.letters, strict=True) if axis in "so")

    @lazy
    def is_normalized(self) -> bool:
        """Whether a normalisation follows this very layer, before anything is added to its outputs.

        Layer and RMS normalisation stand before the branches of a residual network, or after the sum.
        """
        if self.role not in NORMALIZED_ROLES or self.normalization in {"none", "weight"}:
            return False
        if self.has_skips and self.normalization in {"layer", "rms"}:
            return False
        position = self.description.norm_position
        is_before = architecture_called(self.description.architecture).is_normalized_before
        return position != "pre" and not (is_before and position is None)

    @property
    def loses_bias(self) -> bool:
        """Whether a normalisation that subtracts each unit's own mean takes a bias away again.

        A group normalisation subtracts the mean over several units, which differ in their biases.
        """
        return self.is_normalized and self.normalization in {"batch", "instance"}

    @property
    def usually_has_bias(self) -> bool:
        """Whether a layer like this one has a bias, where its kind has one."""
        is_matrix = self.kind in {"dense", "conv", "conv_transpose", "attention"}
        return not is_matrix or not (self.loses_bias or self._is_of_architecture_without_biases)

    @property
    def _is_of_architecture_without_biases(self) -> bool:
        return not architecture_called(self.description.architecture).has_biases

    @property
    def is_rms_normalization(self) -> bool:
        """Whether a normalisation divides by the root mean square alone; T5 calls its own T5LayerNorm."""
        word = fold_layer_word(self.description.layer)
        is_called_so = "rms" in word or (self.normalization == "rms" and not word.startswith("layer"))
        return self.kind == "normalization" and is_called_so

    @property
    def has_independent_outputs(self) -> bool:
        """Whether each output of a classifier is a probability of its own."""
        if self.role in {"head", "lm_head"}:
            return self.activation.name == "sigmoid" or self.out == 1
        return self.role in {"binary_head", "detector_head"}

    @property
    def is_recurrent(self) -> bool:
        return self.cell is not None

    @lazy
    def gates(self) -> Gates:
        """Matrices that are stacked on the out axis: of a recurrent cell, of fused queries, keys and values."""
        if self.cell is None:
            return self.blocks
        is_of_one_gate = self.axes is not None and self.axes.out == self.units
        return 1 if is_of_one_gate else self.cell.gates

    @property
    def units(self) -> int:
        """The size of a recurrent layer's state."""
        assert self.cell is not None
        if self.description.units is not None:
            return self.description.units
        if self.axes is None or self.axes.out % self.cell.gates:
            return min(self.shape)
        # A square matrix is that of one gate.
        is_stacked = self.axes.out != self.axes.in_ or self.description.tensor == "input"
        return self.axes.out // (self.cell.gates if is_stacked else 1)

    @property
    def is_numbered(self) -> bool:
        """Whether it is a stack of recurrent layers, with the number of each in the names of its tensors."""
        return self.is_recurrent and is_numbered(self.description.layer, self.weight)

    @property
    def projection(self) -> int | None:
        """The size to which an LSTM's outputs are projected; None where they are not."""
        return self.description.proj_size if self.kind == "lstm" else None

    @property
    def stacked_units(self) -> int:
        """The units of all gates that the other tensors of a recurrent layer have together."""
        assert self.cell is not None
        return self.cell.gates * self.units

    @property
    def width(self) -> float:
        """The model's width: the one given, or the layer's inputs (outputs, where it ends a branch's widening)."""
        if self.description.width is not None:
            return float(self.description.width)
        if self.kind == "embedding" and self.axes is not None:
            return float(self.axes.out)
        if self.kind == "positional_embedding":
            return float(self.shape[-1])
        return self.fan_out if self.role == "mlp_down" else self.fan_in

    @lazy
    def noise_width(self) -> float:
        """How many independent units a layer has: a convolution's channels. Of both sides it is the harmonic mean."""
        inputs, units = self.fan_in, self.fan_out
        if self.kind in CONVOLUTIONS and self.axes is not None:
            units = float(self.out)
            is_divided = self.kind != "conv_transpose"
            inputs = units if self.has_kernel_by_channel else float(self.axes.in_ * (self.groups if is_divided else 1))
        return 2.0 / (1.0 / inputs + 1.0 / units)

    @property
    def rank(self) -> int:
        """The rank of a Mamba layer's time steps: a sixteenth of the model's width."""
        return self.description.rank or math.ceil(self.model_width / 16)

    @property
    def model_width(self) -> int:
        """The width of the model that a Mamba layer is in, which has twice as many channels where none is given."""
        return self.description.width or max(self.out // 2, 1)

    @property
    def adapted_units(self) -> int:
        """The units of the weight that an adapter is added to: as many as its inputs, where they are not given."""
        assert self.axes is not None
        if self.description.shape is not None and tuple(self.description.shape) != self.shape:
            return axes(tuple(self.description.shape), self.layout).out
        return max(int(self.description.fan_out or self.description.out_features or self.axes.in_), 1)

    @lazy
    def depth(self) -> int | None:
        """Layers, or blocks, of the network."""
        return self.description.depth or self.description.decoder_layers or self.description.encoder_layers

    @property
    def is_second_of_adapter(self) -> bool:
        """Whether it is the matrix B of a low-rank adapter."""
        return self.kind == "lora" and fold_layer_word(self.description.layer) == "lorab"

    @property
    def is_depthwise(self) -> bool:
        if self.kind != "conv" or self.axes is None:
            return False
        is_named_so = self.has_kernel_by_channel or is_depthwise(self.description.layer)
        return is_named_so or (self.groups > 1 and self.axes.in_ == 1)

    @property
    def is_second_of_separable(self) -> bool:
        """Whether it is the kernel of a separable convolution that mixes the channels, after that of each channel."""
        is_separable = self.kind == "conv" and fold_layer_word(self.description.layer).startswith("separableconv")
        return is_separable and not self.is_depthwise

    @property
    def has_kernel_by_channel(self) -> bool:
        """Whether it is stored as Keras does a depthwise kernel, a stack of kernels without an axis of inputs."""
        return self.kind == "conv" and self.axes is not None and {"s", "i"} & {*self.axes.letters} == {"s"}

    @property
    def pointwise_kernel(self) -> str | None:
        """The name of a separable convolution's other weight, where its depthwise one is asked for."""
        stored = self.weight.stored
        if stored is None or not self.has_kernel_by_channel:
            return None
        return next((name for name in stored.layers.layers[stored.layer] if name == "pointwise_kernel"), None)

    @property
    def is_transformer(self) -> bool:
        return (
            architecture_called(self.description.architecture).is_transformer
            or self.role in TRANSFORMER_ROLES
            or self.kind == "attention"
        )

    @lazy
    def frequency(self) -> float:
        """What the pre-activations are multiplied with before the nonlinearity, as ω in sin(ω (W x + b))."""
        if self.activation.name == "siren" and self.activation.value is not None:
            return self.activation.value
        return 1.0

    @property
    def negative_slope(self) -> float | None:
        return self.activation.value if self.activation.parameter == "negative_slope" else None
