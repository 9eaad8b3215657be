from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import build, make

LAYOUTS = {"out_in": (0, 1, 2, 3), "in_out": (2, 3, 1, 0), "out_kernel_in": (0, 2, 3, 1)}
"""Where the axes out, in, height and width of a kernel go in each layout."""


def stored(shape, layout):
    return tuple(shape[axis] for axis in LAYOUTS[layout])


def as_out_in(values, layout):
    return values.transpose(np.argsort(LAYOUTS[layout]))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("centre", "taps"), [("lower", (1, 1)), ("upper", (2, 1))])
def test_delta_orthogonal_is_orthogonal_at_its_centre_and_zero_elsewhere(layout, centre, taps):
    shape = stored((7, 5, 4, 3), layout)
    kernel = as_out_in(make("delta_orthogonal", shape, layout=layout, centre=centre, gain=2.0, dtype="float64"), layout)
    at_centre = kernel[:, :, *taps].copy()
    kernel[:, :, *taps] = 0

    np.testing.assert_allclose(at_centre.T @ at_centre, 4 * np.eye(5), atol=1e-13)
    assert not kernel.any()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_delta_orthogonal_keeps_the_norm_of_what_it_convolves(layout):
    """Dynamical isometry, with circular padding (Xiao et al., section 3)."""
    shape = stored((6, 4, 3, 3), layout)
    kernel = as_out_in(make("delta_orthogonal", shape, layout=layout, dtype="float64"), layout)
    image = np.random.default_rng(1).normal(size=(4, 8, 8))
    spectrum = np.fft.fft2(image)
    result = np.einsum("oihw,ihw->ohw", np.fft.fft2(kernel, (8, 8)), spectrum)

    assert np.linalg.norm(result) == pytest.approx(np.linalg.norm(spectrum), rel=1e-12)


def test_delta_orthogonal_needs_room_for_its_inputs():
    with pytest.raises(InvalidParameter, match="in ≤ out"):
        build("delta_orthogonal", (3, 4, 3, 3))


def test_a_factor_of_two_is_the_papers_kernel():
    """FCN's surgery: for k = 4 the filter is the outer product of 1/4, 3/4, 3/4, 1/4."""
    line = np.array([0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(make("bilinear", (1, 1, 4, 4))[0, 0], np.outer(line, line))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_channels_come_from_themselves_only(layout):
    kernel = as_out_in(make("bilinear", stored((3, 3, 3, 3), layout), layout=layout), layout)

    assert all((kernel[o, i] != 0).any() == (o == i) for o in range(3) for i in range(3))


def test_all_channels_can_be_added_up_as_mxnet_does():
    kernel = make("bilinear", (2, 3, 4, 4), channels="all")

    assert (kernel == kernel[0, 0]).all()


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_it_enlarges_a_ramp_to_a_ramp(factor):
    """A transposed convolution with stride f interpolates linearly inside an image."""
    size = 2 * factor - factor % 2
    kernel = make("bilinear", (1, 1, size), dtype="float64")[0, 0]
    image = np.arange(10.0)
    spread = np.zeros(10 * factor)
    spread[::factor] = image
    enlarged = np.convolve(spread, kernel)[2 * factor : -2 * factor - size]

    np.testing.assert_allclose(np.diff(enlarged), 1 / factor, atol=1e-12)
