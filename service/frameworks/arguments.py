"""What the arguments of frameworks' functions mean as parameters of the catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.tensors.spec import Scalar


def _same(value: Any) -> Any:
    return value


def _nothing(_: Any) -> Mapping[str, Scalar]:
    return {}


@dataclass(frozen=True)
class Argument:
    """What an argument means: a parameter of the catalogue, from its value as a text or as JSON has it.

    A value that the argument cannot have stays as it is, for the parameter to refuse.
    """

    parameter: str
    value: Callable[[Any], Any] = _same
    implies: Callable[[Any], Mapping[str, Scalar]] = _nothing
    """Other parameters that follow from the value, unless they are given too."""
    choices: tuple[Scalar, ...] = ()
    """The only values that it may have; empty where its parameter tells which."""

    @property
    def changes_nothing(self) -> bool:
        """Whether it is no parameter of the catalogue: each of its `choices` makes the same."""
        return not self.parameter


def same(value: Any, other: Any) -> bool:
    """Return whether two values are one, of which either may be the text of the other; words in any case."""
    one, another = number(value), number(other)
    return one == another if one is not None and another is not None else str(value).lower() == str(other).lower()


def number(value: Any) -> float | None:
    """Return a finite number from a text or from JSON; None of anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def computed(parameter: str, function: Callable[[float], float]) -> Argument:
    """Return an argument whose number is another number here."""

    def value(given: Any) -> Any:
        read = number(given)
        return given if read is None or read < 0.0 else function(read)

    return Argument(parameter, value)


def half_width() -> Argument:
    """Return an argument b for an interval from -b to b."""

    def below(given: Any) -> Mapping[str, Scalar]:
        read = number(given)
        return {} if read is None else {"low": -read}

    return Argument("high", implies=below)


def unless_zero(parameter: str, default: float) -> Argument:
    """Return an argument of which 0 means its default, as `given || default` does in JavaScript."""
    return Argument(parameter, lambda given: default if number(given) == 0.0 else given)


def without_effect(*choices: Scalar) -> Argument:
    """Return an argument of which all values that are known here make the same."""
    return Argument("", choices=choices)


def chosen(parameter: str, values: Mapping[str, str]) -> Argument:
    """Return an argument whose words are other words here."""
    return Argument(parameter, lambda given: values.get(given, given) if isinstance(given, str) else given)


LEAKY_SLOPE = Argument("negative_slope", implies=lambda _: {"nonlinearity": "leaky_relu"})
"""PyTorch's `a`, of a function whose nonlinearity is leaky_relu by default."""

_OF_FORWARD_RULE = frozenset(("relu", "linear"))


def _pytorch_gain(given: Any) -> Mapping[str, Scalar]:
    word = str(given).lower()
    if word == "leaky_relu":
        return {"negative_slope": 0.0}
    return {} if word in _OF_FORWARD_RULE else {"gain_rule": "pytorch"}


def _pytorch_activation(given: Any) -> Any:
    return "linear" if isinstance(given, str) and given.lower().startswith("conv") else given


PYTORCH_NONLINEARITY = Argument("nonlinearity", _pytorch_activation, lambda v: _pytorch_gain(_pytorch_activation(v)))
"""PyTorch's, by the gains of `calculate_gain`, where a leaky_relu has the slope 0 unless `a` says otherwise."""

KAIMING: Mapping[str, Argument] = {"a": LEAKY_SLOPE, "nonlinearity": PYTORCH_NONLINEARITY}
"""The arguments of torch.nn.init.kaiming_uniform_ and kaiming_normal_."""

PYTORCH_SLOPE: Mapping[str, Argument] = {"negative_slope": LEAKY_SLOPE, "nonlinearity": PYTORCH_NONLINEARITY}
"""The same under the catalogue's name of the slope, as MindSpore has it."""

SCALING_DISTRIBUTION = chosen("distribution", {"normal": "truncated_normal", "untruncated_normal": "normal"})
"""Keras's and TensorFlow's, whose normal is truncated."""

CAMEL_CASE_MODE = chosen("mode", {"fanIn": "fan_in", "fanOut": "fan_out", "fanAvg": "fan_avg"})
