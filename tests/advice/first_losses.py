"""The cross-entropy with which a classifier starts, by drawing logits and by an integral over another variable."""

from __future__ import annotations

import math

import numpy as np
from scipy import integrate


def drawn_softmax(classes, std, draws, seed=0):
    """Return the mean loss of as many draws of logits N(0, std²), and its standard error."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws // 1000):
        z = rng.normal(0.0, std, (1000, classes))
        top = z.max(axis=1, keepdims=True)
        found.append(top[:, 0] + np.log(np.exp(z - top).sum(axis=1)) - z[:, 0])
    losses = np.concatenate(found)
    return losses.mean(), losses.std() / math.sqrt(losses.size)


def drawn_sigmoid(mean, std, share, draws, seed=0):
    """Return the same of one logit N(mean, std²), of which a share is a positive's."""
    z = np.random.default_rng(seed).normal(mean, std, draws)
    losses = share * np.logaddexp(0.0, -z) + (1.0 - share) * np.logaddexp(0.0, z)
    return losses.mean(), losses.std() / math.sqrt(draws)


def softmax(classes, variance):
    """E[ln S] is the integral of (exp(-t) - E[exp(-t exp(z))]^C) / t over t > 0 (Frullani), for small variances."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()

    def integrand(s):
        missing = float(-np.expm1(-np.exp(s + math.sqrt(variance) * nodes)) @ weights)
        return math.exp(-math.exp(s)) - math.exp(classes * math.log1p(-min(missing, 1.0 - 1e-16)))

    return integrate.quad(integrand, -60.0, 6.0, limit=500, epsabs=1e-12, points=[-math.log(classes)])[0]


def sigmoid(mean, variance, share=0.5):
    """E[ln(1 + exp(z))] - share E[z]."""
    scale = math.sqrt(variance)

    def integrand(g):
        return float(np.logaddexp(0.0, mean + scale * g)) * math.exp(-0.5 * g * g) / math.sqrt(2.0 * math.pi)

    return integrate.quad(integrand, -12.0, 12.0, limit=500, epsabs=1e-13)[0] - share * mean
