"""The shape of a layer's weight: the one that is given, or the usual one."""

from __future__ import annotations

from service.advice.layer.description import LayerDescription
from service.advice.layer.recurrent_cells import GATES
from service.advice.layer.vocabulary import LayerKind
from service.tensors.layout import Layout, Shape, axes, stored_shape

_USUAL_WIDTH = 512
"""The width of the first transformer (Vaswani et al., arXiv:1706.03762)."""
_USUAL_CHANNELS, _USUAL_KERNEL = 256, (3, 3)
"""Those of the third stage of a ResNet (He et al., arXiv:1512.03385)."""
_USUAL_UNITS = 256
"""Of a recurrent layer: a choice."""
_USUAL_STATE = 16
"""Numbers in the state of each channel of a state-space layer: Mamba's (Gu and Dao, arXiv:2312.00752)."""
_USUAL_RANK = 8
"""Of a low-rank adapter: the default of the library peft. The paper tries 1 to 64 (Hu et al., arXiv:2106.09685)."""
_LARGEST_RANK = 512
"""The most outputs with which a matrix is taken for an adapter's own rather than the one it adapts: a choice."""


def resolve_shape(description: LayerDescription, kind: LayerKind, layout: Layout) -> tuple[Shape, dict[str, object]]:
    """Return the weight's shape, and the members of the description that were assumed for it."""
    if description.shape is not None:
        shape = tuple(description.shape)
        return _adapter_shape(shape, description.rank, layout) if kind == "lora" else (shape, {})
    if kind in GATES:
        units = description.units or _USUAL_UNITS
        shape = stored_shape(GATES[kind] * units, units, (), layout)
        return shape, {} if description.units is not None else {"units": units}
    shape = _usual_shape(description, kind, layout)
    return shape, {"shape": list(shape)}


def is_input_matrix(kind: LayerKind, shape: Shape, layout: Layout) -> bool:
    """Return whether the shape can only be that of a recurrent layer's other matrix, from inputs to units."""
    if kind not in GATES or len(shape) != 2:
        return False
    weight = axes(shape, layout)
    return weight.out % GATES[kind] == 0 and weight.out not in {weight.in_, GATES[kind] * weight.in_}


def _adapter_shape(shape: Shape, rank: int | None, layout: Layout) -> tuple[Shape, dict[str, object]]:
    """Return the shape of an adapter's A, rank × in; `shape` is that of A or of the weight that it adapts."""
    if len(shape) != 2:
        return shape, {}
    weight = axes(shape, layout)
    if weight.out == rank or (rank is None and weight.out <= _LARGEST_RANK):
        return shape, {}
    if rank is None:
        return stored_shape(_USUAL_RANK, weight.in_, (), layout), {"rank": _USUAL_RANK}
    return stored_shape(rank, weight.in_, (), layout), {}


def _usual_shape(description: LayerDescription, kind: LayerKind, layout: Layout) -> Shape:
    width = description.width or _USUAL_WIDTH
    if kind == "lora":
        return stored_shape(description.rank or _USUAL_RANK, int(description.fan_in or width), (), layout)
    fans = [fan for fan in (description.fan_out, description.fan_in) if fan is not None]
    if fans:
        return stored_shape(max(int(fans[0]), 1), max(int(fans[-1]), 1), (), layout)
    image_kernel = stored_shape(_USUAL_CHANNELS, _USUAL_CHANNELS, _USUAL_KERNEL, layout)
    usual: dict[LayerKind, Shape] = {
        **dict.fromkeys(("normalization", "prelu", "layer_scale", "mamba2"), (width,)),
        **dict.fromkeys(("conv", "conv_transpose", "subpixel_conv"), image_kernel),
        **dict.fromkeys(("s4", "s4d", "mamba"), (width, _USUAL_STATE)),
        "logit_scale": (1,),
        "attention": stored_shape(3 * width, width, (), layout),
    }
    return usual.get(kind) or stored_shape(width, width, (), layout)
