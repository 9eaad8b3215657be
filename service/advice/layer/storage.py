"""Which tensor of which framework's layer the weight is, in whose record stands how it is stored."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from service.advice.layer.description import LayerDescription
from service.advice.layer.vocabulary import LayerKind, LayerRole, fold_layer_word, is_depthwise
from service.frameworks.framework import Framework
from service.frameworks.keras import KERAS
from service.frameworks.layers import FrameworkLayers, LayerTensor, LayerType, TensorRole
from service.frameworks.mlx import MLX
from service.frameworks.model_families.transformers import TRANSFORMERS_MODELS
from service.frameworks.pytorch import PYTORCH
from service.frameworks.registry import DESCRIBED
from service.frameworks.rules import TensorDefault
from service.frameworks.storage import letters
from service.frameworks.transformers import CONV_1D, TRANSFORMERS
from service.lazy import lazy
from service.tensors.errors import InvalidParameter
from service.tensors.layout import LAYOUT_NAMES, WEIGHTS, Layout

_ORDERS: Mapping[Layout, Framework] = {"out_in": PYTORCH, "in_out": KERAS, "out_kernel_in": MLX}
"""The frameworks whose ways to store layers the names of layouts stand for."""

_TYPES: Mapping[LayerKind, LayerType] = {
    "dense": "linear", "conv": "conv", "conv_transpose": "conv_transpose", "embedding": "embedding", "rnn": "rnn",
    "lstm": "lstm", "gru": "gru", "attention": "attention", "normalization": "layer_norm", "prelu": "prelu",
}  # fmt: skip
_ALIKE: Mapping[LayerKind, LayerType] = {"subpixel_conv": "conv", "graph": "linear", "lora": "linear"}
"""Kinds of layers whose weights are stored as those of a type, and which have no defaults."""

_NORMALIZATIONS: Mapping[str, LayerType] = {
    "rms": "rms_norm", "batch": "batch_norm", "group": "group_norm", "instance": "instance_norm", "layer": "layer_norm",
}  # fmt: skip
"""By a part of the word."""
_ABBREVIATED: Mapping[str, LayerType] = {
    "bn": "batch_norm",
    "gn": "group_norm",
    "ln": "layer_norm",
    "lnf": "layer_norm",
}

_WITHOUT_AXES: frozenset[LayerKind] = frozenset(("normalization", "prelu"))

_ROLES_IN_ATTENTION: Mapping[LayerRole, TensorRole] = {
    "query": "query_weight", "key": "key_weight", "value": "value_weight", "attention_output": "output_weight",
    "mlp_up": "up_weight", "mlp_gate": "up_weight", "mlp_down": "down_weight",
}  # fmt: skip
_ROLES_OF_TENSORS: Mapping[TensorRole, LayerRole] = {
    "query_weight": "query", "key_weight": "key", "value_weight": "value", "output_weight": "attention_output",
    "up_weight": "mlp_up", "down_weight": "mlp_down",
}  # fmt: skip
_FEED_FORWARD: frozenset[TensorRole] = frozenset(("up_weight", "down_weight"))
_PROJECTIONS: tuple[TensorRole, ...] = ("query_weight", "key_weight", "value_weight", "output_weight")
_IN_THE_PLACE: Mapping[TensorRole, tuple[TensorRole, ...]] = {
    "weight": ("gate_weight",),
    # Haiku's LSTM has one for the inputs and the state together.
    "recurrent_weight": ("recurrent_gate_weight", "weight"),
    **dict.fromkeys(_ROLES_OF_TENSORS, ("weight",)),
}
"""What stands for a role that no tensor of a layer has."""

_LAST_PART = re.compile(r"::|[./]")
_MATRIX_RANK = 2
_CONV_1D_WORDS = frozenset(("cattn", "cfc", "mlpcfc", "cproj", "attncproj", "mlpcproj"))
"""GPT-2's names of its matrices."""
_SIDES_OF_CONV_1D: Mapping[str, tuple[int, int]] = {
    "cattn": (3, 1), "cfc": (4, 1), "mlpcfc": (4, 1), "cproj": (1, 4), "mlpcproj": (1, 4),
}  # fmt: skip
"""How many times as many outputs they have as inputs, as a fraction."""

_INPUT_ROLES: frozenset[TensorRole] = frozenset(("weight", "gate_weight"))
_RECURRENT_ROLES: frozenset[TensorRole] = frozenset(("recurrent_weight", "recurrent_gate_weight"))
RECURRENT_KINDS: frozenset[LayerKind] = frozenset(("rnn", "lstm", "gru"))


@dataclass(frozen=True)
class StoredTensor:
    """A tensor of a framework's layer."""

    layers: FrameworkLayers
    layer: str
    tensor: str
    start: TensorDefault | None = None
    """What it starts with where that is otherwise than the layer says: in a family of models."""

    @lazy
    def record(self) -> LayerTensor:
        record = self.layers.layers[self.layer][self.tensor]
        return record if self.start is None else replace(record, default=self.start)

    @lazy
    def bias(self) -> StoredTensor | None:
        """The bias beside it."""
        found = self.layers.bias_of(self.layer, self.tensor)
        return None if found is None else StoredTensor(self.layers, self.layer, found)

    def with_role(self, *roles: TensorRole) -> StoredTensor | None:
        """Return the tensor of the same layer that has the first of some roles that one has."""
        for role in roles:
            tensor = self.layers.tensor_with_role(self.layer, role)
            if tensor is not None:
                return StoredTensor(self.layers, self.layer, tensor)
        return None


@dataclass(frozen=True)
class Weight:
    """The weight that a description means."""

    kind: LayerKind
    role: LayerRole
    part: TensorRole
    """What it is for in its layer."""
    stored: StoredTensor | None
    """The tensor as which it is stored, of the framework whose order holds; None of kinds that no record has."""
    own: StoredTensor | None
    """The tensor that it is in the framework that the description names; None where that has no such layer."""

    @property
    def is_one_projection(self) -> bool:
        """Whether it is one of attention's matrices, not all that lead to queries, keys and values together."""
        if self.role != "qkv":
            return True
        stored = self.stored
        return stored is not None and any(stored.tensor in stored.layers.roles.get(part, ()) for part in _PROJECTIONS)

    @property
    def is_of_inputs_and_state(self) -> bool:
        """Whether it is a cell's one matrix for its inputs and its state together, in this order."""
        stored = self.own or self.stored
        if self.kind not in RECURRENT_KINDS or stored is None:
            return False
        return stored.with_role("recurrent_weight", "recurrent_gate_weight") is None


class Names(NamedTuple):
    """The members of a description that say which weight is meant."""

    layer: str
    framework: str | None
    tensor: str | None
    layout: Layout | None


def find_weight(description: LayerDescription, kind: LayerKind, role: LayerRole) -> Weight:
    """Return the weight of a description of a layer of some kind and role. Raises InvalidParameter."""
    layout = description.layout if description.layout in LAYOUT_NAMES else None
    name = description.layer
    if is_conv_1d(description):
        # A convolution by its name, which with two axes is a linear layer.
        name, kind = CONV_1D, "conv"
    names = Names(_variant(description) or name, description.framework, description.tensor, layout)
    return _find_weight(names, kind, role)


def _variant(description: LayerDescription) -> str | None:
    """Return the layer as a framework names it with the argument that makes it store its weight in the layout given."""
    layers = None if description.framework is None else DESCRIBED[description.framework].layers
    layout, shape = description.layout, description.shape
    if layers is None or layout is None or layout in LAYOUT_NAMES or shape is None:
        return None
    usual = layers.named_layer(description.layer)
    variants = (layer for layer in layers.layers if layer.startswith(f"{usual}("))
    return next((layer for layer in variants if _is_stored_as(layers, layer, layout, len(shape))), None)


def _is_stored_as(layers: FrameworkLayers, layer: str, layout: Layout, rank: int) -> bool:
    tensor = layers.tensor_with_role(layer, "weight")
    return tensor is not None and letters(layers.layers[layer][tensor].axes, rank) == layout


def is_conv_1d(description: LayerDescription) -> bool:
    """Return whether the layer is GPT-2's Conv1D, a matrix: by that name, or by its own in a model that has such."""
    if description.framework != TRANSFORMERS.name or description.kernel_size is not None:
        return False
    family = TRANSFORMERS_MODELS.get(description.architecture or "")
    has_own = family is not None and family.has_transposed_linears
    # PyTorch writes Conv1d, which transformers' models have too.
    is_named_so = _LAST_PART.split(description.layer)[-1] == "Conv1D"
    rank = len(description.shape or ())
    return (has_own and fold_layer_word(description.layer) in _CONV_1D_WORDS) or (is_named_so and rank in {0, 2})


def is_sure_conv_1d(description: LayerDescription) -> bool:
    """Return whether the layer of a model that has Conv1D must be one, though no framework is said.

    It is called so, or by GPT-2's own name with a shape (in, out), of which one side is known to be so much larger.
    """
    family, shape = TRANSFORMERS_MODELS.get(description.architecture or ""), description.shape
    if family is None or not family.has_transposed_linears or description.framework is not None:
        return False
    if description.layout is not None or shape is None or len(shape) != _MATRIX_RANK:
        return False
    inputs, outputs = shape
    is_of_sizes = any(
        fold_layer_word(description.layer) == word and outputs * divisor == inputs * factor
        for word, (factor, divisor) in _SIDES_OF_CONV_1D.items()
    )
    return is_of_sizes or _LAST_PART.split(description.layer)[-1] == "Conv1D"


@functools.lru_cache(maxsize=1024)
def _find_weight(names: Names, kind: LayerKind, role: LayerRole) -> Weight:
    named = _named_tensor(names, kind)
    if named is not None:
        kind, role, part = _meaning(named, kind, role)
    else:
        part = _part(names, kind, role)
        # The feed-forward matrices of a transformer's layer are those of linear layers.
        kind = "dense" if kind == "attention" and part in _FEED_FORWARD else kind
    framework = None if names.framework is None else DESCRIBED[names.framework]
    own = None
    if framework is not None and framework.layers is not None and kind not in _ALIKE:
        own = named or find_tensor(framework.layers, names.layer, kind, part)
    return Weight(kind, role, part, _stored(names, kind, part, named), own)


def _named_tensor(names: Names, kind: LayerKind) -> StoredTensor | None:
    """Return the tensor that the description names, in the framework's own words. Raises InvalidParameter."""
    name = names.tensor
    if name is None or (name in {"recurrent", "input"} and kind in RECURRENT_KINDS):
        return None
    framework = PYTORCH if names.framework is None else DESCRIBED[names.framework]
    layers = framework.layers
    assert layers is not None
    layer = layers.named_layer(names.layer) or layers.types.get(_type(kind) or "linear")
    if layer is None:
        raise InvalidParameter("tensor", f"is not known of a {kind} layer of {layers.title}; leave it out")
    found = StoredTensor(layers, layer, layers.tensor(layer, name))
    weights = [tensor for tensor in layers.layers[layer] if _is_weight(layers, layer, tensor)]
    if found.tensor not in weights:
        raise InvalidParameter(
            "tensor",
            f"{found.tensor} is no weight, and has its place beside one in the answer; the weights of "
            f"{layers.title}'s {layer} are {', '.join(weights)}",
        )
    return found


def _is_weight(layers: FrameworkLayers, layer: str, tensor: str) -> bool:
    """Return whether a tensor is one that the answer can be for: not a bias, nor what stands beside an adapter's A."""
    is_weight = layers.layers[layer][tensor].axes or tensor in layers.roles["weight"]
    return bool(is_weight) and not (tensor.startswith("lora") and tensor.endswith("b"))


def _meaning(named: StoredTensor, kind: LayerKind, role: LayerRole) -> tuple[LayerKind, LayerRole, TensorRole]:
    """Return the kind and the role of a layer that is a tensor of another, and what it is for there."""
    part = named.layers.role_of(named.tensor)
    if named.tensor.startswith("lora"):
        return "lora", role, "weight"
    if kind == "lora":
        return "dense", role, "weight"
    if kind == "attention":
        part = part or "query_weight"
        role = "qkv" if named.record.gates else _ROLES_OF_TENSORS.get(part, "query")
        return ("dense" if part in _FEED_FORWARD else kind), role, part
    if kind in RECURRENT_KINDS and part is None:
        return "dense", role, "weight"
    return kind, role, part or "weight"


def _part(names: Names, kind: LayerKind, role: LayerRole) -> TensorRole:
    if kind == "attention":
        return _ROLES_IN_ATTENTION.get(role, "weight")
    return "recurrent_weight" if kind in RECURRENT_KINDS and names.tensor != "input" else "weight"


def is_recurrent_part(part: TensorRole) -> bool:
    """Return whether a tensor is a cell's matrix from state to state."""
    return part in _RECURRENT_ROLES


def _stored(names: Names, kind: LayerKind, part: TensorRole, named: StoredTensor | None) -> StoredTensor | None:
    """Return the tensor as which the weight is stored.

    Without a framework and a layout all is as in PyTorch. A layout by name is the order of a framework; where that is
    the framework's own, it says nothing new, but of a layer that the framework stores in another of these orders.
    """
    framework = None if names.framework is None else DESCRIBED[names.framework]
    layout = names.layout
    if layout is None and named is not None:
        return named
    if framework is not None and framework.layers is not None and layout in {None, framework.layout}:
        own = named or find_tensor(framework.layers, names.layer, kind, part)
        if own is not None and (layout is None or _agrees(own.record.axes, layout)):
            return own
    order = layout or ("out_in" if framework is None else framework.layout)
    layers = _ORDERS[order].layers
    assert layers is not None
    return find_tensor(layers, names.layer, kind, part)


def _agrees(pattern: str, layout: Layout) -> bool:
    """Return whether a tensor's axes are not those that another name of a layout has."""
    for rank in range(2, 5):
        axes = letters(pattern, rank)
        if axes is not None:
            return axes == WEIGHTS.letters(layout, rank) or WEIGHTS.canonical(axes, rank) not in LAYOUT_NAMES
    return True


def find_tensor(layers: FrameworkLayers, word: str, kind: LayerKind, part: TensorRole) -> StoredTensor | None:
    """Return the tensor of a framework's layer that is for something; None where it has none with axes."""
    for layer in _layers(layers, word, kind):
        found = StoredTensor(layers, layer, "").with_role(part, *_IN_THE_PLACE.get(part, ()))
        if found is not None and (found.record.axes or kind in _WITHOUT_AXES):
            return found
    return None


def _layers(layers: FrameworkLayers, word: str, kind: LayerKind) -> Iterator[str]:
    """Yield the layers that a word may mean: the one of that name, then the one of its type."""
    types: tuple[LayerType | None, ...] = ()
    if kind == "conv" and is_depthwise(word):
        types = ("depthwise_conv",)
    elif kind == "normalization":
        types = (normalization_type(word),)
    typed = [layers.types[type_] for type_ in (*types, _type(kind)) if type_ is not None and type_ in layers.types]
    named = layers.named_layer(word)
    # A word may be meant for another layer: the linear one that is an embedding's other use.
    if named is not None and (named in typed or named not in layers.types.values() or kind in _WITHOUT_AXES):
        yield named
    yield from typed


def normalization_type(word: str) -> LayerType | None:
    """Return the type of a normalisation by its word, whatever stands before it: LlamaRMSNorm; None of a bare norm."""
    folded = fold_layer_word(word)
    return next((type_ for start, type_ in _NORMALIZATIONS.items() if start in folded), _ABBREVIATED.get(folded))


def _type(kind: LayerKind) -> LayerType | None:
    return _TYPES.get(kind) or _ALIKE.get(kind)
