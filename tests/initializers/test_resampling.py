from __future__ import annotations

import math

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make
from tests.oracles import LAYOUTS, out_in_view, stored_shape


def test_a_factor_of_two_is_the_papers_kernel():
    """FCN's surgery: for k = 4 the filter is the outer product of 1/4, 3/4, 3/4, 1/4."""
    line = np.array([0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(make("bilinear", (1, 1, 4, 4))[0, 0], np.outer(line, line))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_channels_come_from_themselves_only(layout):
    kernel = out_in_view(make("bilinear", stored_shape(3, 3, (3, 3), layout), layout=layout), layout)

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


def pixel_shuffle(image, factor):
    """`torch.nn.PixelShuffle` by its documentation: (C r², H, W) to (C, H r, W r)."""
    channels, height, width = image.shape
    blocks = image.reshape(channels // factor**2, factor, factor, height, width)
    return blocks.transpose(0, 3, 1, 4, 2).reshape(-1, height * factor, width * factor)


def depth_to_space(image, factor):
    """`tf.nn.depth_to_space` by its documentation, with the channels first: r, r, C."""
    channels, height, width = image.shape
    blocks = image.reshape(factor, factor, channels // factor**2, height, width)
    return blocks.transpose(2, 3, 0, 4, 1).reshape(-1, height * factor, width * factor)


@pytest.mark.parametrize(("copies", "shuffle"), [("neighbours", pixel_shuffle), ("tiles", depth_to_space)])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("factor", [2, 3])
def test_icnr_enlarges_to_the_nearest_neighbour(layout, factor, copies, shuffle):
    """The paper's point: after the pixel shuffle all r × r pixels of a cell are the same at first."""
    shape = stored_shape(2 * factor**2, 3, (1, 1), layout)
    kernel = out_in_view(make("icnr", shape, layout=layout, factor=factor, copies=copies), layout)[:, :, 0, 0]
    image = np.random.default_rng(1).normal(size=(3, 4, 5))
    large = shuffle(np.einsum("oi,ihw->ohw", kernel, image), factor)
    cells = large.reshape(2, 4, factor, 5, factor)

    assert (cells == cells[:, :, :1, :, :1]).all()
    assert np.unique(cells).size == 2 * 4 * 5


def test_icnr_draws_the_small_kernel_by_hes_scheme():
    kernel = make("icnr", (400, 30, 3, 3))

    np.testing.assert_array_equal(kernel[::4], make("he_normal", (100, 30, 3, 3)))
    assert kernel.std() == pytest.approx(math.sqrt(2 / 270), rel=6 / math.sqrt(2 * kernel.size / 4))


def test_icnr_needs_a_factor_that_divides_the_outputs():
    with pytest.raises(InvalidParameter, match="divide") as caught:
        initialize("icnr", (6, 3, 3, 3))

    assert caught.value.parameter == "factor"


@pytest.mark.parametrize("centre", ["factor", "kernel"])
@pytest.mark.parametrize("size", range(1, 10))
def test_what_makes_images_smaller_adds_up_to_one(centre, size):
    kernel = make("bilinear", (1, 1, size, 4), dtype="float64", centre=centre, purpose="downsampling")

    assert kernel.sum() == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize("size", range(1, 10))
def test_the_two_centres_agree_for_kernels_of_an_enlargement(size):
    by_factor, by_kernel = (make("bilinear", (1, 1, size), centre=centre) for centre in ("factor", "kernel"))

    np.testing.assert_array_equal(by_kernel, by_kernel[..., ::-1])
    assert np.array_equal(by_factor, by_kernel) == (size in {1, 4, 5, 8, 9})
