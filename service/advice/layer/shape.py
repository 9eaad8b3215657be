"""The shape of a layer's weight: the one that is given, or the usual one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.advice.layer.description import LayerDescription
from service.advice.layer.storage import Weight, is_conv_1d
from service.advice.layer.vocabulary import (
    CONVOLUTIONS,
    LayerKind,
    LayerRole,
    dimensions,
    fold_layer_word,
    is_convolutional_cell,
    is_depthwise,
    kernel_side,
)
from service.advice.layer.weight_axes import usual_layout, weight_letters
from service.frameworks.storage import letters
from service.tensors.errors import InvalidParameter
from service.tensors.layout import LAYOUT_NAMES, WEIGHTS, Axes, Shape, axes

_USUAL_WIDTH = 512
"""The width of the first transformer (Vaswani et al., arXiv:1706.03762)."""
_USUAL_HEADS = 8
"""Those of its attention."""
_EXPANSIONS: Mapping[LayerRole, tuple[int, int]] = {"qkv": (3, 1), "mlp_up": (4, 1), "mlp_down": (1, 4)}
"""Outputs and inputs of GPT-2's matrices over the width of the model."""
USUAL_FEED_FORWARD = 2048
"""Hidden units of PyTorch's TransformerEncoderLayer and TransformerDecoderLayer (torch/nn/modules/transformer.py)."""
_FEED_FORWARD: frozenset[LayerRole] = frozenset(("mlp_up", "mlp_down"))
_USUAL_CHANNELS, _USUAL_SIDE = 256, 3
"""Those of the third stage of a ResNet (He et al., arXiv:1512.03385)."""
_USUAL_UNITS = 256
"""Of a recurrent layer: a choice."""
_OF_TWO_SIDES: frozenset[LayerKind] = CONVOLUTIONS | {"dense", "graph", "embedding"}
_OF_STATES: frozenset[LayerKind] = frozenset(("s4", "s4d", "mamba", "mamba2"))
_OF_VECTORS: frozenset[LayerKind] = frozenset(
    ("normalization", "prelu", "layer_scale", "logit_scale", "mamba2", "parameter")
)
"""Layers whose weight is a vector."""
_USUAL_STATE = 16
"""Numbers in the state of each channel of a state-space layer: Mamba's (Gu and Dao, arXiv:2312.00752)."""
_BY_CLASSES: frozenset[LayerRole] = frozenset(("head", "lm_head"))
"""Of classifiers with an output for each class."""
_MAMBA_EXPANSION = 2
"""Channels of a Mamba layer over the width of its model."""
MAMBA_HEAD = 64
"""The size of a head of Mamba-2 (Dao and Gu, arXiv:2405.21060)."""
_USUAL_RANK = 8
"""Of a low-rank adapter: the default of the library peft. The paper tries 1 to 64 (Hu et al., arXiv:2106.09685)."""
_LARGEST_RANK = 512
"""The most outputs with which a matrix is taken for an adapter's own rather than the one it adapts: a choice."""


def given_shape(description: LayerDescription, weight: Weight) -> tuple[Shape, dict[str, object]]:
    """Return the shape that the description has, and the members that were assumed for it. Raises InvalidParameter."""
    shape = tuple(description.shape or ())
    if weight.kind == "lora" and len(shape) == 2:
        is_second = fold_layer_word(description.layer) == "lorab"
        return _adapter_shape(shape, description.rank, weight_letters(description, weight, shape), is_second)
    return shape, {}


def usual_shape(description: LayerDescription, weight: Weight, gates: int) -> tuple[Shape, dict[str, object]]:
    """Return the usual shape, and the members that were assumed for it. Raises InvalidParameter."""
    if description.layout is not None and description.layout not in LAYOUT_NAMES:
        raise InvalidParameter("layout", "has a letter for each axis of the shape: give shape too")
    if weight.kind in {"rnn", "lstm", "gru"}:
        units = description.units or _USUAL_UNITS
        inputs = (description.inputs or units) if weight.is_of_inputs_and_state else 0
        kernel = _kernel_of_cell(description)
        shape = _stored(description, weight, gates * units, inputs + (description.proj_size or units), kernel)
        return shape, {} if description.units is not None else {"units": units}
    is_of_state = weight.kind in _OF_STATES and description.fan_in is None and description.fan_out is None
    shape = _state_shape(description, weight.kind) if is_of_state else _usual_shape(description, weight)
    return shape, {"shape": list(shape), **_usual_sides(description, weight, shape)}


def _kernel_of_cell(description: LayerDescription) -> Shape:
    """Return the kernel of a convolutional cell's matrices; of another cell nothing."""
    if not is_convolutional_cell(description.layer):
        return ()
    sizes = tuple(description.kernel_size or (_USUAL_SIDE,))
    rank = dimensions(description.layer) or (len(sizes) if len(sizes) > 1 else 2)
    return _kernel_of_rank(sizes, rank)


def _kernel_of_rank(sizes: Shape, rank: int) -> Shape:
    """Return a kernel's sizes along each of its axes. Raises InvalidParameter."""
    if len(sizes) not in {1, rank}:
        raise InvalidParameter("kernel_size", f"has {len(sizes)} sizes, and the kernel of this layer has {rank} axes")
    return sizes if len(sizes) == rank else sizes * rank


def _usual_sides(description: LayerDescription, weight: Weight, shape: Shape) -> dict[str, object]:
    """Return what to say of the side of a matrix or kernel that is a usual one, where only the other is given."""
    has_other = description.width is not None or description.fan_in is not None or description.fan_out is not None
    if weight.kind not in _OF_TWO_SIDES or has_other or is_depthwise(description.layer):
        return {}
    given = {"in_features": description.in_features, "out_features": description.out_features}
    open_ = [name for name, size in given.items() if size is None]
    if len(open_) != 1:
        return {}
    is_convolution = weight.kind in CONVOLUTIONS and not is_conv_1d(description)
    usual = _USUAL_CHANNELS if is_convolution else _USUAL_WIDTH
    return {f"{open_[0]}_from": f"{usual} is a usual number, as nothing says how many there are; give {open_[0]}"}


def is_input_matrix(gates: int, weight: Axes) -> bool:
    """Return whether the axes can only be those of a recurrent layer's other matrix, from inputs to units."""
    if len(weight.in_axes.axes) != 1 or len(weight.out_axes.axes) != 1:
        return False
    return weight.out % gates == 0 and weight.out not in {weight.in_, gates * weight.in_}


def arranged(letters_: str, sizes: Mapping[str, Sequence[int]]) -> Shape:
    """Return the shape whose axes have these letters; `sizes` are those of each letter, in order."""
    rest = {letter: iter(of_letter) for letter, of_letter in sizes.items()}
    return tuple(next(rest[letter]) for letter in letters_)


def _stored(description: LayerDescription, weight: Weight, out: int, in_: int, kernel: Shape = ()) -> Shape:
    """Return the shape of a weight as it is stored: two axes, and the kernel's."""
    rank = 2 + len(kernel)
    found = None if weight.stored is None else letters(weight.stored.record.axes, rank)
    of_two_inputs = None if weight.stored is None or found is not None else letters(weight.stored.record.axes, rank + 1)
    if of_two_inputs is not None and of_two_inputs.count("i") == 2:
        # Of a bilinear layer.
        return arranged(of_two_inputs, {"o": (out,), "i": (in_, in_), "k": kernel})
    order = found or WEIGHTS.letters(_order(description), rank)
    if "i" not in order:
        return arranged(order, {"s": (in_,), "o": (max(out // in_, 1),), "k": kernel})
    return arranged(order, {"o": (out,), "i": (in_,), "k": kernel})


def _order(description: LayerDescription) -> str:
    return description.layout or usual_layout(description.framework)


def _adapter_shape(shape: Shape, rank: int | None, order: str, is_second: bool) -> tuple[Shape, dict[str, object]]:
    """Return the shape of an adapter's A, rank × in; `shape` is that of A, of B or of the weight that it adapts."""
    weight = axes(shape, order)
    if is_second and (weight.in_ == rank or (rank is None and weight.in_ <= _LARGEST_RANK)):
        return shape, {}
    if weight.out == rank or (rank is None and weight.out <= _LARGEST_RANK):
        return shape, {}
    own = arranged(order, {"o": (rank or _USUAL_RANK,), "i": (weight.in_,)})
    return own, {"rank": _USUAL_RANK} if rank is None else {}


def _usual_shape(description: LayerDescription, weight: Weight) -> Shape:
    is_unsaid = description.out_features is None and description.fan_out is None
    if (
        is_unsaid
        and description.classes is not None
        and weight.kind in {"dense", "conv"}
        and weight.role in _BY_CLASSES
    ):
        description = description.model_copy(update={"out_features": description.classes})
    width, kind = description.width or _USUAL_WIDTH, weight.kind
    if kind == "lora":
        inputs = max(int(description.fan_in or description.in_features or width), 1)
        return _stored(description, weight, description.rank or _USUAL_RANK, inputs)
    sizes = (description.in_features, description.out_features, description.kernel_size)
    if kind not in _OF_VECTORS and any(size is not None for size in sizes):
        return _shape_of_sizes(description, weight)
    fans = [fan for fan in (description.fan_out, description.fan_in) if fan is not None]
    if fans:
        return _stored(description, weight, max(int(fans[0]), 1), max(int(fans[-1]), 1))
    if kind in CONVOLUTIONS and not is_conv_1d(description):
        return _shape_of_sizes(description, weight)
    if kind == "attention":
        return _attention_shape(description, weight, width)
    usual: dict[LayerKind, Shape] = {
        **dict.fromkeys(("normalization", "prelu", "layer_scale", "parameter"), (width,)),
        "logit_scale": (1,),
    }
    return usual.get(kind) or _stored(description, weight, *_usual_matrix(description, weight.role, width))


def _usual_matrix(description: LayerDescription, role: LayerRole, width: int) -> tuple[int, int]:
    """Return the outputs and inputs of a matrix in a model of some width."""
    if role in _FEED_FORWARD and fold_layer_word(description.layer).startswith("transformer"):
        hidden = description.dim_feedforward or USUAL_FEED_FORWARD
        return (hidden, width) if role == "mlp_up" else (width, hidden)
    out, in_ = _EXPANSIONS.get(role, (1, 1)) if is_conv_1d(description) else (1, 1)
    return out * width, in_ * width


def _state_shape(description: LayerDescription, kind: LayerKind) -> Shape:
    """Return the shape of the matrix from state to state; what the layer takes and gives is the model's width."""
    width = description.width or description.out_features or description.in_features or _USUAL_WIDTH
    if kind == "s4":
        return (_USUAL_STATE, _USUAL_STATE)
    if kind == "mamba2":
        return (max(_MAMBA_EXPANSION * width // MAMBA_HEAD, 1),)
    return (width if kind == "s4d" else _MAMBA_EXPANSION * width, _USUAL_STATE)


def _shape_of_sizes(description: LayerDescription, weight: Weight) -> Shape:
    """Return the shape of the sizes that the description has, with the usual ones for those that it has not."""
    is_convolution = weight.kind in CONVOLUTIONS and not is_conv_1d(description)
    usual = _USUAL_CHANNELS if is_convolution else description.width or _USUAL_WIDTH
    in_, out = description.in_features or usual, description.out_features or usual
    if weight.kind == "positional_embedding":
        return (in_, out)
    if not is_convolution:
        return _stored(description, weight, out, in_)
    usual_side = kernel_side(description.layer) or _USUAL_SIDE
    sizes, groups = tuple(description.kernel_size or (usual_side,)), description.groups
    rank = dimensions(description.layer) or (len(sizes) if len(sizes) > 1 else 2)
    kernel = _kernel_of_rank(sizes, rank)
    if is_depthwise(description.layer):
        return _depthwise_shape(description, weight, kernel)
    if _is_separable(description, weight, rank):
        # Its outputs are those of the pointwise kernel.
        return _stored(description, weight, in_, in_, kernel)
    if in_ % groups or out % groups:
        raise InvalidParameter("groups", f"{groups} groups do not divide {in_} inputs and {out} outputs")
    if weight.kind == "conv_transpose":
        return _stored(description, weight, out // groups, in_, kernel)
    return _stored(description, weight, out, in_ // groups, kernel)


def _is_separable(description: LayerDescription, weight: Weight, rank: int) -> bool:
    """Return whether a weight is a separable convolution's depthwise one, with a kernel for each channel."""
    found = None if weight.stored is None else letters(weight.stored.record.axes, 2 + rank)
    return fold_layer_word(description.layer).startswith("separable") and found is not None and "i" not in found


def _depthwise_shape(description: LayerDescription, weight: Weight, kernel: Shape) -> Shape:
    channels = description.in_features or description.out_features or _USUAL_CHANNELS
    out = description.out_features or channels
    found = None if weight.stored is None else letters(weight.stored.record.axes, 2 + len(kernel))
    is_stack = found is not None and "i" not in found
    return _stored(description, weight, out, channels if is_stack else 1, kernel)


def _attention_shape(description: LayerDescription, weight: Weight, width: int) -> Shape:
    by_head = None if weight.stored is None else letters(weight.stored.record.axes, 3)
    heads = description.heads or _USUAL_HEADS
    if by_head is not None and "s" not in by_head and width % heads == 0:
        of_heads = (heads, width // heads)
        is_output = by_head.count("i") == 2
        return arranged(by_head, {"o": (width,), "i": of_heads} if is_output else {"o": of_heads, "i": (width,)})
    return _stored(description, weight, width if weight.is_one_projection else 3 * width, width)
