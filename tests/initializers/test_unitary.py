from __future__ import annotations

import tracemalloc
from threading import Event

import numpy as np
import pytest
from scipy import stats

from service.linear_algebra import unitary
from service.linear_algebra.interruption import Interrupted, interruptible
from service.linear_algebra.unitary import unitarise
from service.tensors.dtypes import DTYPES
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor
from tests.initializers.making import initialize, make

PRECISION = {"complex64": 1e-6, "complex128": 1e-13}
each_dtype = pytest.mark.parametrize("dtype", PRECISION)


def _unmade(dtype, shape=(2048, 2048)):
    source = initialize("orthogonal", shape, dtype=dtype).source
    return Tensor(TensorSpec("orthogonal", shape, DTYPES[dtype], 1, "", "1", ()), source, {})


def _is_unitary(matrix, gain, dtype):
    """Whether its rows or columns, the fewer, are orthonormal but for the gain."""
    matrix = matrix.astype(np.complex128) / gain
    product = matrix @ matrix.conj().T if matrix.shape[0] <= matrix.shape[1] else matrix.conj().T @ matrix
    return np.abs(product - np.eye(len(product))).max() < PRECISION[dtype]


@each_dtype
@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (40, 13), (13, 40), (100, 5), (6, 3, 2, 2)])
def test_the_shorter_side_is_orthonormal(shape, dtype):
    made = make("orthogonal", shape, dtype=dtype, gain=1.5)

    assert _is_unitary(made.reshape(shape[0], -1), 1.5, dtype)


@each_dtype
def test_each_gate_of_each_member_is_unitary(dtype):
    made = make("orthogonal", (3, 12, 9), dtype=dtype, layout="soi", gates=(4, 8))

    assert all(_is_unitary(member[gate], 1.0, dtype) for member in made for gate in (slice(4), slice(4, 12)))


@each_dtype
@pytest.mark.parametrize("matrices", [1, 2, 7])
def test_more_threads_make_the_same_bits(matrices, dtype):
    gaussians = np.random.default_rng(1).normal(size=(matrices, 37, 2, 50))
    alone, together = np.empty((2, matrices, 50, 37), dtype)
    unitarise(gaussians.copy(), 1.0, alone, 1)
    unitarise(gaussians.copy(), 1.0, together, 3)

    assert np.array_equal(alone, together)


def test_the_matrices_are_haar_distributed():
    """|U[0,0]|^2 of U(n) is Beta(1, n - 1), all phases are alike, and so are those of the trace."""
    made = make("orthogonal", (20_000, 4, 4), dtype="complex128", layout="soi")

    for i, j in ((0, 0), (1, 2), (3, 3)):
        assert stats.kstest(np.abs(made[:, i, j]) ** 2, stats.beta(1, 3).cdf).pvalue > 1e-3
        assert stats.kstest(np.angle(made[:, i, j]), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3
    traces = np.trace(made, axis1=1, axis2=2)
    # Diaconis and Shahshahani: E|tr U|^2 = 1 and E|tr U|^4 = 2, exactly, for n >= 2.
    assert np.mean(np.abs(traces) ** 2) == pytest.approx(1, abs=0.05)
    assert np.mean(np.abs(traces) ** 4) == pytest.approx(2, abs=0.2)


def test_what_is_told():
    initialization = initialize("orthogonal", (8, 32), dtype="complex64", gain=2.0)

    assert initialization.facts == {"gain": 2.0, "std": pytest.approx(2.0 / 32**0.5)}


@pytest.mark.parametrize(("matrices", "at_once"), [(1, 1), (1, 2**29), (4, 1), (4, 2**29)])
@pytest.mark.parametrize("threads", [1, 2])
def test_matrices_that_nobody_waits_for_are_not_made(matrices, at_once, threads, monkeypatch):
    monkeypatch.setattr(unitary, "_FEW", 0)
    monkeypatch.setattr(unitary, "_STEPS_AT_ONCE", at_once)
    unwanted, out = Event(), np.zeros((matrices, 20, 18), "complex64")
    gaussians = np.ones((matrices, 18, 2, 20))
    unwanted.set()

    with interruptible(unwanted), pytest.raises(Interrupted):
        unitarise(gaussians, 1.0, out, threads)
    assert not out.any()


def test_both_dtypes_are_told_to_take_the_same_work():
    single, double = (_unmade(dtype) for dtype in PRECISION)

    assert single.single_work == double.single_work > 0


@each_dtype
def test_the_memory_that_is_told_is_enough(dtype):
    unmade = _unmade(dtype, (300, 200))
    tracemalloc.start()
    try:
        unmade.materialize()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak <= unmade.memory + 2**18
