"""Quadrature of expectations over normal pre-activations, in panels cut at a function's kinks."""

from __future__ import annotations

import math

import numpy as np

from service.activations.pointwise import Float64Array

_REACH = 12.0
"""Sigmas: beyond lies less than 1e-32."""

_PANELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, _REACH)
"""Where the line is cut for the sake of the normal density, on both sides."""

_FEATURES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Where it is cut for the sake of a function that varies on the scale of 1, in units of z."""

_NODES = 16
"""Of Gauss and Legendre in a panel; with many panels fewer do."""

_FEW_NODES, _MANY_PANELS = 4, 200


def nodes(
    kinks: tuple[float, ...], q: Float64Array, mean: Float64Array | float = 0.0
) -> tuple[Float64Array, Float64Array]:
    """Return the nodes and weights of E[g(mean + sqrt(q) z)], z ~ N(0, 1), for g with kinks at `kinks`.

    `mean` is a number, or one for each of `q`; both results are (q.size, nodes).
    """
    panels = np.array([*(-p for p in reversed(_PANELS[1:])), *_PANELS])
    features = np.array([*(-f for f in _FEATURES), *_FEATURES, *kinks])
    from_mean = features[None, :] - np.broadcast_to(mean, q.shape)[:, None]
    scaled = np.clip(from_mean / np.sqrt(q)[:, None], -_REACH, _REACH)
    breaks = np.sort(np.concatenate([np.broadcast_to(panels, (q.size, panels.size)), scaled], axis=1), axis=1)
    node, weight = np.polynomial.legendre.leggauss(_NODES if breaks.shape[1] < _MANY_PANELS else _FEW_NODES)
    middle, half = 0.5 * (breaks[:, 1:] + breaks[:, :-1]), 0.5 * (breaks[:, 1:] - breaks[:, :-1])
    z = (middle[:, :, None] + half[:, :, None] * node).reshape(q.size, -1)
    weights = (half[:, :, None] * weight).reshape(q.size, -1) * np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return z, weights


def weighted_sum(weights: Float64Array, values: Float64Array) -> Float64Array:
    """Return the sum over the nodes, for each variance: (q.size,)."""
    value: Float64Array = np.einsum("qz,qz->q", weights, values)
    return value
