"""Recipes that more than one table of rules names."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.recipe import recipe
from service.tensors.errors import InvalidParameter

_DEAD = 1e-12
"""A second moment of the activation's values below which it passes nothing on."""


def forward_gain(layer: Layer) -> float:
    """Return 1/sqrt(E[f(z)^2]) to the digits that it is worth, under dropout times the root of what is kept.

    Inverted dropout scales what it keeps, and so the second moment, up (Pretorius et al., arXiv:1811.00293). Raises
    InvalidParameter for an activation that is zero.
    """
    keep, second = 1.0 - layer.description.dropout, float(layer.curves.at_one.second[0])
    if second < _DEAD:
        raise InvalidParameter("activation", "is zero for almost all inputs of unit scale; no gain makes up for that")
    return float(f"{math.sqrt(keep / second):.12g}")


def _own_gain(layer: Layer) -> float | None:
    """Return the forward gain where the initializers do not know it by the activation's name."""
    return None if _known_activation(layer) is not None else forward_gain(layer)


def _known_activation(layer: Layer) -> str | None:
    """Return the activation's name where the initializers know its gain by it."""
    if layer.activation.name == "maxout" or layer.description.dropout:
        return None
    return None if layer.activation.gains is None else layer.activation.name


def _slope(layer: Layer) -> float | None:
    return None if _known_activation(layer) is None else layer.negative_slope


HE_NORMAL = recipe("he_normal", nonlinearity=_known_activation, negative_slope=_slope, gain=_own_gain)
HE_UNIFORM = recipe("he_uniform", nonlinearity=_known_activation, negative_slope=_slope, gain=_own_gain)
HE_FAN_OUT = recipe("he_normal", mode="fan_out", nonlinearity=_known_activation, negative_slope=_slope, gain=_own_gain)
GLOROT_UNIFORM = recipe("glorot_uniform")
GLOROT_NORMAL = recipe("glorot_normal")
LECUN_NORMAL = recipe("lecun_normal")
ORTHOGONAL = recipe("orthogonal")
ORTHOGONAL_PRESERVING = recipe("orthogonal", gain=forward_gain)
BY_FORWARD_GAIN = recipe("glorot_normal", nonlinearity=_known_activation, negative_slope=_slope, gain=_own_gain)
SIREN_BIAS = recipe("uniform", fan_in=lambda layer: layer.fan_in)

ZEROS = recipe("zeros")
ONES = recipe("ones")
IDENTITY_MATRIX = recipe("identity")

TOKEN_STD = 0.02
"""GPT-2's and BERT's standard deviation, for embeddings and matrices alike."""
TOKEN_NORMAL = recipe("normal", std=TOKEN_STD)
TRUNCATED_TOKEN_NORMAL = recipe("truncated_normal", std=TOKEN_STD)
ROOT_OF_INPUTS = recipe("normal", std=lambda layer: 1.0 / math.sqrt(layer.fan_in))
UNIFORM_OF_INPUTS = recipe("uniform", fan_in=lambda layer: layer.fan_in)
"""PyTorch's default for linear layers and convolutions."""
FLATTENED_GLOROT = recipe("glorot_uniform", fan_in=lambda layer: layer.fan_in, fan_out=lambda layer: float(layer.out))
"""Of a kernel read as a matrix, whose units feed one position each."""
RESIDUAL = recipe("residual_scaled_normal", layers=lambda layer: layer.depth)


def _gated_residual_std(layer: Layer) -> float:
    std = forward_gain(layer) / math.sqrt(layer.fan_in)
    return std / math.sqrt(2.0 * layer.depth) if layer.depth else std


GATED_RESIDUAL = recipe("normal", std=_gated_residual_std)
"""What ends a gated branch: it makes up for the gate, and for the number of branches."""
