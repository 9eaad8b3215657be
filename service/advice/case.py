"""A layer as the rules see it: what was said of it, understood, and what was assumed where nothing was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from service.activations.activation import Activation, sampled
from service.activations.curves import Curves
from service.activations.names import UnknownActivation, find, resolve
from service.advice.description import Architecture, LayerDescription, Normalization
from service.advice.words import Kind, Role, Word, is_depthwise, understand
from service.tensors.dtypes import FLOAT32, Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Axes, Layout, Shape, axes

LAYOUTS: Mapping[str, Layout] = {
    "keras": "in_out", "tensorflow": "in_out", "flax": "in_out", "jax": "in_out", "haiku": "in_out",
    "mlx": "out_kernel_in",
}  # fmt: skip
"""Where frameworks other than PyTorch and its kin have the axes."""

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
_TRANSFORMER_ROLES: frozenset[Role] = frozenset(
    ("query", "key", "value", "qkv", "attention_output", "mlp_up", "mlp_gate", "mlp_down")
)
_IN_BLOCKS: frozenset[Role] = _TRANSFORMER_ROLES | {"hidden", "residual_last"}
"""Roles of layers that skips go around, in a residual network."""
_USUAL_RANK, _LARGEST_RANK = 8, 512
_QUICK_LAYERS = 200
"""Through so many a signal is followed in a twentieth of a millisecond."""
_GATES = {"lstm": 4, "gru": 3, "rnn": 1}
_ASSUMED_SIDE, _ASSUMED_CHANNELS, _ASSUMED_UNITS = 512, 256, 256
_LINEAR_ROLES: frozenset[Role] = frozenset(
    ("head", "binary_head", "detector_head", "regression_head", "policy_head", "value_head", "variational_head",
     "query", "key", "value", "qkv", "attention_output", "mlp_down", "router", "modulation", "coupling_last",
     "patch_embedding", "residual_last", "deterministic_policy_head", "hypernetwork_output")
)  # fmt: skip
"""Roles of layers that no nonlinearity follows at once."""


@dataclass(frozen=True)
class Links:
    """What the links to tensors say besides the initializer."""

    seed: int | None = None
    dtype: Dtype = FLOAT32
    name: str = ""
    root: str = ""
    """The path under which the service is reached, before /weights."""


@dataclass(frozen=True)
class Case:
    """A layer understood. `assumed` tells what was not said."""

    said: LayerDescription
    links: Links
    kind: Kind
    role: Role
    chosen: Activation
    shape: Shape
    layout: Layout
    normalization: Normalization
    has_skips: bool
    assumed: Mapping[str, object] = field(default_factory=dict)

    @property
    def activation(self) -> str:
        """The canonical name of the nonlinearity."""
        return self.chosen.name

    @cached_property
    def curves(self) -> Curves:
        # A SIREN's ω is taken for a part of its pre-activations.
        return find("sin").curves if self.activation == "siren" else self.chosen.curves

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
            is_depthwise(self.said.layer)
            and self.said.framework in {"keras", "tensorflow"}
            and (len(self.shape) > 2 and self.layout == "in_out" and self.shape[-2] > 1)
        )

    @property
    def groups(self) -> int:
        if self.has_multiplier_axis:
            return self.shape[-2]
        return self.said.groups

    @cached_property
    def fan_in(self) -> float:
        """How many inputs a unit sums, on average over the positions of a transposed convolution."""
        if self.said.fan_in is not None:
            return self.said.fan_in
        if self.axes is None:
            return float(self.shape[0])
        field_ = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return self.axes.in_ * field_ / (self.groups * self._strides)
        return float(self.axes.in_ * field_)

    @cached_property
    def fan_out(self) -> float:
        """How many units an input feeds, likewise."""
        if self.said.fan_out is not None:
            return self.said.fan_out
        if self.axes is None:
            return float(self.shape[0])
        field_ = self.axes.receptive_field
        if self.kind == "conv_transpose":
            return float(self.axes.out * field_)
        return self.axes.out * field_ / (self.groups * self._strides)

    @property
    def _strides(self) -> float:
        """How many positions of the larger side there are for one of the smaller."""
        return float(self.said.stride) ** (0 if self.axes is None else len(self.axes.kernel))

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
        if self.said.units is not None:
            return self.said.units
        if self.axes is None or self.axes.out % self.gates:
            return min(self.shape)
        # A square matrix is that of one gate.
        is_stacked = self.axes.out != self.axes.in_ or self.said.tensor == "input"
        return self.axes.out // (self.gates if is_stacked else 1)

    @property
    def width(self) -> float:
        """The model's width: what was said, or the layer's inputs (outputs, where it ends a branch's widening)."""
        if self.said.width is not None:
            return float(self.said.width)
        if self.kind in {"embedding", "positional_embedding"}:
            return float(self.shape[-1])
        return self.fan_out if self.role == "mlp_down" else self.fan_in

    @property
    def adapted(self) -> int:
        """The units of the weight that an adapter is added to: as many as its inputs, where it was not said."""
        assert self.axes is not None
        if self.said.shape is not None and tuple(self.said.shape) != self.shape:
            return axes(tuple(self.said.shape), self.layout).out
        return int(self.said.fan_out or self.axes.in_)

    @property
    def depth(self) -> int | None:
        """Layers, or blocks, of the network."""
        return self.said.depth or self.said.decoder_layers or self.said.encoder_layers

    @property
    def is_depthwise(self) -> bool:
        if self.kind != "conv" or self.axes is None:
            return False
        return is_depthwise(self.said.layer) or (self.groups > 1 and self.axes.in_ == 1)

    @property
    def is_transformer(self) -> bool:
        return self.said.architecture in TRANSFORMERS or self.role in _TRANSFORMER_ROLES or self.kind == "attention"

    @property
    def frequency(self) -> float:
        """What the pre-activations are multiplied with before the nonlinearity, as ω in sin(ω (W x + b))."""
        if self.activation == "siren" and self.chosen.value is not None:
            return self.chosen.value
        return 1.0

    @property
    def negative_slope(self) -> float | None:
        return self.chosen.value if self.chosen.parameter == "negative_slope" else None


def understood(said: LayerDescription, links: Links) -> Case:
    """Return the layer that `said` describes. Raises InvalidParameter."""
    word = understand(said.layer)
    assumed: dict[str, object] = {}
    role = _role(said, word, assumed)
    if said.tied and role == "head" and word.kind == "dense":
        # The tensor is the embedding's, and zeros would never learn.
        word, role = replace(word, kind="embedding"), "hidden"
    layout = said.layout or LAYOUTS.get(said.framework or "", "out_in")
    if said.layout is None and said.shape is not None and len(said.shape) > 1:
        assumed["layout"] = layout
    shape = _shape(said, word.kind, layout, assumed)
    if said.tensor is None and _is_of_input(word.kind, shape, layout):
        assumed["tensor"] = "input"
        said = said.model_copy(update={"tensor": "input"})
    chosen = _nonlinearity(said, word, role, assumed)
    normalization = _normalization(said, role, assumed)
    has_skips = _has_skips(said, role, assumed)
    case = Case(said, links, word.kind, role, chosen, shape, layout, normalization, has_skips, assumed)
    _check(case)
    return case


def _is_of_input(kind: Kind, shape: Shape, layout: Layout) -> bool:
    """Return whether the shape can only be that of a recurrent layer's other matrix, from inputs to units."""
    if kind not in _GATES or len(shape) != 2:
        return False
    weight = axes(shape, layout)
    return weight.out % _GATES[kind] == 0 and weight.out not in {weight.in_, _GATES[kind] * weight.in_}


def _role(said: LayerDescription, word: Word, assumed: dict[str, object]) -> Role:
    if said.role is not None:
        return said.role
    if word.role is not None:
        return word.role
    assumed["role"] = "hidden"
    return "hidden"


def _shape(said: LayerDescription, kind: Kind, layout: Layout, assumed: dict[str, object]) -> Shape:
    if said.shape is not None:
        return _adapter(said, layout, assumed) if kind == "lora" else tuple(said.shape)
    if kind in _GATES:
        if said.units is None:
            assumed["units"] = _ASSUMED_UNITS
        return stored_shape(_GATES[kind] * (said.units or _ASSUMED_UNITS), said.units or _ASSUMED_UNITS, (), layout)
    shape = _usual(said, kind, layout)
    assumed["shape"] = list(shape)
    return shape


def _adapter(said: LayerDescription, layout: Layout, assumed: dict[str, object]) -> Shape:
    """Return the shape of an adapter's A, rank × in, where what was said is that of A or of the weight it adapts."""
    assert said.shape is not None
    shape = tuple(said.shape)
    if len(shape) != 2:
        return shape
    weight = axes(shape, layout)
    if weight.out == said.rank or (said.rank is None and weight.out <= _LARGEST_RANK):
        return shape
    if said.rank is None:
        assumed["rank"] = _USUAL_RANK
    return stored_shape(said.rank or _USUAL_RANK, weight.in_, (), layout)


def _usual(said: LayerDescription, kind: Kind, layout: Layout) -> Shape:
    side = said.width or _ASSUMED_SIDE
    if kind == "lora":
        return stored_shape(said.rank or _USUAL_RANK, int(said.fan_in or side), (), layout)
    given = [fan for fan in (said.fan_out, said.fan_in) if fan is not None]
    if given:
        return stored_shape(max(int(given[0]), 1), max(int(given[-1]), 1), (), layout)
    channels = stored_shape(_ASSUMED_CHANNELS, _ASSUMED_CHANNELS, (3, 3), layout)
    usual: dict[Kind, Shape] = {
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


def _nonlinearity(said: LayerDescription, word: Word, role: Role, assumed: dict[str, object]) -> Activation:
    given = {
        name: float(value)
        for name in ("negative_slope", "alpha", "omega", "pieces")
        if (value := getattr(said, name)) is not None
    }
    table = said.activation_table
    if table is not None:
        if said.activation is not None or given:
            raise InvalidParameter("activation_table", "give either activation or activation_table")
        if len(table.x) != len(table.y):
            raise InvalidParameter("activation_table", "x and y must be equally long")
        if any(not a < b for a, b in zip(table.x, table.x[1:], strict=False)):
            raise InvalidParameter("activation_table", "x must rise from each sample to the next")
        if not any(table.y):
            raise InvalidParameter("activation_table", "y is zero everywhere; such a layer passes nothing on")
        return sampled(tuple(table.x), tuple(table.y))
    name = said.activation or word.activation
    if name is None:
        name = _usual_activation(said, word, role)
        assumed["activation"] = name
    try:
        chosen = resolve(name, given)
    except UnknownActivation as error:
        detail = f"{name[:64]!r} {error}; any other can be given as activation_table, in a POST"
        raise InvalidParameter("activation", detail) from error
    return resolve("siren", given) if said.architecture == "siren" and chosen.name == "sin" else chosen


def _usual_activation(said: LayerDescription, word: Word, role: Role) -> str:
    if said.architecture == "siren":
        return "siren"
    if word.kind in {"rnn", "lstm", "gru"} or said.architecture in {"pinn", "actor_critic"}:
        return "tanh"
    if role in _LINEAR_ROLES or word.kind not in {"dense", "conv", "conv_transpose", "subpixel_conv", "graph"}:
        return "linear"
    if said.architecture in {"gpt", "bert", "vit", "transformer", "clip", "dit"}:
        return "gelu"
    if said.architecture in {"llama", "diffusion"}:
        return "silu"
    return "linear" if said.architecture == "linear_model" else "relu"


def _normalization(said: LayerDescription, role: Role, assumed: dict[str, object]) -> Normalization:
    if said.normalization is not None:
        return said.normalization
    usual = _NORMALIZATIONS.get(said.architecture or "", "none")
    if said.architecture is None and role in _TRANSFORMER_ROLES:
        usual = "layer"
    assumed["normalization"] = usual
    return usual


def _has_skips(said: LayerDescription, role: Role, assumed: dict[str, object]) -> bool:
    if said.residual is not None:
        return said.residual
    usual = said.architecture in RESIDUAL or role in _TRANSFORMER_ROLES or role == "residual_last"
    usual = (usual or said.norm_position is not None) and role in _IN_BLOCKS
    assumed["residual"] = usual
    return usual


_LEAST_RANK = {
    "dense": 2, "conv": 3, "conv_transpose": 3, "subpixel_conv": 3, "embedding": 2, "rnn": 2, "lstm": 2, "gru": 2,
    "attention": 2, "lora": 2, "graph": 2,
}  # fmt: skip


def _check(case: Case) -> None:
    """Raise InvalidParameter where what was said does not go together."""
    least = _LEAST_RANK.get(case.kind, 1)
    if len(case.shape) < least:
        raise InvalidParameter("shape", f"the weight of a {case.kind} layer has at least {least} axes")
    if case.axes is not None and case.kind in {"conv", "conv_transpose", "subpixel_conv"} and case.said.groups > 1:
        stored = axes(case.shape, case.layout)
        divided = stored.out
        if divided % case.groups:
            raise InvalidParameter("groups", f"{case.groups} groups do not divide the {divided} channels of the shape")
    if case.kind in _GATES and case.said.shape is not None:
        _check_cell(case)


def _check_cell(case: Case) -> None:
    """Raise InvalidParameter where the shape of a recurrent layer's matrix is not of so many units."""
    assert case.axes is not None
    gates, out, in_ = _GATES[case.kind], case.axes.out, case.axes.in_
    times = f"{gates} times the units" if gates > 1 else "the units"
    if out not in {case.units, gates * case.units}:
        raise InvalidParameter("units", f"a {case.kind}'s shape has {times} on its out axis, which has {out} here")
    if case.said.tensor == "recurrent" and in_ != case.units:
        raise InvalidParameter(
            "shape", f"a {case.kind}'s recurrent matrix has {times} on its out axis and the units on the other"
        )
