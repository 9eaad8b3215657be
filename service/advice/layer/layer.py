"""A layer as the rules see it: its description resolved, with what was assumed where the description is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from service.activations.moments import Curves
from service.activations.names import Chosen, choose, curves_of_table
from service.advice.layer.description import Architecture, LayerDescription, Normalization
from service.advice.layer.vocabulary import LayerKind, LayerRole, LayerWord, is_depthwise, layer_word
from service.frameworks.registry import DESCRIBED
from service.tensors.dtypes import FLOAT32, Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Axes, Layout, Shape, axes

_NORMALIZATIONS: Mapping[str, Normalization] = {
    **dict.fromkeys(("resnet", "densenet", "efficientnet", "unet"), "batch"),
    **dict.fromkeys(("transformer", "gpt", "bert", "vit", "clip", "dit", "moe"), "layer"),
    **dict.fromkeys(("llama", "t5"), "rms"),
}
RESIDUAL: frozenset[Architecture] = frozenset(
    (
        "resnet",
        "densenet",
        "efficientnet",
        "unet",
        "transformer",
        "gpt",
        "llama",
        "bert",
        "t5",
        "vit",
        "clip",
        "dit",
        "moe",
    )
)
TRANSFORMERS: frozenset[Architecture] = frozenset(
    ("transformer", "gpt", "llama", "bert", "t5", "vit", "clip", "dit", "moe")
)
_TRANSFORMER_ROLES: frozenset[LayerRole] = frozenset(
    ("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down")
)
_IN_BLOCKS: frozenset[LayerRole] = _TRANSFORMER_ROLES | {"hidden", "residual_last"}
"""Roles of layers that skips go around, in a residual network."""
_USUAL_RANK, _LARGEST_RANK = 8, 512
_QUICK_LAYERS = 200
"""Through so many a signal is followed in a twentieth of a millisecond."""
_GATES = {"lstm": 4, "gru": 3, "rnn": 1}
_ASSUMED_SIDE, _ASSUMED_CHANNELS, _ASSUMED_UNITS = 512, 256, 256
_LINEAR_ROLES: frozenset[LayerRole] = frozenset(
    ("head", "binary_head", "detector_head", "regression_head", "policy_head", "value_head", "variational_head",
     "query", "key", "value", "qkv", "attention_output", "mlp_down", "router", "modulation", "coupling_last",
     "patch_embedding", "residual_last", "deterministic_policy_head", "hypernetwork_output")
)  # fmt: skip
"""Roles of layers that no nonlinearity follows at once."""


@dataclass(frozen=True)
class LinkOptions:
    """What the links to tensors say besides the initializer."""

    seed: int | None = None
    dtype: Dtype = FLOAT32
    name: str = ""
    root: str = ""
    """The path under which the service is reached, before /weights."""


@dataclass(frozen=True)
class Layer:
    """A layer as the rules see it. `assumed` holds what the description does not give."""

    description: LayerDescription
    links: LinkOptions
    kind: LayerKind
    role: LayerRole
    chosen: Chosen | None
    """The nonlinearity; None for one given by samples."""
    shape: Shape
    layout: Layout
    normalization: Normalization
    has_skips: bool
    assumed: Mapping[str, object] = field(default_factory=dict)

    @property
    def activation(self) -> str:
        """The canonical name of the nonlinearity."""
        return "table" if self.chosen is None else self.chosen.name

    @cached_property
    def curves(self) -> Curves:
        table = self.description.activation_table
        if self.chosen is not None:
            # A SIREN's ω is taken for a part of its pre-activations.
            return choose("sin", {}).curves if self.activation == "siren" else self.chosen.curves
        assert table is not None
        return curves_of_table(tuple(table.x), tuple(table.y))

    @property
    def is_quick(self) -> bool:
        """Whether an answer takes less than a millisecond."""
        return self.curves.are_ready and (self.depth or 0) <= _QUICK_LAYERS

    @cached_property
    def axes(self) -> Axes | None:
        """The weight's axes; None for vectors. `out` is the axis of the units, in the forward direction."""
        if len(self.shape) < 2:
            return None
        found = axes(self.shape, self.layout)
        if self.has_multiplier_axis:
            return Axes(found.in_ * found.out, 1, found.kernel, 1, 1, found.kernel_stride)
        if self.kind != "conv_transpose":
            return found
        # Stored the other way round: (in, out / groups, *kernel) in PyTorch, (*kernel, out, in) in Keras.
        return Axes(found.in_, found.out, found.kernel, found.in_stride, found.out_stride, found.kernel_stride)

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
        field_ = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return self.axes.in_ * field_ / (self.groups * self._strides)
        return float(self.axes.in_ * field_)

    @cached_property
    def fan_out(self) -> float:
        """How many units an input feeds, likewise."""
        if self.description.fan_out is not None:
            return self.description.fan_out
        if self.axes is None:
            return float(self.shape[0])
        field_ = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return float(self.axes.out * field_)
        return self.axes.out * field_ / (self.groups * self._strides)

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
    def gates(self) -> int:
        """Matrices that are stacked on the out axis: of a recurrent cell, of fused queries, keys and values."""
        if self.kind in _GATES:
            return _GATES[self.kind]
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
    def adapted(self) -> int:
        """The units of the weight that an adapter is added to: as many as its inputs, where it is not given."""
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
            self.description.architecture in TRANSFORMERS or self.role in _TRANSFORMER_ROLES or self.kind == "attention"
        )

    @property
    def frequency(self) -> float:
        """What the pre-activations are multiplied with before the nonlinearity, as ω in sin(ω (W x + b))."""
        if self.chosen is not None and self.activation == "siren" and self.chosen.value is not None:
            return self.chosen.value
        return 1.0

    @property
    def negative_slope(self) -> float | None:
        if self.chosen is not None and self.chosen.parameter == "negative_slope":
            return self.chosen.value
        return None


def resolve(description: LayerDescription, links: LinkOptions) -> Layer:
    """Return the layer of a description. Raises InvalidParameter."""
    word = layer_word(description.layer)
    assumed: dict[str, object] = {}
    role = _role(description, word, assumed)
    if description.tied and role == "head" and word.kind == "dense":
        # The tensor is the embedding's, and zeros would never learn.
        word, role = replace(word, kind="embedding"), "hidden"
    layout = description.layout or _usual_layout(description.framework)
    if description.layout is None and description.shape is not None and len(description.shape) > 1:
        assumed["layout"] = layout
    shape = _shape(description, word.kind, layout, assumed)
    if description.tensor is None and _is_of_input(word.kind, shape, layout):
        assumed["tensor"] = "input"
        description = description.model_copy(update={"tensor": "input"})
    chosen = _nonlinearity(description, word, role, assumed)
    normalization = _normalization(description, role, assumed)
    has_skips = _has_skips(description, role, assumed)
    layer = Layer(description, links, word.kind, role, chosen, shape, layout, normalization, has_skips, assumed)
    _check(layer)
    return layer


def _usual_layout(framework: str | None) -> Layout:
    return "out_in" if framework is None else DESCRIBED[framework].layout


def _has_multiplier_axis(framework: str | None) -> bool:
    layers = None if framework is None else DESCRIBED[framework].layers
    return layers is not None and layers.has_multiplier_axis


def _is_of_input(kind: LayerKind, shape: Shape, layout: Layout) -> bool:
    """Return whether the shape can only be that of a recurrent layer's other matrix, from inputs to units."""
    if kind not in _GATES or len(shape) != 2:
        return False
    weight = axes(shape, layout)
    return weight.out % _GATES[kind] == 0 and weight.out not in {weight.in_, _GATES[kind] * weight.in_}


def _role(description: LayerDescription, word: LayerWord, assumed: dict[str, object]) -> LayerRole:
    if description.role is not None:
        return description.role
    if word.role is not None:
        return word.role
    assumed["role"] = "hidden"
    return "hidden"


def _shape(description: LayerDescription, kind: LayerKind, layout: Layout, assumed: dict[str, object]) -> Shape:
    if description.shape is not None:
        return _adapter(description, layout, assumed) if kind == "lora" else tuple(description.shape)
    if kind in _GATES:
        if description.units is None:
            assumed["units"] = _ASSUMED_UNITS
        return stored_shape(
            _GATES[kind] * (description.units or _ASSUMED_UNITS), description.units or _ASSUMED_UNITS, (), layout
        )
    shape = _usual(description, kind, layout)
    assumed["shape"] = list(shape)
    return shape


def _adapter(description: LayerDescription, layout: Layout, assumed: dict[str, object]) -> Shape:
    """Return the shape of an adapter's A, rank × in, where the given one is that of A or of the weight it adapts."""
    assert description.shape is not None
    shape = tuple(description.shape)
    if len(shape) != 2:
        return shape
    weight = axes(shape, layout)
    if weight.out == description.rank or (description.rank is None and weight.out <= _LARGEST_RANK):
        return shape
    if description.rank is None:
        assumed["rank"] = _USUAL_RANK
    return stored_shape(description.rank or _USUAL_RANK, weight.in_, (), layout)


def _usual(description: LayerDescription, kind: LayerKind, layout: Layout) -> Shape:
    side = description.width or _ASSUMED_SIDE
    if kind == "lora":
        return stored_shape(description.rank or _USUAL_RANK, int(description.fan_in or side), (), layout)
    given = [fan for fan in (description.fan_out, description.fan_in) if fan is not None]
    if given:
        return stored_shape(max(int(given[0]), 1), max(int(given[-1]), 1), (), layout)
    channels = stored_shape(_ASSUMED_CHANNELS, _ASSUMED_CHANNELS, (3, 3), layout)
    usual: dict[LayerKind, Shape] = {
        **dict.fromkeys(("normalization", "prelu", "layer_scale", "mamba2"), (side,)),
        **dict.fromkeys(("conv", "conv_transpose", "subpixel_conv"), channels),
        **dict.fromkeys(("s4", "s4d", "mamba"), (side, 16)),
        "logit_scale": (1,),
        "attention": stored_shape(3 * side, side, (), layout),
    }
    return usual.get(kind) or stored_shape(side, side, (), layout)


def stored_shape(out: int, in_: int, kernel: Shape, layout: Layout) -> Shape:
    """Return the shape of a weight with these axes."""
    return {"out_in": (out, in_, *kernel), "in_out": (*kernel, in_, out), "out_kernel_in": (out, *kernel, in_)}[layout]


def _nonlinearity(
    description: LayerDescription, word: LayerWord, role: LayerRole, assumed: dict[str, object]
) -> Chosen | None:
    given = {
        name: float(value)
        for name in ("negative_slope", "alpha", "omega", "pieces")
        if (value := getattr(description, name)) is not None
    }
    table = description.activation_table
    if table is not None:
        if description.activation is not None or given:
            raise InvalidParameter("activation_table", "give either activation or activation_table")
        if len(table.x) != len(table.y):
            raise InvalidParameter("activation_table", "x and y must be equally long")
        if any(not a < b for a, b in zip(table.x, table.x[1:], strict=False)):
            raise InvalidParameter("activation_table", "x must rise from each sample to the next")
        if not any(table.y):
            raise InvalidParameter("activation_table", "y is zero everywhere; such a layer passes nothing on")
        return None
    name = description.activation or word.activation
    if name is None:
        name = _usual_activation(description, word, role)
        assumed["activation"] = name
    chosen = choose(name, given)
    return choose("siren", given) if description.architecture == "siren" and chosen.name == "sin" else chosen


def _usual_activation(description: LayerDescription, word: LayerWord, role: LayerRole) -> str:
    if description.architecture == "siren":
        return "siren"
    if word.kind in {"rnn", "lstm", "gru"} or description.architecture in {"pinn", "actor_critic"}:
        return "tanh"
    if role in _LINEAR_ROLES or word.kind not in {"dense", "conv", "conv_transpose", "subpixel_conv", "graph"}:
        return "linear"
    if description.architecture in {"gpt", "bert", "vit", "transformer", "clip", "dit"}:
        return "gelu"
    if description.architecture in {"llama", "diffusion"}:
        return "silu"
    return "linear" if description.architecture == "linear_model" else "relu"


def _normalization(description: LayerDescription, role: LayerRole, assumed: dict[str, object]) -> Normalization:
    if description.normalization is not None:
        return description.normalization
    usual = _NORMALIZATIONS.get(description.architecture or "", "none")
    if description.architecture is None and role in _TRANSFORMER_ROLES:
        usual = "layer"
    assumed["normalization"] = usual
    return usual


def _has_skips(description: LayerDescription, role: LayerRole, assumed: dict[str, object]) -> bool:
    if description.residual is not None:
        return description.residual
    usual = description.architecture in RESIDUAL or role in _TRANSFORMER_ROLES or role == "residual_last"
    usual = (usual or description.norm_position is not None) and role in _IN_BLOCKS
    assumed["residual"] = usual
    return usual


_LEAST_RANK = {
    "dense": 2, "conv": 3, "conv_transpose": 3, "subpixel_conv": 3, "embedding": 2, "rnn": 2, "lstm": 2, "gru": 2,
    "attention": 2, "lora": 2, "graph": 2,
}  # fmt: skip


def _check(layer: Layer) -> None:
    """Raise InvalidParameter where members of the description contradict each other."""
    least = _LEAST_RANK.get(layer.kind, 1)
    if len(layer.shape) < least:
        raise InvalidParameter("shape", f"the weight of a {layer.kind} layer has at least {least} axes")
    if (
        layer.axes is not None
        and layer.kind in {"conv", "conv_transpose", "subpixel_conv"}
        and layer.description.groups > 1
    ):
        stored = axes(layer.shape, layer.layout)
        divided = stored.out
        if divided % layer.groups:
            raise InvalidParameter("groups", f"{layer.groups} groups do not divide the {divided} channels of the shape")
    if layer.kind in _GATES and layer.description.shape is not None:
        _check_cell(layer)


def _check_cell(layer: Layer) -> None:
    """Raise InvalidParameter where the shape of a recurrent layer's matrix is not of so many units."""
    assert layer.axes is not None
    gates, out, in_ = _GATES[layer.kind], layer.axes.out, layer.axes.in_
    times = f"{gates} times the units" if gates > 1 else "the units"
    if out not in {layer.units, gates * layer.units}:
        raise InvalidParameter("units", f"a {layer.kind}'s shape has {times} on its out axis, which has {out} here")
    if layer.description.tensor == "recurrent" and in_ != layer.units:
        raise InvalidParameter(
            "shape", f"a {layer.kind}'s recurrent matrix has {times} on its out axis and the units on the other"
        )
