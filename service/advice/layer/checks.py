"""Whether the members of a description fit together."""

from __future__ import annotations

from service.advice.layer.description import LayerDescription
from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import CONVOLUTIONS
from service.tensors.errors import InvalidParameter


def check(layer: Layer) -> None:
    """Raise InvalidParameter where members of the description contradict each other."""
    if layer.axes is not None and layer.kind in CONVOLUTIONS:
        _check_groups(layer)
    if layer.axes is not None and layer.kind == "attention":
        _check_heads(layer)
    if layer.axes is not None and layer.description.shape is not None and _says_sizes(layer.description):
        _check_sizes(layer)
    if layer.description.classes is not None:
        _check_classes(layer, layer.description.classes)
    if layer.is_recurrent and layer.description.shape is not None:
        _check_units(layer)


def _check_groups(layer: Layer) -> None:
    assert layer.axes is not None
    channels = layer.axes.in_ if layer.kind == "conv_transpose" else layer.axes.out
    if layer.has_kernel_by_channel:
        channels = layer.axes.stack
    if layer.description.groups > 1 and channels % layer.groups:
        raise InvalidParameter("groups", f"{layer.groups} groups do not divide the {channels} channels of the shape")


def _says_sizes(description: LayerDescription) -> bool:
    return not {"in_features", "out_features", "kernel_size"}.isdisjoint(description.model_fields_set)


def _check_sizes(layer: Layer) -> None:
    """Raise InvalidParameter where the sizes that are given beside a shape are not those that it has."""
    assert layer.axes is not None
    description, axes, groups = layer.description, layer.axes, layer.description.groups
    is_transposed = layer.kind == "conv_transpose"
    has = {
        "in_features": {axes.in_, axes.in_ * (1 if is_transposed else groups), axes.stack},
        "out_features": {axes.out, axes.out * (groups if is_transposed else 1), axes.out * axes.stack},
    }
    for name, sizes in has.items():
        given = getattr(description, name)
        if given is not None and given not in sizes:
            raise InvalidParameter(
                name, f"is {given}, and the shape has {min(sizes - {1}, default=1)}; give one of them"
            )
    if description.kernel_size is not None and {*description.kernel_size} != {*axes.kernel}:
        raise InvalidParameter("kernel_size", f"is not that of the shape, {', '.join(map(str, axes.kernel))}")


def _check_heads(layer: Layer) -> None:
    """Raise InvalidParameter where a matrix for each head is not of as many heads as are given."""
    assert layer.axes is not None
    sizes = {"ioo": layer.axes.out_axes.sizes, "iio": layer.axes.in_axes.sizes}.get(layer.axes.letters)
    is_of_keys = layer.role in {"key", "value"}
    name, given = ("kv_heads", layer.description.kv_heads) if is_of_keys else ("heads", layer.description.heads)
    if sizes is not None and given is not None and given != sizes[0]:
        raise InvalidParameter(name, f"the shape has {sizes[0]} heads, not {given}")


def _check_classes(layer: Layer, classes: int) -> None:
    """Raise InvalidParameter where a classifier has not an output for each class.

    Of two classes it may have one for both. A detector has outputs for the classes of several boxes, and a vocabulary
    may be filled up to a round number.
    """
    is_said = layer.description.shape is not None or layer.description.out_features is not None
    fits = {
        "head": layer.out == classes or (layer.out == 1 and classes == 2),
        "lm_head": layer.out >= classes,
        "detector_head": layer.out % classes == 0,
    }
    if is_said and not fits.get(layer.role, True):
        raise InvalidParameter("classes", f"is {classes}, and the layer has {layer.out} outputs; give one of them")


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
