from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


def test_time_steps_are_log_uniform():
    bias = make("dt_bias", (20_000,), dtype="float64")
    dt = np.logaddexp(0, bias)

    assert stats.kstest(np.log(dt), stats.uniform(math.log(0.001), math.log(100)).cdf).pvalue > 1e-4


def test_time_steps_below_the_floor_are_raised_to_it():
    dt = np.logaddexp(0, make("dt_bias", (1000,), dtype="float64", dt_min=1e-6, floor=1e-3))

    assert dt.min() == pytest.approx(1e-3, rel=1e-9)


def test_mambas_state_counts_in_every_channel():
    """mamba_simple.py: torch.log(repeat(torch.arange(1, d_state + 1), 'n -> d n'))."""
    np.testing.assert_allclose(make("mamba_a_log", (3, 16)), [np.log(np.arange(1, 17))] * 3, rtol=1e-7)


def test_mamba_2s_states_are_uniform():
    """mamba2.py: A = torch.empty(nheads).uniform_(1, 16); A_log = torch.log(A)."""
    values = np.exp(make("mamba2_a_log", (20_000,), dtype="float64"))

    assert stats.kstest(values, stats.uniform(1, 15).cdf).pvalue > 1e-4


@pytest.mark.parametrize("floor", [1e-4, 1e-2])
def test_an_exponential_gives_the_same_time_steps_as_a_softplus(floor):
    """The S4 code's inv_transform: log(dt) with dt_transform='exp', log(exp(dt) - 1) with 'softplus'."""
    softplus, exponential = (
        make("dt_bias", (1000,), dtype="float64", floor=floor, transform=transform) for transform in ("softplus", "exp")
    )

    np.testing.assert_allclose(np.exp(exponential), np.logaddexp(0, softplus), rtol=1e-12)


def lru(part, size=20_000, **parameters):
    return make("lru", (size,), dtype="float64", part=part, **parameters)


RINGS = [(0.0, 1.0), (0.9, 0.999), (0.5, 0.6)]


@pytest.mark.parametrize(("r_min", "r_max"), RINGS)
def test_the_eigenvalues_of_a_linear_recurrent_unit_are_uniform_on_a_ring(r_min, r_max):
    """By area: the squared modulus is uniform (arXiv:2303.06349, lemma 3.2), the phase too, and independent."""
    nu_log, theta_log = (lru(part, r_min=r_min, r_max=r_max) for part in ("nu_log", "theta_log"))
    squared, phase = np.exp(-2 * np.exp(nu_log)), np.exp(theta_log)

    assert stats.kstest(squared, stats.uniform(r_min**2, r_max**2 - r_min**2).cdf).pvalue > 1e-4
    assert stats.kstest(phase, stats.uniform(0, 6.28).cdf).pvalue > 1e-4
    assert abs(np.corrcoef(squared, phase)[0, 1]) < 5 / math.sqrt(squared.size)


@pytest.mark.parametrize(("r_min", "r_max"), RINGS)
def test_what_normalises_a_linear_recurrent_unit_belongs_to_its_eigenvalues(r_min, r_max):
    """minimal-LRU's gamma_log_init: log(sqrt(1 - |lambda|^2)), lambda of the nu_log given."""
    nu_log, gamma_log = (lru(part, r_min=r_min, r_max=r_max) for part in ("nu_log", "gamma_log"))

    np.testing.assert_allclose(gamma_log, 0.5 * np.log(-np.expm1(-2 * np.exp(nu_log))), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("part", ["nu_log", "theta_log", "gamma_log"])
def test_a_draw_of_nothing_has_a_finite_logarithm(part):
    """The ends of the interval, which the largest value is computed from."""
    assert math.isfinite(initialize("lru", (4,), part=part).largest)
    assert initialize("lru", (4,), part=part).largest < 60


def test_a_ring_is_wider_inside_than_outside():
    with pytest.raises(InvalidParameter) as caught:
        initialize("lru", (4,), part="nu_log", r_min=0.9, r_max=0.9)

    assert caught.value.parameter == "r_max"
