from __future__ import annotations

import math

import numpy as np

from tests.initializers.making import initialize, make


def test_lora_a_is_pytorchs_linear():
    """peft/tuners/lora/layer.py: kaiming_uniform_(weight, a=math.sqrt(5))."""
    theirs = make("he_uniform", (8, 300), nonlinearity="leaky_relu", negative_slope=math.sqrt(5))
    np.testing.assert_allclose(make("lora_a", (8, 300)), theirs, rtol=1e-6)


def test_gaussian_lora_a_has_the_std_of_one_over_the_rank():
    assert initialize("lora_a", (8, 300), method="gaussian").facts["std"] == 1 / 8
