"""Variance scaling as JAX and Keras have it: a scale, a fan to divide by, a distribution; He and Glorot are cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.framework_streams.framework_stream import FrameworkStream, StreamTarget
from service.initializers.initializer import Initializer, Target
from service.initializers.variance_scaling import (
    Gained,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from service.streams.registry import DEFAULT_STREAM
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode
from service.tensors.laws import Distribution

STD_OF_TRUNCATED = 0.87962566103423978
"""The standard deviation of N(0, 1) between -2 and 2, as JAX and Keras have it."""

_NAMED: Mapping[type[Initializer], tuple[float, Mode, Distribution]] = {
    GlorotUniform: (1.0, "fan_avg", "uniform"),
    GlorotNormal: (1.0, "fan_avg", "truncated_normal"),
    HeUniform: (2.0, "fan_in", "uniform"),
    HeNormal: (2.0, "fan_in", "truncated_normal"),
    LecunUniform: (1.0, "fan_in", "uniform"),
    LecunNormal: (1.0, "fan_in", "truncated_normal"),
}
"""What those with names of their own are cases of."""


@dataclass(frozen=True)
class Scaling:
    """A variance of `scale` over the fan that `mode` names."""

    scale: float
    mode: Mode
    distribution: Distribution
    fans: Fans


def read_scaling(initializer: Initializer, target: StreamTarget, stream: type[FrameworkStream]) -> Scaling | None:
    """Return what a scheme is a case of; None of one that is none.

    Raises InvalidParameter where the framework's function has no such argument.
    """
    if isinstance(initializer, VarianceScaling):
        scale, mode, distribution = initializer.scale, initializer.mode, initializer.distribution
    elif isinstance(initializer, Gained) and type(initializer) in _NAMED:
        scale, mode, distribution = _NAMED[type(initializer)]
        _require_no_gain(initializer, stream, scale)
        _require(initializer, "mode", mode, stream, f"{stream.title}'s {initializer.name} divides by {mode}")
        has = f"{stream.title}'s {initializer.name} is a {distribution}"
        _require(initializer, "distribution", distribution, stream, has)
    else:
        return None
    for name in ("groups", "gates"):
        if getattr(initializer, name) != 1:
            raise InvalidParameter(name, f"{stream.title} reads the fans off the whole shape; stream=1 knows {name}")
    fans = initializer.fans(Target(target.shape, target.dtype, DEFAULT_STREAM.open(0, "")))[0]
    return Scaling(scale, mode, distribution, fans)


def _require_no_gain(initializer: Gained, stream: type[FrameworkStream], scale: float) -> None:
    defaults = initializer.defaults()
    for name in ("gain", "nonlinearity", "negative_slope", "gain_rule"):
        if getattr(initializer, name) not in (None, defaults[name]):
            detail = f"{stream.title}'s {initializer.name} has no {name}: its variance is {scale:g}/fan"
            raise stream.not_here(name, detail, "variance_scaling with another scale, and stream=1,")


def _require(initializer: Initializer, name: str, wanted: str, stream: type[FrameworkStream], has: str) -> None:
    given = getattr(initializer, name, wanted)
    if given != wanted:
        raise stream.not_here(name, has, f"variance_scaling with {name}={given}")
