"""RWKV-7's parameters against BlinkDL/RWKV-LM, RWKV-v7/train_temp/src/model.py at 118e451, in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


def rwkv7(channels, layer, layers, head_size):
    """Return the tensors of RWKV_Tmix_x070 and RWKV_CMix_x070 that are not matrices, and ln_x.weight."""
    deeper, shallower = layer / (layers - 1), 1.0 - layer / layers
    part, n = np.arange(channels) / channels, np.arange(channels)
    linear = n / (channels - 1) - 0.5
    zigzag = (n % head_size - (head_size - 1) / 2) / ((head_size - 1) / 2)
    zigzag = zigzag * np.abs(zigzag)
    www = -6 + 6 * (n / (channels - 1)) ** (1 + 1 * deeper**0.3)
    mixes = {"r": 0.2, "w": 0.9, "k": 0.7, "v": 0.7, "a": 0.9, "g": 0.2}
    return {
        **{f"x_{name}": 1.0 - part ** (power * shallower) for name, power in mixes.items()},
        "ffn.x_k": 1.0 - part ** (shallower**4),
        "w0": www + 0.5 + zigzag * 2.5,
        "a0": np.zeros(channels) - 0.19 + zigzag * 0.3 + linear * 0.4,
        "v0": np.zeros(channels) + 0.73 - linear * 0.4,
        "k_k": np.zeros(channels) + 0.71 - linear * 0.1,
        "k_a": np.zeros(channels) + 1.02,
        "r_k": np.zeros(channels) - 0.04,
        "ln_x": np.ones(channels) * ((1 + layer) / layers) ** 0.7,
    }


@pytest.mark.parametrize("part", rwkv7(64, 0, 2, 64))
@pytest.mark.parametrize(
    ("channels", "layer", "layers", "head_size"), [(128, 0, 12, 64), (128, 5, 12, 64), (96, 23, 24, 32), (4, 1, 2, 2)]
)
def test_a_part_is_that_of_the_code(part, channels, layer, layers, head_size):
    given = {"part": part, "layer": layer, "layers": layers, "head_size": head_size}
    values = make("rwkv7", (1, 1, channels), dtype="float64", **given)

    np.testing.assert_allclose(values[0, 0], rwkv7(channels, layer, layers, head_size)[part], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("shape", "layer", "culprit"), [((), 0, "shape"), ((8,), 2, "layer")])
def test_what_is_not_of_the_network_is_refused(shape, layer, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("rwkv7", shape, part="w0", layer=layer, layers=2)

    assert caught.value.parameter == culprit
