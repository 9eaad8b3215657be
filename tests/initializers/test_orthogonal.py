from __future__ import annotations

import math
import tracemalloc
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from service.catalogue.catalogue import CATALOGUE
from service.initializers import orthogonal
from service.initializers.initializer import Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.streams.philox.stream import PhiloxStream
from service.tensors.dtypes import DTYPES, FLOAT32
from service.tensors.errors import InvalidParameter
from service.tensors.source import WholeSource
from tests.initializers.making import initialize, make
from tests.oracles import LAYOUTS, out_in_view, stored_shape


def _matrices(weight, layout, count):
    """Return the blocks of a stored weight, each as its (rows, columns) matrix."""
    view = out_in_view(weight, layout).astype(float)
    return view.reshape(count, view.shape[0] // count, -1)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kernel", [(), (3,), (2, 3)])
@pytest.mark.parametrize(
    ("out", "in_", "blocks"),
    [
        (5, 40, {}),
        (40, 5, {}),
        (16, 16, {}),
        (64, 4, {"groups": 4}),
        (48, 16, {"gates": 3}),
        (24, 3, {"groups": 2, "gates": 3}),
        (6, 1, {"groups": 6}),
    ],
)
def test_the_shorter_side_is_orthonormal_times_the_gain(out, in_, blocks, kernel, layout):
    weight = make(
        "orthogonal", stored_shape(out, in_, kernel, layout), layout=layout, gain=1.5, dtype="float64", **blocks
    )

    for matrix in _matrices(weight, layout, math.prod(blocks.values())):
        short = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
        np.testing.assert_allclose(short @ short.T, 2.25 * np.eye(len(short)), atol=1e-13)


@pytest.mark.parametrize("shape", [(64, 64), (300, 7), (7, 300), (130, 257)])
def test_float32_is_orthogonal_to_its_own_precision(shape):
    matrix = make("orthogonal", shape).astype(float)
    short = matrix if shape[0] <= shape[1] else matrix.T

    np.testing.assert_allclose(short @ short.T, np.eye(len(short)), atol=2e-6)


def test_blocks_differ():
    one, other = _matrices(make("orthogonal", (8, 4), gates=2), "out_in", 2)

    assert not np.allclose(one, other)


def test_the_stated_std_is_that_of_the_values():
    facts = initialize("orthogonal", (64, 200), gain=2.0).facts
    values = make("orthogonal", (64, 200), gain=2.0)

    assert facts["std"] == pytest.approx(2 / math.sqrt(200))
    assert math.sqrt(np.mean(values.astype(float) ** 2)) == pytest.approx(facts["std"], rel=1e-6)


def test_a_square_matrix_can_be_a_rotation_or_a_reflection():
    """Haar's measure gives both determinants alike; LAPACK's QR without a sign correction does not."""
    signs = [round(np.linalg.det(make("orthogonal", (5, 5), seed=seed, dtype="float64"))) for seed in range(200)]

    assert set(signs) == {-1, 1}
    assert abs(sum(signs)) < 5 * math.sqrt(200)


def test_the_first_element_of_many_matrices_has_haars_distribution():
    """Its square is Beta(1/2, (n - 1)/2): the mean of x is 0, of x^2 is 1/n, of x^4 is 3/(n (n + 2))."""
    values = np.array([make("orthogonal", (4, 4), seed=seed, dtype="float64")[0, 0] for seed in range(3000)])

    assert values.mean() == pytest.approx(0, abs=5 * 0.5 / math.sqrt(3000))
    assert np.mean(values**2) == pytest.approx(1 / 4, abs=5 * 0.25 / math.sqrt(3000))
    assert np.mean(values**4) == pytest.approx(3 / 24, abs=5 * 0.2 / math.sqrt(3000))


def test_a_gain_of_zero_makes_zeros():
    assert not make("orthogonal", (5, 6), gain=0.0).any()


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (5, 3, 0), (0, 0)])
def test_a_tensor_without_elements_is_made(shape):
    assert make("orthogonal", shape).shape == shape


@pytest.mark.parametrize(("shape", "parameters", "culprit"), [
    ((), {}, "shape"),
    ((5,), {}, "shape"),
    ((8, 5), {"gates": 3}, "gates"),
    ((8, 5), {"groups": 3}, "groups"),
])  # fmt: skip
def test_what_has_no_orthogonal_form_is_refused(shape, parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("orthogonal", shape, **parameters)

    assert caught.value.parameter == culprit


@dataclass
class _CountingStream:
    asked: list = field(default_factory=list)

    def normal(self, out, start, mean, std, cut=None):
        self.asked.append(out.size)
        out.fill(1)


def test_empty_blocks_are_not_worked_through():
    """With 2**31 of them, a request for no elements would hold a thread for an hour."""
    stream: Any = _CountingStream()
    initialization = OrthogonalInitializer(groups=1000).initialize(Target((1000, 0), FLOAT32, stream))

    assert isinstance(initialization.source, WholeSource)
    assert initialization.source.materialize(np.dtype(np.float32)).size == 0

    assert len(stream.asked) <= 1


@pytest.mark.parametrize("shape", [(24, 5), (4, 9)])
def test_a_layout_stores_the_same_blocks_in_another_order(shape):
    out_in, in_out = (
        make("orthogonal", stored_shape(shape[0], shape[1], (), layout), layout=layout, gates=4)
        for layout in ("out_in", "in_out")
    )

    np.testing.assert_array_equal(in_out.T, out_in)


@pytest.mark.parametrize(("shape", "parameters"), [
    ((90, 70), {}),
    ((70, 90), {}),
    ((150, 150), {}),
    ((150, 150), {"layout": "in_out"}),
    ((70, 90), {"layout": "in_out"}),
    ((90, 70), {"gates": 3}),
    ((90, 40), {"gates": (50, 20, 20)}),
    ((40, 90), {"gates": (50, 20, 20), "layout": "in_out"}),
    ((3, 40, 30), {"layout": "sio"}),
    ((30, 40, 3), {"layout": "ois"}),
    ((16, 3, 3, 7), {"layout": "ikko"}),
])  # fmt: skip
def test_large_matrices_have_the_bits_of_small_ones(shape, parameters, monkeypatch):
    """They are made by another way, that of less memory."""
    expected = make("orthogonal", shape, gain=1.5, **parameters)
    monkeypatch.setattr(orthogonal, "_LARGE", 1)

    np.testing.assert_array_equal(make("orthogonal", shape, gain=1.5, **parameters), expected)


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "parameters", "most"), [
    ((6000, 1000), {}, 1.6),
    ((1000, 6000), {}, 1.6),
    ((2000, 2000), {"layout": "in_out"}, 1.6),
    ((3, 1500, 1000), {"layout": "soi"}, 1.6),
    ((1000, 1000, 1, 3), {"layout": "oiks"}, 2.6),
    ((800, 3000), {"layout": "in_out", "gates": 2}, 2.6),
])  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_large_matrix_takes_little_memory_beside_itself_and_no_more_than_is_told(
    shape, parameters, most, dtype, monkeypatch
):
    monkeypatch.setattr(orthogonal, "_LARGE", 2**18)
    nbytes, peak, source = _held(shape, parameters, dtype)

    assert peak <= most * nbytes
    assert peak <= source.arrays * nbytes + source.workspace


@pytest.mark.parametrize(("initializer", "shape", "parameters"), [
    ("orthogonal", (600, 500), {}),
    ("orthogonal", (100_000, 3), {}),
    ("orthogonal", (3, 400_000), {}),
    ("orthogonal", (50, 40, 60), {"layout": "ois"}),
    ("delta_orthogonal", (500, 400, 1), {}),
    ("delta_orthogonal", (300, 200, 3, 3), {"layout": "out_in"}),
])  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_matrix_takes_more_memory_than_is_told(initializer, shape, parameters, dtype):
    nbytes, peak, source = _held(shape, parameters, dtype, initializer)

    assert peak <= source.arrays * nbytes + source.workspace


def test_a_matrix_of_few_columns_is_not_told_to_take_more_memory_than_it_does():
    """Its tiles are as narrow: three arrays, two threads' tiles of the same size, and what waits to be stored."""
    nbytes, _, source = _held((2**18, 2), {}, np.float32)

    assert source.arrays * nbytes + source.workspace <= 12 * nbytes


def _held(shape, parameters, dtype, initializer="orthogonal"):
    """Return the bytes of a tensor, those that are held at most while it is made, and its source."""
    target = Target(shape, DTYPES[np.dtype(dtype).name], PhiloxStream(0, ""), threads=2)
    source = CATALOGUE.get(initializer)(**parameters).initialize(target).source
    assert isinstance(source, WholeSource)
    tracemalloc.start()
    try:
        made = source.materialize(np.dtype(dtype))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return made.nbytes, peak, source
