from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from service.initializers.s4d import LARGEST_LEGS
from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make

RECORDED = json.loads((Path(__file__).parent / "recorded" / "hippo.json").read_text())

# The S4 code's dplr(), for d_state = 8, of which it keeps four; there N is d_state, as in the paper's section 4.
S4D = {
    "lin": [0, math.pi, 2 * math.pi, 3 * math.pi],
    "inv": [8 / math.pi * (8 / (2 * n + 1) - 1) for n in range(4)],
    "inv2": [8 / math.pi * (8 / (n + 1) - 1) for n in range(4)],
    "quad": [(2 * n + 1) ** 2 / math.pi for n in range(4)],
}


@pytest.mark.parametrize(("dtype", "rtol"), [("complex64", 1e-6), ("complex128", 1e-15)])
@pytest.mark.parametrize("kind", S4D)
def test_s4d(kind, dtype, rtol):
    values = make("s4d", (3, 4), dtype=dtype, kind=kind)

    np.testing.assert_array_equal(values.real, -0.5)
    np.testing.assert_allclose(values.imag, [S4D[kind]] * 3, rtol=rtol)


def test_real_s4d_counts():
    np.testing.assert_array_equal(make("s4d", (2, 4), kind="real"), [[-1, -2, -3, -4]] * 2)


@pytest.mark.parametrize(("dtype", "kind"), [("float32", "lin"), ("complex64", "real"), ("complex128", "real")])
def test_a_dtype_that_does_not_suit_is_refused(dtype, kind):
    with pytest.raises(InvalidParameter) as caught:
        initialize("s4d", (4,), dtype=dtype, kind=kind)

    assert caught.value.parameter == "dtype"


def legs(size, dtype="complex64"):
    values = make("s4d", (size,), dtype=dtype, kind="legs")
    np.testing.assert_array_equal(values.real, -0.5)
    return values.imag


def test_legs_is_the_s4_codes_diagonal_in_ascending_order():
    """nplr('legs', 32) keeps the negative half of the eigenvalues, the largest in size first."""
    recorded = RECORDED["nplr_legs_diagonal"]
    np.testing.assert_allclose(recorded["real"], -0.5, rtol=1e-12)
    np.testing.assert_allclose(legs(16), -np.array(recorded["imag"])[::-1], rtol=1e-7)
    np.testing.assert_allclose(legs(16, "complex128"), -np.array(recorded["imag"])[::-1], rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 32, 100])
def test_legs_are_the_eigenvalues_of_the_normal_part(size):
    order = 2 * size
    p = make("hippo", (1, order), dtype="float64", part="P")
    normal = make("hippo", (order, order), dtype="float64") + p.T @ p
    skew = 0.5 * (normal - normal.T)
    expected = np.sort(np.linalg.eigvalsh(-1j * skew))[size:]

    np.testing.assert_allclose(legs(size), expected, rtol=1e-6)


def test_the_largest_of_legs_are_as_the_paper_conjectures():
    """N²/(π (2n + 1)) + Θ(N), n counted from the largest (arXiv:2206.11893, section 4.2): s4d's kind inv."""
    size = 256
    order = 2 * size
    largest = legs(size)[::-1][:8]

    np.testing.assert_allclose(largest, order**2 / (math.pi * (2 * np.arange(8) + 1)), rtol=0.03)
    np.testing.assert_allclose(largest, make("s4d", (size,), dtype="complex64", kind="inv").imag[:8], rtol=0.03)


def test_a_row_of_legs_that_would_take_too_long_is_refused():
    initialize("s4d", (3, LARGEST_LEGS), dtype="complex64", kind="legs")
    with pytest.raises(InvalidParameter, match="at most") as caught:
        initialize("s4d", (3, LARGEST_LEGS + 1), dtype="complex64", kind="legs")

    assert caught.value.parameter == "shape"
