"""Activations as their papers define them, for the tests and for `scripts/compute_gains.py`.

Written with a context of mpmath (`mp` for any number of digits, `fp` for doubles), without the service's own functions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

INFINITY = float("inf")

Number = Any
"""Of a context of mpmath: real, or complex for a complex step."""


class Piece(NamedTuple):
    """An analytic function on an interval, so that a complex step gives its derivative to the last digit."""

    low: Number
    high: Number
    function: Callable[[Number], Number]


def pieces(*between: Any) -> list[Piece]:
    """Return the pieces of (function, kink, function, kink, ..., function)."""
    edges = [-INFINITY, *between[1::2], INFINITY]
    return [Piece(*edge, function) for edge, function in zip(itertools.pairwise(edges), between[::2], strict=True)]


GATED = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "swiglu": "silu", "bilinear": "linear"}
"""f(g) v with g, v independent standard normals: E[(f(g) v)^2] = E[f(g)^2]."""

MAXOUT_PIECES = (2, 3, 4, 5, 8)
"""The largest of so many independent standard normals."""

SLOPED = {"leaky_relu": 0.01, "prelu": 0.25}
"""max(z, 0) + a min(z, 0), and PyTorch's default for a."""


def activations(m: Any) -> dict[str, list[Piece]]:
    """Return all activations of one argument, computed by the context `m`."""
    half, sixth = m.mpf(1) / 2, m.mpf(1) / 6
    selu_scale = m.mpf("1.0507009873554804934193349852946")
    selu_alpha = m.mpf("1.6732632423543772848170429916717")

    def sigmoid(z: Number) -> Number:
        return 1 / (1 + m.exp(-z))

    def softplus(z: Number) -> Number:
        return m.log1p(m.exp(z)) if m.re(z) < 0 else z + m.log1p(m.exp(-z))

    def zero(z: Number) -> Number:
        return 0 * z

    def line(z: Number) -> Number:
        return z

    def elu(z: Number) -> Number:
        return m.expm1(z)

    return {
        "linear": pieces(line),
        "sigmoid": pieces(sigmoid),
        "tanh": pieces(m.tanh),
        "lecun_tanh": pieces(lambda z: m.mpf("1.7159") * m.tanh(2 * z / 3)),
        "relu": pieces(zero, 0, line),
        "relu6": pieces(zero, 0, line, 6, lambda z: 6 + 0 * z),
        "elu": pieces(elu, 0, line),
        "celu": pieces(elu, 0, line),
        "selu": pieces(lambda z: selu_scale * selu_alpha * elu(z), 0, lambda z: selu_scale * z),
        "gelu": pieces(lambda z: z * (1 + m.erf(z / m.sqrt(2))) / 2),
        "gelu_tanh": pieces(
            lambda z: z * (1 + m.tanh(m.sqrt(2 / m.pi) * (z + m.mpf("0.044715") * z**3))) / 2,
        ),
        "quick_gelu": pieces(lambda z: z * sigmoid(m.mpf("1.702") * z)),
        "silu": pieces(lambda z: z * sigmoid(z)),
        "mish": pieces(lambda z: z * m.tanh(softplus(z))),
        "softplus": pieces(softplus),
        "softsign": pieces(lambda z: z / (1 - z), 0, lambda z: z / (1 + z)),
        "hard_swish": pieces(zero, -3, lambda z: z * (z + 3) / 6, 3, line),
        "hard_sigmoid": pieces(zero, -3, lambda z: (z + 3) * sixth, 3, lambda z: 1 + 0 * z),
        "hard_sigmoid_keras2": pieces(
            zero, -5 * half, lambda z: m.mpf("0.2") * z + half, 5 * half, lambda z: 1 + 0 * z
        ),
        "hardtanh": pieces(lambda z: -1 + 0 * z, -1, line, 1, lambda z: 1 + 0 * z),
        "log_sigmoid": pieces(lambda z: -softplus(-z)),
        "tanhshrink": pieces(lambda z: z - m.tanh(z)),
        "hardshrink": pieces(line, -half, zero, half, line),
        "softshrink": pieces(lambda z: z + half, -half, zero, half, lambda z: z - half),
        "sin": pieces(m.sin),
        "cos": pieces(m.cos),
        "squared_relu": pieces(zero, 0, lambda z: z * z),
        "abs": pieces(lambda z: -z, 0, line),
        "square": pieces(lambda z: z * z),
        "gaussian": pieces(lambda z: m.exp(-z * z)),
        "gaussian_half": pieces(lambda z: m.exp(-z * z / 2)),
        "erf": pieces(m.erf),
        "arctan": pieces(m.atan),
        "snake": pieces(lambda z: z + m.sin(z) ** 2),
        "exp": pieces(m.exp),
        "siren": pieces(lambda z: m.sin(30 * z)),
    }
