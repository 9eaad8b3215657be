"""Whether the members of a description fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.advice.layer.layer import Layer
from service.advice.layer.weight_axes import is_of_axes, is_of_equation
from service.tensors.errors import InvalidParameter


def _is_of_attention(layer: Layer) -> bool:
    return layer.kind == "attention" or layer.role == "qkv"


def _is_drawn_by_heads(layer: Layer) -> bool:
    own = layer.weight.own
    return own is not None and "head_size" in own.record.default.takes


_USES: Mapping[str, tuple[Callable[[Layer], bool], str]] = {
    "equation": (lambda layer: is_of_equation(layer.description.layer), "an EinsumDense"),
    "axis": (lambda layer: is_of_axes(layer.description.layer), "a DenseGeneral"),
    "heads": (_is_of_attention, "attention"),
    "kv_heads": (_is_of_attention, "attention"),
    "head_size": (_is_drawn_by_heads, "burn's CrossAttention"),
}
"""Members that say how a weight is stored or drawn, of which layers they do, and that in words."""


def check(layer: Layer) -> None:
    """Raise InvalidParameter where members of the description contradict each other, or have no use."""
    for name, (is_used, use) in _USES.items():
        if getattr(layer.description, name) not in (None, []) and not is_used(layer):
            raise InvalidParameter(name, f"is for {use}, and has no use here; leave it out")
    if layer.axes is not None and layer.kind in {"conv", "conv_transpose", "subpixel_conv"}:
        _check_groups(layer)
    if layer.axes is not None and layer.kind == "attention":
        _check_heads(layer)
    if layer.is_recurrent and layer.description.shape is not None:
        _check_units(layer)


def _check_groups(layer: Layer) -> None:
    assert layer.axes is not None
    channels = layer.axes.in_ if layer.kind == "conv_transpose" else layer.axes.out
    if layer.has_kernel_by_channel:
        channels = layer.axes.stack
    if layer.description.groups > 1 and channels % layer.groups:
        raise InvalidParameter("groups", f"{layer.groups} groups do not divide the {channels} channels of the shape")


def _check_heads(layer: Layer) -> None:
    """Raise InvalidParameter where a matrix for each head is not of as many heads as are given."""
    assert layer.axes is not None
    sizes = {"ioo": layer.axes.out_axes.sizes, "iio": layer.axes.in_axes.sizes}.get(layer.axes.letters)
    is_of_keys = layer.role in {"key", "value"}
    name, given = ("kv_heads", layer.description.kv_heads) if is_of_keys else ("heads", layer.description.heads)
    if sizes is not None and given is not None and given != sizes[0]:
        raise InvalidParameter(name, f"the shape has {sizes[0]} heads, not {given}")


def _check_units(layer: Layer) -> None:
    """Raise InvalidParameter where the shape of a recurrent layer's matrix does not fit its units."""
    assert layer.axes is not None
    assert layer.cell is not None
    gates, out, in_ = layer.cell.gates, layer.axes.out, layer.axes.in_
    times = f"{gates} times the units" if gates > 1 else "the units"
    if out not in {layer.units, gates * layer.units}:
        raise InvalidParameter("units", f"a {layer.kind}'s shape has {times} on its out axis, which has {out} here")
    if layer.description.tensor == "recurrent" and in_ != layer.units:
        raise InvalidParameter(
            "shape", f"a {layer.kind}'s recurrent matrix has {times} on its out axis and the units on the other"
        )
