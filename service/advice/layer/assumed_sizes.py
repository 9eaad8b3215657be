"""Sizes of a layer's further tensors that are usual ones, where the description has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.advice.layer.layer import Layer
from service.advice.layer.shape import USUAL_FEED_FORWARD
from service.advice.layer.uses import USES


@dataclass(frozen=True)
class _Size:
    """A size that some layers have beside the shape of the weight that an answer is for."""

    has: Callable[[Layer], bool]
    usual: Callable[[Layer], int]


def _is_alone(layer: Layer) -> bool:
    """Return whether nothing says how many units the weight has to which an adapter is added."""
    given = layer.description.shape
    return layer.description.fan_out is None and (given is None or tuple(given) == layer.shape)


def _has_inputs_in_shape(layer: Layer) -> bool:
    """Return whether the shape of a recurrent layer's weight says how large its input is."""
    is_given = layer.description.shape is not None and layer.weight.is_of_inputs_and_state
    return is_given or layer.description.tensor == "input"


def _is_first_of_adapter(layer: Layer) -> bool:
    return layer.kind == "lora" and not layer.is_second_of_adapter


_SIZES: Mapping[str, _Size] = {
    "inputs": _Size(lambda layer: layer.is_recurrent and not _has_inputs_in_shape(layer), lambda layer: layer.units),
    "dim_feedforward": _Size(USES["dim_feedforward"].holds, lambda _: USUAL_FEED_FORWARD),
    "width": _Size(lambda layer: layer.kind == "mamba", lambda layer: layer.model_width),
    "rank": _Size(lambda layer: layer.kind == "mamba", lambda layer: layer.rank),
    "out_features": _Size(
        lambda layer: _is_first_of_adapter(layer) and _is_alone(layer), lambda layer: layer.adapted_units
    ),
}


def assumed_sizes(layer: Layer) -> dict[str, object]:
    """Return the usual sizes that the layer's further tensors are given, by the members that would say them."""
    description = layer.description
    return {
        name: size.usual(layer)
        for name, size in _SIZES.items()
        if getattr(description, name) is None and size.has(layer)
    }
