"""Activation functions as theory needs them: the function, its derivative, and the points where either breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.activations.error_function import erf

Double = NDArray[np.float64]
Function = Callable[[Double], Double]

SELU_SCALE = 1.0507009873554804934
SELU_ALPHA = 1.6732632423543772848
"""Klambauer et al., arXiv:1706.02515: E[selu(z)] = 0 and E[selu(z)^2] = 1."""

_SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)


@dataclass(frozen=True)
class Activation:
    """A pointwise function of a pre-activation.

    `kinks` are the points where the function or its derivative is not smooth; between them, on the scale of 1, both
    are. `degree` is k where f(c z) = c^k f(z) for all c > 0, None where there is no such k.
    """

    name: str
    function: Function
    derivative: Function
    kinks: tuple[float, ...] = ()
    degree: int | None = None


def _sigmoid(z: Double) -> Double:
    found: Double = 0.5 * (1.0 + np.tanh(0.5 * z))
    return found


def _softplus(z: Double) -> Double:
    return np.logaddexp(0.0, z)


def _sech2(z: Double) -> Double:
    found: Double = 1.0 - np.tanh(z) ** 2
    return found


def _normal_cdf(z: Double) -> Double:
    found: Double = 0.5 * (1.0 + erf(z / math.sqrt(2.0)))
    return found


def _normal_pdf(z: Double) -> Double:
    found: Double = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return found


def _sloped(name: str, slope: float) -> Activation:
    return Activation(name, lambda z: np.where(z > 0, z, slope * z), lambda z: np.where(z > 0, 1.0, slope), (0.0,), 1)


def _exponential_linear(name: str, alpha: float, scale: float = 1.0, width: float = 1.0) -> Activation:
    """Return scale * z above 0 and scale * alpha * (exp(z / width) - 1) below."""
    return Activation(
        name,
        lambda z: scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0) / width)),
        lambda z: scale * np.where(z > 0, 1.0, alpha / width * np.exp(np.minimum(z, 0.0) / width)),
        (0.0,),
    )


def _clipped_line(name: str, slope: float, offset: float, low: float, high: float) -> Activation:
    ends = ((low - offset) / slope, (high - offset) / slope)
    return Activation(
        name,
        lambda z: np.clip(slope * z + offset, low, high),
        lambda z: np.where((z > ends[0]) & (z < ends[1]), slope, 0.0),
        ends,
    )


def _swish(name: str, beta: float) -> Activation:
    return Activation(
        name,
        lambda z: z * _sigmoid(beta * z),
        lambda z: _sigmoid(beta * z) * (1.0 + beta * z * _sigmoid(-beta * z)),
    )


def _gelu_tanh_inner(z: Double) -> Double:
    return _SQRT_2_OVER_PI * (z + 0.044715 * z**3)


def _gelu_tanh_slope(z: Double) -> Double:
    inner = _gelu_tanh_inner(z)
    return 0.5 * (1.0 + np.tanh(inner)) + 0.5 * z * _sech2(inner) * _SQRT_2_OVER_PI * (1.0 + 3 * 0.044715 * z * z)


def _sine(name: str, omega: float) -> Activation:
    return Activation(name, lambda z: np.sin(omega * z), lambda z: omega * np.cos(omega * z))


def _shrink(name: str, width: float, is_hard: bool) -> Activation:
    def shrunk(z: Double) -> Double:
        return np.where(np.abs(z) > width, z - (0.0 if is_hard else width) * np.sign(z), 0.0)

    return Activation(name, shrunk, lambda z: np.where(np.abs(z) > width, 1.0, 0.0), (-width, width))


def _scaled_tanh(name: str, scale: float, inner: float) -> Activation:
    return Activation(name, lambda z: scale * np.tanh(inner * z), lambda z: scale * inner * _sech2(inner * z))


def _snake(name: str, frequency: float) -> Activation:
    return Activation(
        name,
        lambda z: z + np.sin(frequency * z) ** 2 / frequency,
        lambda z: 1.0 + np.sin(2.0 * frequency * z),
    )


PLAIN: Mapping[str, Activation] = {
    a.name: a
    for a in (
        Activation("linear", lambda z: z, np.ones_like, (), 1),
        Activation("sigmoid", _sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z)),
        _scaled_tanh("tanh", 1.0, 1.0),
        _scaled_tanh("lecun_tanh", 1.7159, 2.0 / 3.0),
        _sloped("relu", 0.0),
        _clipped_line("relu6", 1.0, 0.0, 0.0, 6.0),
        _exponential_linear("selu", SELU_ALPHA, SELU_SCALE),
        Activation("gelu", lambda z: z * _normal_cdf(z), lambda z: _normal_cdf(z) + z * _normal_pdf(z)),
        Activation("gelu_tanh", lambda z: 0.5 * z * (1.0 + np.tanh(_gelu_tanh_inner(z))), _gelu_tanh_slope),
        _swish("quick_gelu", 1.702),
        _swish("silu", 1.0),
        Activation(
            "mish",
            lambda z: z * np.tanh(_softplus(z)),
            lambda z: np.tanh(_softplus(z)) + z * _sech2(_softplus(z)) * _sigmoid(z),
        ),
        Activation("softplus", _softplus, _sigmoid),
        Activation("softsign", lambda z: z / (1.0 + np.abs(z)), lambda z: (1.0 + np.abs(z)) ** -2.0, (0.0,)),
        Activation(
            "hard_swish",
            lambda z: z * np.clip(z + 3.0, 0.0, 6.0) / 6.0,
            lambda z: np.where(np.abs(z) < 3.0, (2.0 * z + 3.0) / 6.0, np.where(z >= 3.0, 1.0, 0.0)),
            (-3.0, 3.0),
        ),
        _clipped_line("hard_sigmoid", 1.0 / 6.0, 0.5, 0.0, 1.0),
        _clipped_line("hard_sigmoid_keras2", 0.2, 0.5, 0.0, 1.0),
        _clipped_line("hardtanh", 1.0, 0.0, -1.0, 1.0),
        Activation("log_sigmoid", lambda z: -_softplus(-z), lambda z: _sigmoid(-z)),
        Activation("tanhshrink", lambda z: z - np.tanh(z), lambda z: np.tanh(z) ** 2),
        Activation("cos", np.cos, lambda z: -np.sin(z)),
        Activation("squared_relu", lambda z: np.maximum(z, 0.0) ** 2, lambda z: 2.0 * np.maximum(z, 0.0), (0.0,), 2),
        Activation("abs", np.abs, np.sign, (0.0,), 1),
        Activation("square", np.square, lambda z: 2.0 * z, (), 2),
        Activation("gaussian", lambda z: np.exp(-z * z), lambda z: -2.0 * z * np.exp(-z * z)),
        Activation("gaussian_half", lambda z: np.exp(-0.5 * z * z), lambda z: -z * np.exp(-0.5 * z * z)),
        Activation("erf", erf, lambda z: 2.0 / math.sqrt(math.pi) * np.exp(-z * z)),
        Activation("arctan", np.arctan, lambda z: 1.0 / (1.0 + z * z)),
        Activation("exp", np.exp, np.exp),
    )
}

PARAMETRISED: Mapping[str, tuple[str, float, Callable[[float], Activation]]] = {
    "leaky_relu": ("negative_slope", 0.01, lambda a: _sloped("leaky_relu", a)),
    "prelu": ("negative_slope", 0.25, lambda a: _sloped("prelu", a)),
    "elu": ("alpha", 1.0, lambda a: _exponential_linear("elu", a)),
    "celu": ("alpha", 1.0, lambda a: _exponential_linear("celu", a, width=a)),
    "sin": ("omega", 1.0, lambda omega: _sine("sin", omega)),
    "siren": ("omega", 30.0, lambda omega: _sine("siren", omega)),
    "snake": ("alpha", 1.0, lambda a: _snake("snake", a)),
    "hardshrink": ("alpha", 0.5, lambda width: _shrink("hardshrink", width, is_hard=True)),
    "softshrink": ("alpha", 0.5, lambda width: _shrink("softshrink", width, is_hard=False)),
}
"""Activations with a parameter: its name in a request, its default, and what makes them."""


def from_table(x: tuple[float, ...], y: tuple[float, ...]) -> Activation:
    """Return the function through the points (x, y), straight between them and beyond the first and the last."""
    places, values = np.array(x), np.array(y)
    slopes = np.diff(values) / np.diff(places)

    def segment(z: Double) -> NDArray[np.intp]:
        return np.clip(np.searchsorted(places, z) - 1, 0, slopes.size - 1)

    def function(z: Double) -> Double:
        at = segment(z)
        found: Double = values[at] + slopes[at] * (z - places[at])
        return found

    def derivative(z: Double) -> Double:
        found: Double = slopes[segment(z)]
        return found

    return Activation("table", function, derivative, x)
