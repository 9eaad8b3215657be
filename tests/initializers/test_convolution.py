from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import build, make
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
        build("delta_orthogonal", (3, 4, 3, 3))
