"""The spectral condition: all singular values are sqrt(out / in), or at most of that order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.initializers.making import initialize, make, stated_std


def singular_values(matrix):
    return np.linalg.svd(matrix, compute_uv=False)


@pytest.mark.parametrize(("out", "in_"), [(40, 10), (10, 40), (20, 20)])
def test_modulas_linear(out, in_):
    """modula/atom.py: orthogonalize(weight) * sqrt(fanout / fanin)."""
    matrix = make("spectral_orthogonal", (out, in_))

    np.testing.assert_allclose(singular_values(matrix), math.sqrt(out / in_), rtol=1e-5)
    assert initialize("spectral_orthogonal", (out, in_)).facts["spectral_norm"] == pytest.approx(math.sqrt(out / in_))


@pytest.mark.parametrize(("out", "in_"), [(40, 10), (10, 40)])
def test_muons_scale_and_rwkvs_gain(out, in_):
    """muon.py: max(1, rows / columns) ** 0.5; RWKV-7's ortho_init: sqrt(shape[0] / shape[1]) if that is above 1."""
    matrix = make("spectral_orthogonal", (out, in_), scaling="muon", gain=0.1)

    np.testing.assert_allclose(singular_values(matrix), 0.1 * math.sqrt(max(1, out / in_)), rtol=1e-5)


def test_each_gate_is_scaled_as_a_matrix_of_its_own():
    for third in make("spectral_orthogonal", (30, 40), gates=3).reshape(3, 10, 40):
        np.testing.assert_allclose(singular_values(third), 0.5, rtol=1e-5)


def test_a_kernels_elements_count_for_inputs():
    matrix = make("spectral_orthogonal", (3, 3, 4, 9), layout="in_out").reshape(36, 9)

    np.testing.assert_allclose(singular_values(matrix), 0.5, rtol=1e-5)


def test_the_matrix_is_orthogonals_times_the_norm():
    np.testing.assert_allclose(
        make("spectral_orthogonal", (40, 10), gain=0.5), make("orthogonal", (40, 10)), rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize(("out", "in_"), [(300, 400), (400, 300), (50, 1000)])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_the_spectral_parametrisation(out, in_, gain):
    """nanotron's SpectralMupParametrizator: std / sqrt(fan_in) * min(1, sqrt(fan_out / fan_in))."""
    expected = gain / math.sqrt(in_) * min(1, math.sqrt(out / in_))

    assert stated_std("spectral_normal", (out, in_), gain=gain) == pytest.approx(expected, rel=1e-12)


def test_the_norm_is_of_the_order_of_the_condition():
    for out, in_ in ((600, 100), (100, 600), (300, 300)):
        norm = singular_values(make("spectral_normal", (out, in_))).max()
        assert 1.0 < norm / math.sqrt(out / in_) < 2.3
