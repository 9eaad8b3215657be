from __future__ import annotations

import math

import numpy as np
import pytest

from tests.initializers.making import initialize, make

# Yang et al., arXiv:2203.03466, Table 3, with widths four times the base's.
TABLE_3 = [
    ("input", "adam", 1 / 1024, 1.0),
    ("hidden", "adam", 1 / 1024, 1 / 4),
    ("output", "adam", 256 / 1024**2, 1 / 4),
    ("input", "sgd", 1 / 1024, 4.0),
    ("hidden", "sgd", 1 / 1024, 1.0),
    ("output", "sgd", 256 / 1024**2, 1 / 4),
]


@pytest.mark.parametrize(("role", "optimizer", "variance", "learning_rate"), TABLE_3)
def test_mup_is_the_papers_table(role, optimizer, variance, learning_rate):
    base = {"base_fan_in": 256, "base_fan_out": 128}
    facts = initialize("mup", (512, 1024), role=role, optimizer=optimizer, **base).facts

    assert facts["std"] == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert facts["learning_rate_multiplier"] == pytest.approx(learning_rate, rel=1e-12)


@pytest.mark.parametrize("role", ["input", "hidden", "output"])
def test_at_the_base_width_mup_is_lecuns_scheme(role):
    np.testing.assert_allclose(make("mup", (30, 40), role=role), make("lecun_normal", (30, 40)), rtol=1e-6)
