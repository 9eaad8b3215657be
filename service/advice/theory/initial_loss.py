"""The cross-entropy with which a classifier starts, whose logits are normal numbers for inputs of mean square 1.

Of a softmax it is E[ln sum exp(z_i)], as no class is more likely than another. ln C + v / 2, for logits of variance v,
is a bound (Jensen's inequality), from which it is far where sqrt(v) is not small beside sqrt(2 ln C).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from service.activations.pointwise import Float64Array, normal_cdf, normal_pdf
from service.advice.layer.layer import Layer
from service.advice.layer.roles import CLASSIFIER_ROLES
from service.advice.numbers import significant
from service.advice.scheme import Scheme

_STEP = 0.35
"""Between nodes, as a part of the width on which a function changes: sums over nodes are then right to ten digits."""

_SIGMAS = 8.0
"""Beyond which a normal number does not lie, to sixteen digits."""

_GUMBEL = np.arange(-3.85, 55.0, _STEP)
_GUMBEL_WEIGHTS = _STEP * np.exp(-_GUMBEL - np.exp(-_GUMBEL))
_NORMAL = np.arange(-_SIGMAS, _SIGMAS + _STEP, _STEP)
_NORMAL_WEIGHTS = _STEP * normal_pdf(_NORMAL)

_WIDE = 300.0
"""A standard deviation beyond which a softplus is a rectifier with a correction for its corner."""

_FEW = 64
"""Classes up to which the largest of as many normal numbers may be far below zero."""


@dataclass(frozen=True)
class InitialLoss:
    """The cross-entropy with which training starts, in nats."""

    loss: float
    least: float
    """That of a model that knows nothing of the inputs."""
    share: float | None = None
    """The share of positives for which both are, where it is not one half."""


def initial_loss(layer: Layer, weights: Scheme, bias: Scheme | None = None) -> InitialLoss | None:
    """Return the cross-entropy at the start; None of layers that end no classifier, and of unknown second moments.

    What is added to all logits of one softmax alike changes nothing.
    """
    is_tied = layer.kind == "embedding" and layer.description.tied
    square = weights.mean_square
    if square is None or layer.axes is None or not (is_tied or layer.role in CLASSIFIER_ROLES):
        return None
    own = square if weights.std is None else weights.std * weights.std
    if layer.has_independent_outputs and not is_tied:
        offset = (None if bias is None else bias.constant) or 0.0
        return _of_probability(layer.fan_in * own, offset, layer.fan_in * weights.mean, layer.description.prior)
    if is_tied:
        # The rows are the classes, and the features are summed.
        return _of_softmax(layer.axes.in_, layer.axes.out * own)
    return _of_softmax(max(layer.description.classes or layer.out, 2), layer.fan_in * own)


def _of_softmax(classes: int, variance: float) -> InitialLoss:
    return InitialLoss(significant(mean_log_sum_exp(classes, significant(variance))), significant(math.log(classes)))


def _of_probability(variance: float, offset: float, shift: float, prior: float | None) -> InitialLoss:
    """Return the loss of one logit N(offset + shift, variance): E[softplus(z)] - π E[z] for a share π of positives.

    `offset` is the bias, which tells for which share it is meant where that is not said; `shift` is what weights with a
    mean add, for inputs of 1.
    """
    share = prior if prior is not None else 0.5 if offset == 0.0 else 1.0 / (1.0 + math.exp(-offset))
    mean = offset + shift
    loss = mean_softplus(mean, significant(variance)) - share * mean
    least = -share * math.log(share) - (1.0 - share) * math.log1p(-share) if 0.0 < share < 1.0 else 0.0
    return InitialLoss(significant(loss), significant(least), None if share == 0.5 else share)


@functools.lru_cache(maxsize=1024)
def mean_log_sum_exp(classes: int, variance: float) -> float:
    """Return E[ln(exp(z_1) + ... + exp(z_C))] for independent z ~ N(0, variance), by quadrature.

    With a Gumbel number added to each z, the largest sum has this mean but for Euler's constant, and a distribution
    function that is a power of each one's.
    """
    sigma, likely = math.sqrt(variance), math.sqrt(2.0 * math.log(classes))
    if sigma == 0.0:
        return math.log(classes)
    # Where the largest is, about, and on which width it is spread: a Gumbel law of the same kind is taken away first.
    centre = math.log(classes) + 0.5 * variance if sigma < likely else sigma * likely
    width = max(1.0, sigma / likely)
    lowest = min(centre - 4.0 * width, -4.0 - sigma * (_SIGMAS if classes <= _FEW else 1.0))
    at = np.arange(lowest, centre + max(30.0 * width, _SIGMAS * sigma + 30.0), _STEP * width)
    with np.errstate(divide="ignore", under="ignore"):
        largest = np.exp(classes * np.log1p(-_part_above(at, sigma)))
    subtracted = np.exp(-np.exp(np.minimum(-(at - centre) / width, 700.0)))
    return centre + (width - 1.0) * float(np.euler_gamma) + _STEP * width * float(np.sum(subtracted - largest))


def _part_above(at: Float64Array, sigma: float) -> Float64Array:
    """Return how often a normal number of deviation sigma and a Gumbel number together are above some numbers."""
    if sigma < 1.0:
        with np.errstate(over="ignore", under="ignore"):
            above = -np.expm1(-np.exp(sigma * _NORMAL[None, :] - at[:, None])) @ _NORMAL_WEIGHTS
    else:
        above = normal_cdf((_GUMBEL[None, :] - at[:, None]) / sigma) @ _GUMBEL_WEIGHTS
    return np.minimum(above, 1.0)


@functools.lru_cache(maxsize=1024)
def mean_softplus(mean: float, variance: float) -> float:
    """Return E[ln(1 + exp(z))] for z ~ N(mean, variance), by quadrature."""
    sigma = math.sqrt(variance)
    if sigma <= 1.0:
        return float(np.logaddexp(0.0, mean + sigma * _NORMAL) @ _NORMAL_WEIGHTS)
    if sigma <= _WIDE:
        z = np.arange(mean - _SIGMAS * sigma, mean + _SIGMAS * sigma, _STEP)
        return float(np.logaddexp(0.0, z) @ normal_pdf((z - mean) / sigma)) * _STEP / sigma
    at = np.array([mean / sigma])
    density, below = float(normal_pdf(at)[0]), float(normal_cdf(at)[0])
    return sigma * density + mean * below + math.pi * math.pi / 6.0 * density / sigma
