"""Sinusoidal embeddings against the formulas of the paper and of the code that others copy, in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


def paper(positions, width, base=10000.0):
    """Vaswani et al., section 3.5; for any width as in transformers' create_sinusoidal_embeddings."""
    columns = np.arange(width)
    angles = positions[:, None] / base ** (2 * (columns // 2) / width)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))


def whisper(positions, width, base=10000.0):
    """openai/whisper's sinusoids, tensor2tensor's get_timing_signal_1d, which pads an odd width as fairseq does."""
    half = width // 2
    angles = positions[:, None] * np.exp(-np.log(base) / max(half - 1, 1) * np.arange(half))
    return np.pad(np.concatenate([np.sin(angles), np.cos(angles)], axis=1), ((0, 0), (0, width % 2)))


def mae(height, width, channels):
    """facebookresearch/mae's get_2d_sincos_pos_embed: "here w goes first"."""

    def line(size, positions):
        omega = 1 / 10000 ** (np.arange(size // 2) / (size / 2))
        angles = positions.reshape(-1)[:, None] * omega
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)

    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    grid = np.concatenate([line(channels // 2, columns), line(channels // 2, rows)], axis=1)
    return grid.reshape(height, width, channels)


INCLUSIVE = {"order": "halves", "timescales": "inclusive"}


def sinusoidal(shape, **parameters):
    return make("sinusoidal", shape, dtype="float64", **parameters)


@pytest.mark.parametrize("width", [2, 8, 9, 512])
def test_the_papers(width):
    np.testing.assert_allclose(sinusoidal((50, width)), paper(np.arange(50), width), atol=1e-13)


@pytest.mark.parametrize("width", [2, 3, 8, 9, 384])
def test_whispers(width):
    np.testing.assert_allclose(sinusoidal((50, width), **INCLUSIVE), whisper(np.arange(50), width), atol=1e-13)


def test_another_base_and_another_first_position():
    values = sinusoidal((50, 8), base=500.0, first_position=-20)

    np.testing.assert_allclose(values, paper(np.arange(-20, 30), 8, 500.0), atol=1e-13)


def test_positions_far_away():
    np.testing.assert_allclose(sinusoidal((3, 8), first_position=10**6), paper(10**6 + np.arange(3.0), 8), atol=1e-9)


@pytest.mark.parametrize(("height", "width", "channels"), [(3, 5, 16), (1, 1, 4), (14, 14, 64)])
def test_a_grid_of_patches(height, width, channels):
    values = sinusoidal((height, width, channels), order="halves")

    np.testing.assert_allclose(values, mae(height, width, channels), atol=1e-13)


def test_a_padding_row():
    """fairseq's get_embedding: emb[padding_idx, :] = 0."""
    values = sinusoidal((6, 8), padding_idx=1, **INCLUSIVE)
    expected = whisper(np.arange(6), 8)
    expected[1] = 0

    np.testing.assert_allclose(values, expected, atol=1e-13)
    assert initialize("sinusoidal", (6, 8), padding_idx=-1).facts["padding_idx"] == 5


@pytest.mark.parametrize("shape", [(8,), (), (2, 3, 4, 4), (3, 5, 6), (3, 5, 7), (2**52, 2)])
def test_a_shape_that_has_no_positions_and_width_is_refused(shape):
    with pytest.raises(InvalidParameter) as caught:
        initialize("sinusoidal", shape)

    assert caught.value.parameter == "shape"
