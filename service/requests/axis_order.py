"""Whether it makes a difference in which order the axes of a weight are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.initializers.fan_based import FanBased
from service.initializers.initializer import Initializer
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform
from service.requests.spellings.model import read_values
from service.requests.tensor_parameters import TensorParameters

_MATRIX_RANK = 2
_OF_BOTH_FANS = frozenset(("fan_avg", "fan_geo_avg"))


def is_read_alike(kind: type[Initializer], parameters: Mapping[str, Any], shape: Any) -> bool:
    """Return whether an entry makes the same law of a shape with its in and out axes either way.

    So it is for a matrix that is orthogonal, square, or whose law follows from both fans alike; not for one of blocks.
    `shape` is as the request has it.
    """
    if parameters.keys() & {"groups", "gates"} or not issubclass(kind, FanBased | OrthogonalInitializer):
        return False
    sizes = read_values(TensorParameters, {"shape": shape})["shape"]
    if not isinstance(sizes, list | tuple) or len(sizes) > _MATRIX_RANK:
        return False
    if issubclass(kind, OrthogonalInitializer) or len(sizes) < _MATRIX_RANK or sizes[0] == sizes[1]:
        return True
    mode = "fan_avg" if issubclass(kind, GlorotUniform | GlorotNormal) else parameters.get("mode")
    return mode in _OF_BOTH_FANS or {"fan_in", "fan_out"} <= parameters.keys()
