"""Whether the members of a description fit together."""

from __future__ import annotations

from collections.abc import Mapping

from service.advice.layer.layer import Layer
from service.advice.layer.recurrent_cells import GATES
from service.advice.layer.vocabulary import LayerKind
from service.tensors.errors import InvalidParameter
from service.tensors.layout import axes

_FEWEST_AXES: Mapping[LayerKind, int] = {
    "dense": 2, "conv": 3, "conv_transpose": 3, "subpixel_conv": 3, "embedding": 2, "rnn": 2, "lstm": 2, "gru": 2,
    "attention": 2, "lora": 2, "graph": 2,
}  # fmt: skip


def check(layer: Layer) -> None:
    """Raise InvalidParameter where members of the description contradict each other."""
    fewest = _FEWEST_AXES.get(layer.kind, 1)
    if len(layer.shape) < fewest:
        raise InvalidParameter("shape", f"the weight of a {layer.kind} layer has at least {fewest} axes")
    if layer.axes is not None and layer.kind in {"conv", "conv_transpose", "subpixel_conv"}:
        _check_groups(layer)
    if layer.is_recurrent and layer.description.shape is not None:
        _check_units(layer)


def _check_groups(layer: Layer) -> None:
    channels = axes(layer.shape, layer.layout).out
    if layer.description.groups > 1 and channels % layer.groups:
        raise InvalidParameter("groups", f"{layer.groups} groups do not divide the {channels} channels of the shape")


def _check_units(layer: Layer) -> None:
    """Raise InvalidParameter where the shape of a recurrent layer's matrix does not fit its units."""
    assert layer.axes is not None
    gates, out, in_ = GATES[layer.kind], layer.axes.out, layer.axes.in_
    times = f"{gates} times the units" if gates > 1 else "the units"
    if out not in {layer.units, gates * layer.units}:
        raise InvalidParameter("units", f"a {layer.kind}'s shape has {times} on its out axis, which has {out} here")
    if layer.description.tensor == "recurrent" and in_ != layer.units:
        raise InvalidParameter(
            "shape", f"a {layer.kind}'s recurrent matrix has {times} on its out axis and the units on the other"
        )
