from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make
from tests.oracles import LAYOUTS, out_in_view, stored_shape


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("centre", "taps"), [("lower", (1, 1)), ("upper", (2, 1))])
def test_delta_orthogonal_is_orthogonal_at_its_centre_and_zero_elsewhere(layout, centre, taps):
    shape = stored_shape(7, 5, (4, 3), layout)
    kernel = out_in_view(
        make("delta_orthogonal", shape, layout=layout, centre=centre, gain=2.0, dtype="float64"), layout
    )
    at_centre = kernel[:, :, *taps].copy()
    kernel[:, :, *taps] = 0

    np.testing.assert_allclose(at_centre.T @ at_centre, 4 * np.eye(5), atol=1e-13)
    assert not kernel.any()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_delta_orthogonal_keeps_the_norm_of_what_it_convolves(layout):
    """Dynamical isometry, with circular padding (Xiao et al., section 3)."""
    shape = stored_shape(6, 4, (3, 3), layout)
    kernel = out_in_view(make("delta_orthogonal", shape, layout=layout, dtype="float64"), layout)
    image = np.random.default_rng(1).normal(size=(4, 8, 8))
    spectrum = np.fft.fft2(image)
    result = np.einsum("oihw,ihw->ohw", np.fft.fft2(kernel, (8, 8)), spectrum)

    assert np.linalg.norm(result) == pytest.approx(np.linalg.norm(spectrum), rel=1e-12)


def test_delta_orthogonal_needs_room_for_its_inputs():
    with pytest.raises(InvalidParameter, match="in ≤ out"):
        initialize("delta_orthogonal", (3, 4, 3, 3))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("out", "in_", "kernel"),
    [
        (6, 4, (1,)), (5, 5, (2,)), (6, 1, (3,)), (3, 2, (6,)),
        (6, 4, (1, 1)), (6, 4, (2, 2)), (5, 5, (3, 3)), (4, 3, (4, 4)),
        (6, 4, (1, 1, 1)), (3, 3, (2, 2, 2)), (6, 4, (3, 3, 3)),
        (1, 1, (3, 3)), (40, 35, (2, 2)),
    ],
)  # fmt: skip
def test_convolution_orthogonal_is_an_isometry_times_the_gain(out, in_, kernel, layout):
    """With circular padding: at every frequency, the transformed kernel has orthonormal columns."""
    shape = stored_shape(out, in_, kernel, layout)
    weight = make("convolution_orthogonal", shape, layout=layout, gain=1.5, dtype="float64")
    taps = tuple(range(2, 2 + len(kernel)))
    transformed = np.fft.fftn(out_in_view(weight, layout), (7,) * len(kernel), axes=taps)
    matrices = np.moveaxis(transformed.reshape(out, in_, -1), -1, 0)
    grams = matrices.conj().transpose(0, 2, 1) @ matrices

    np.testing.assert_allclose(grams, np.broadcast_to(2.25 * np.eye(in_), grams.shape), rtol=0, atol=1e-12)


@pytest.mark.parametrize("side", [1, 2, 3, 5])
def test_the_energy_of_convolution_orthogonal_is_spread_over_its_taps(side):
    """Each factor moves a part of it by one, half on average: that makes binomial probabilities."""
    weights = [make("convolution_orthogonal", (8, 8, side), seed=seed, dtype="float64") for seed in range(300)]
    energy = np.square(weights).sum(axis=(1, 2)) / 8

    np.testing.assert_allclose(energy.mean(axis=0), stats.binom.pmf(range(side), side - 1, 0.5), atol=0.02)


def test_the_axes_and_the_seeds_of_convolution_orthogonal_have_projections_of_their_own():
    one, other = (make("convolution_orthogonal", (6, 6, 2, 2), seed=seed, dtype="float64") for seed in (1, 2))

    assert not np.allclose(one, other)
    assert not np.allclose(one, one.transpose(0, 1, 3, 2))
    assert (np.abs(one).max(axis=(0, 1)) > 0.1).all()


def test_a_layout_of_convolution_orthogonal_stores_the_same_numbers_in_another_order():
    views = [
        out_in_view(make("convolution_orthogonal", stored_shape(5, 3, (2, 2), layout), layout=layout), layout)
        for layout in LAYOUTS
    ]

    assert all(np.array_equal(view, views[0]) for view in views)


def test_float32_rounds_the_float64_convolution_orthogonal_once():
    exact = make("convolution_orthogonal", (6, 4, 3, 3), gain=0.7, dtype="float64")

    np.testing.assert_array_equal(make("convolution_orthogonal", (6, 4, 3, 3), gain=0.7), exact.astype(np.float32))


@pytest.mark.parametrize("threads", [2, 3])
def test_any_number_of_threads_makes_the_same_convolution(threads):
    source = initialize("convolution_orthogonal", (70, 66, 3)).source
    made = [each.materialize(np.dtype(np.float32)).tobytes() for each in (source, replace(source, threads=threads))]

    assert made[0] == made[1]


def test_the_stated_std_of_convolution_orthogonal_is_that_of_the_values():
    weight = make("convolution_orthogonal", (7, 5, 3, 3), gain=2.0, dtype="float64")
    facts = initialize("convolution_orthogonal", (7, 5, 3, 3), gain=2.0).facts

    assert np.sqrt(np.mean(weight**2)) == pytest.approx(facts["std"], rel=1e-12)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((3, 4, 3, 3), "in ≤ out"), ((4, 3, 3, 2), "equal sides"), ((4, 3, 2, 2, 3), "equal sides"), ((4, 3), "rank 3")],
)
def test_convolution_orthogonal_tells_what_shape_it_needs(shape, message):
    with pytest.raises(InvalidParameter, match=message) as caught:
        initialize("convolution_orthogonal", shape)

    assert caught.value.parameter == "shape"


@pytest.mark.parametrize("shape", [(0, 0, 3), (4, 0, 3, 3), (4, 3, 0, 0)])
def test_a_convolution_without_elements_is_made(shape):
    assert make("convolution_orthogonal", shape).shape == shape


@pytest.mark.parametrize("shape", [(1, 1, 2**52), (2**26, 2**26, 1), (1, 1, 2**17, 2**17, 2**17), (2**20, 1, 2)])
def test_the_work_of_a_convolution_beyond_any_server_is_known_at_once(shape):
    assert initialize("convolution_orthogonal", shape).source.work > 2**37


@pytest.mark.parametrize("shape", [(200, 1, 2), (100, 90, 3, 3), (10, 10, 8, 8, 8)])
def test_making_a_convolution_takes_no_more_memory_than_it_says(shape):
    source = initialize("convolution_orthogonal", shape).source
    tracemalloc.start()
    whole = source.materialize(np.dtype(np.float32))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak <= 3 * whole.nbytes + source.workspace <= 3 * peak
