"""Fixup against its authors' code."""

from __future__ import annotations

import math

import pytest

from tests.initializers.making import make, stated_std


# Fixup's code: the first convolution of a basic block has sqrt(2 / (out * k * k)) * num_layers ** (-0.5), the first two
# of a bottleneck * num_layers ** (-0.25).
@pytest.mark.parametrize(("layers_per_branch", "power"), [(2, -0.5), (3, -0.25)])
def test_fixup(layers_per_branch, power):
    expected = math.sqrt(2 / (64 * 9)) * 27**power
    told = stated_std("fixup", (64, 48, 3, 3), branches=27, layers_per_branch=layers_per_branch)

    assert told == pytest.approx(expected, rel=1e-12)


def test_fixups_last_layer_of_a_branch_is_zero():
    assert not make("fixup", (8, 8, 3, 3), branches=4, position="last").any()
