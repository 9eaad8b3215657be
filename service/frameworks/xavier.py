"""MXNet's Xavier, which DJL has too: a law and a fan by name, and a magnitude.

apache/mxnet python/mxnet/initializer.py at 00ee4f32: with the scale sqrt(magnitude / factor), where factor is a fan or
the mean of both, uniform draws lie in ±scale, and Gaussian ones have the standard deviation scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from service.frameworks.arguments import Argument, computed
from service.frameworks.framework import Call
from service.initializers.initializer import Initializer
from service.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

_SQRT_3 = math.sqrt(3.0)
_UNIFORM_GAIN = computed("gain", lambda magnitude: math.sqrt(magnitude / 3.0))
_GAIN = computed("gain", math.sqrt)

_CASES: Mapping[tuple[str, str], tuple[Initializer, Argument]] = {
    ("uniform", "avg"): (GlorotUniform(), _UNIFORM_GAIN),
    ("uniform", "in"): (LecunUniform(), _UNIFORM_GAIN),
    ("uniform", "out"): (
        VarianceScaling(mode="fan_out", distribution="uniform"), computed("scale", lambda magnitude: magnitude / 3.0),
    ),
    ("gaussian", "avg"): (GlorotNormal(gain=_SQRT_3), _GAIN),
    ("gaussian", "in"): (LecunNormal(gain=_SQRT_3), _GAIN),
    ("gaussian", "out"): (
        VarianceScaling(scale=3.0, mode="fan_out"), computed("scale", lambda magnitude: magnitude),
    ),
}  # fmt: skip
"""By the law and the fan: what it is with the magnitude 3, and what the magnitude means."""


def xavier_calls(text: Callable[[Mapping[str, str]], str], law: str, fan: str) -> tuple[Call, ...]:
    """Return the calls of a function; `law` and `fan` are its arguments' names, `text` writes those that are given."""
    defaults = {law: "uniform", fan: "avg"}
    calls = []
    for (of_law, of_fan), (scheme, magnitude) in _CASES.items():
        given = {key: value for key, value in ((law, of_law), (fan, of_fan)) if value != defaults[key]}
        call = Call(
            text(given), scheme, is_alias=not given, given=given, defaults=defaults, arguments={"magnitude": magnitude}
        )
        calls.append(call)
    return tuple(calls)
