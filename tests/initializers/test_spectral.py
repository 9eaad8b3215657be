from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from service.initializers import spectral
from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make

WINDOWS = ["hann", "hamming", "blackman", "boxcar"]


def transform(length, bins, **parameters):
    real, imaginary = (
        make("stft", (length, 1, bins), dtype="float64", side=side, **parameters)[:, 0] for side in ("real", "imag")
    )
    return real + 1j * imaginary


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("scaling", ["density", "spectrum"])
def test_both_sides_together_are_scipys_transform(window, periodic, scaling):
    length, frames = 16, 5
    sound = np.random.default_rng(1).normal(size=frames * length)
    values = signal.get_window(window, length, fftbins=periodic)
    norm = {"density": np.sqrt((values**2).sum()), "spectrum": np.abs(values).sum()}[scaling]
    expected = np.fft.rfft(sound.reshape(frames, length) * values / norm)

    found = sound.reshape(frames, length) @ transform(length, 9, window=window, periodic=periodic, scaling=scaling)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_frame_shorter_than_the_transform_is_padded():
    frame = np.random.default_rng(1).normal(size=10)

    np.testing.assert_allclose(
        frame @ transform(10, 17, window="boxcar", scaling="none"), np.fft.rfft(frame, 32), atol=1e-12
    )


@pytest.mark.parametrize("shape", [(16, 1, 9), (1, 1, 1), (5, 1, 2), (0, 1, 4)])
def test_the_stated_bound_holds(shape):
    for scaling in ("density", "spectrum", "none"):
        values = make("stft", shape, scaling=scaling)

        assert np.abs(values).max(initial=0) <= initialize("stft", shape, scaling=scaling).largest


def test_a_frame_of_millions_is_refused():
    with pytest.raises(InvalidParameter, match="samples"):
        initialize("stft", (2**21, 1, 9))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_long_window_is_summed_with_its_first_element_only(window):
    spectral._norm.cache_clear()
    source = initialize("stft", (2**20, 1, 2), window=window).source

    assert spectral._norm.cache_info().misses == 0
    source.fill(np.empty(2, np.float32), 0)
    source.fill(np.empty(2, np.float32), 2)
    assert spectral._norm.cache_info().misses == 1
