"""Stacks that are drawn hold what is told of them: a part of those of docs/evidence.md, with few draws each."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.stacks.cases import CASES
from scripts.stacks.comparison import compare, simulate
from scripts.stacks.matrices import Explicit, Gaussian, Orthogonal

DRAWS = 150

SLACK = 3.0 * (0.95 * 0.05 / DRAWS) ** 0.5
"""Three sigmas of a part of so few draws."""

LARGE = {"Conv2d"}
"""Layers whose matrices are made, element by element: `python -m scripts.simulate_stacks` draws them."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.layer not in LARGE and not case.batch], ids=lambda case: case.title
)
def test_intervals_hold_as_many_draws_as_their_validity_promises(case):
    assert compare(case, DRAWS).holds(SLACK)


@pytest.mark.slow
def test_there_are_forty_stacks_and_more_of_each_level():
    assert len(CASES) >= 40
    assert {compare(case, 2).level for case in CASES if not case.batch and not case.image} == {"high", "medium", "low"}


@pytest.mark.parametrize("is_orthogonal", [False, True])
def test_matrices_that_are_not_made_do_as_those_that_are(is_orthogonal):
    """The joint moments of W h and of the transpose on a vector that depends on it."""
    rng, inputs, draws = np.random.default_rng(5), 6, 20_000
    h = np.broadcast_to(np.arange(1.0, 1.0 + inputs), (draws, inputs)).copy()
    if is_orthogonal:
        made, _ = np.linalg.qr(rng.standard_normal((draws, inputs, inputs)))
        made = 1.5 * made * np.where(rng.random((draws, 1, inputs)) < 0.5, -1.0, 1.0)
        z, transposed = Orthogonal(1.5)(rng, h, inputs)
    else:
        made = rng.standard_normal((draws, inputs, inputs)) * 0.5
        z, transposed = Gaussian(0.25)(rng, h, inputs)
    expected_z = np.einsum("dij,dj->di", made, h)
    expected = np.einsum("dij,di->dj", made, np.tanh(expected_z) + 0.3)
    back = transposed(np.tanh(z) + 0.3)

    for found, known in ((z, expected_z), (back, expected)):
        np.testing.assert_allclose(found.mean(axis=0), known.mean(axis=0), atol=0.15)
        np.testing.assert_allclose(np.mean(found**2, axis=0), np.mean(known**2, axis=0), rtol=0.06)
        np.testing.assert_allclose(np.mean(found**2), np.mean(known**2), rtol=0.02)
    np.testing.assert_allclose(np.mean(np.sum(back * h, axis=1)), np.mean(np.sum(expected * h, axis=1)), rtol=0.03)


def test_explicit_matrices_have_the_variance_that_is_asked_for():
    h = np.ones((4000, 8))
    for is_uniform in (False, True):
        z, transposed = Explicit(0.5, is_uniform)(np.random.default_rng(2), h, 8)

        assert np.mean(z**2) == pytest.approx(4.0, rel=0.05)
        assert np.mean(transposed(z) * h) == pytest.approx(np.mean(np.sum(z * z, axis=1)) / 8, rel=1e-9)


def test_a_seed_draws_the_same_again():
    case = next(case for case in CASES if case.title.startswith("tanh, glorot_normal, 10"))

    np.testing.assert_array_equal(simulate(case, 3), simulate(case, 3))
