"""Logarithms beyond the layers that were followed: of ratios a layer, of powers of the depth, of what is settled."""

from __future__ import annotations

import math

import pytest

from service.advice.theory.extrapolation import extrapolated, followed


@pytest.mark.parametrize("layers", [0, 5, 64, 65, 10_000])
def test_a_ratio_a_layer_goes_on(layers):
    assert extrapolated([0.3 * n for n in range(65)], layers) == pytest.approx(0.3 * layers)


@pytest.mark.parametrize("layers", [10, 64, 100, 10_000])
def test_a_power_of_the_depth_goes_on(layers):
    logarithms = [-1.5 * math.log(1.0 + n) for n in range(65)]

    assert extrapolated(logarithms, layers) == pytest.approx(-1.5 * math.log(1.0 + layers), rel=0.01)


def test_what_is_settled_stays():
    assert extrapolated([0.0, -0.5, -0.6, -0.6, -0.6], 1000) == -0.6


@pytest.mark.parametrize(
    ("layers", "layers_per_branch", "expected"), [(10, None, 10), (10_000, None, 64), (10_000, 4, 16), (10_000, 20, 8)]
)
def test_few_layers_are_followed_one_by_one(layers, layers_per_branch, expected):
    assert followed(layers, layers_per_branch) == expected
