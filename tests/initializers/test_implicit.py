import math

import numpy as np
import pytest
from scipy import stats

from tests.initializers.making import make


@pytest.mark.parametrize(
    ("layer", "bound"), [("first", 1 / 100), ("hidden", math.sqrt(6 / 100) / 30)], ids=["first", "hidden"]
)
def test_siren_is_uniform_between_the_papers_bounds(layer, bound):
    values = make("siren", (200, 100), layer=layer, dtype="float64").reshape(-1)

    assert stats.kstest(values, stats.uniform(-bound, 2 * bound).cdf).pvalue > 1e-4


def test_sirens_sines_keep_their_distribution():
    """Sitzmann et al., theorem 1.8: the inputs of each sine are standard normal, its outputs arcsine distributed."""
    outputs = np.sin(math.pi / 2 * np.random.default_rng(1).uniform(-1, 1, (256, 500)))
    for depth in range(4):
        inputs = 30 * make("siren", (256, 256), seed=depth, dtype="float64") @ outputs
        assert inputs.std() == pytest.approx(1, rel=0.15)
        outputs = np.sin(inputs)
