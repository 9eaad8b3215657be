"""How long advice takes a processor, told before any of it is worked out."""

from __future__ import annotations

from collections.abc import Sequence

from service.advice.checkpoint.recurrent import tensors_of_stack
from service.advice.layer.layer import QUICK_LAYERS_BY_QUADRATURE, Layer
from service.advice.network.limits import has_mean
from service.advice.network.network_layer import NetworkLayer

READING = 2.5e-4
"""Seconds for each layer of a list: it is understood, and its answer written."""

READING_CALL = 8e-4
"""For each that is a call in code, to understand it."""

_LAYER = 1.35e-3
"""For each that differs from the others in more than its name: its answer is worked out."""

_OF_FRAMEWORK = 7e-4
"""For each of these whose framework is known, which has a default to be judged."""

_CURRENT = 1e-3
"""For each of these whose weights are judged."""

_FOLLOWED = 6e-3
"""For each of these through whose network the signal is followed longest."""

_ATTENTION = 0.01
"""For each of these that is attention, whose matrices have answers of their own, or a transformer's layer."""

_TENSOR = 3e-4
"""For each tensor of a stack of recurrent layers, which is named and listed by itself."""

_DEEP = 2000
"""A signal is followed through so many by tables in less than the rest of an answer takes."""

_MEAN = 0.05
"""For each of these whose weights have a mean now."""

_CURVES, _TABLE = 0.06, 0.4
"""For each activation whose moments are not known yet: of a function, and of samples."""


def seconds(network_layers: Sequence[NetworkLayer]) -> float:
    """Return the seconds of processor time that advice on the layers of a list, or on one, takes, about."""
    different = {each.likeness: each for each in network_layers}.values()
    unknown = {id(curves): each for each in different if not (curves := each.layer.curves_before).are_ready}.values()
    tables = sum(each.layer.description.activation_table is not None for each in unknown)
    followed = sum(_is_followed(each.layer) for each in different)
    attention = sum(each.layer.kind == "attention" for each in different)
    tensors = sum(tensors_of_stack(each.layer) for each in network_layers)
    with_mean = sum(has_mean(each) for each in different)
    of_framework = sum(each.layer.description.framework is not None for each in different)
    judged = sum(each.current is not None for each in different)
    return (
        READING * len(network_layers)
        + _LAYER * len(different)
        + _OF_FRAMEWORK * of_framework
        + _CURRENT * judged
        + _FOLLOWED * followed
        + _ATTENTION * attention
        + _TENSOR * tensors
        + _MEAN * with_mean
        + _TABLE * tables
        + _CURVES * (len(unknown) - tables)
    )


def _is_followed(layer: Layer) -> bool:
    """Return whether a signal is followed through so many layers that it takes longest.

    Through homogeneous activations all layers without skips are alike; Dirac kernels, an alternative for convolutions,
    are followed by quadrature, others by tables.
    """
    limit = QUICK_LAYERS_BY_QUADRATURE if layer.kind == "conv" else _DEEP
    return (layer.depth or 0) > limit and (layer.curves.degree is None or layer.has_skips)
