from __future__ import annotations

import math

import numpy as np
import pytest

from tests.initializers.making import initialize, make


def test_efficientnets_fan_out_is_that_of_a_group():
    """timm's init_weight_goog: fan_out = k * k * out_channels // groups, std = sqrt(2 / fan_out)."""
    facts = initialize("efficientnet_normal", (96, 1, 5, 5), groups=96).facts

    assert facts["std"] == pytest.approx(math.sqrt(2 / 25), rel=1e-12)


def test_mocos_fused_projection_is_three_matrices():
    """timm's init_weights_vit_moco: val = sqrt(6 / (out // 3 + in))."""
    bound = math.sqrt(6 / (2304 // 3 + 768))

    assert initialize("vit", (2304, 768), preset="moco", matrix="qkv").facts["bound"] == pytest.approx(bound, rel=1e-12)


@pytest.mark.parametrize(
    ("preset", "matrix", "expected"),
    [
        ("timm", "linear", 0.02),
        ("timm", "qkv", 0.02),
        ("jax", "mlp_bias", 1e-6),
        ("jax", "linear", math.sqrt(2 / 300)),
        ("jax", "convolution", 0.1),
        ("moco", "linear", math.sqrt(2 / 300)),
    ],
)
def test_the_standard_deviations_of_the_presets(preset, matrix, expected):
    assert make("vit", (200, 100), preset=preset, matrix=matrix).std() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("preset", "matrix"), [("jax", "head"), ("moco", "head"), ("timm", "mlp_bias")])
def test_what_starts_at_zero(preset, matrix):
    assert not np.any(make("vit", (20, 10), preset=preset, matrix=matrix))
