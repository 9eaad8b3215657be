"""The schemes of residual branches against the numbers that their papers and code give."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make, stated_std

SHAPE = (300, 400)


# nanoGPT's model.py: std=0.02/math.sqrt(2 * config.n_layer); Megatron-LM's scaled_init_method_normal; GPT-NeoX's
# single_residual_scaled_normal_init_method.
RESIDUAL = [
    ({"layers": 12}, 0.02 / math.sqrt(24)),
    ({"layers": 48, "std": 0.006}, 0.006 / math.sqrt(96)),
    ({"layers": 48, "multiplier": 1.0}, 0.02 / math.sqrt(48)),
    ({"layers": 12, "width_multiplier": 4.0}, 0.02 / math.sqrt(24) / 2),
    # torchtitan's DepthScaledTruncNormal: base_std / (2 * (layer_id + 1)) ** 0.5.
    ({"layer": 0}, 0.02 / math.sqrt(2)),
    ({"layer": 11}, 0.02 / math.sqrt(24)),
]


@pytest.mark.parametrize(("parameters", "expected"), RESIDUAL)
def test_residual_scaled_normal(parameters, expected):
    assert stated_std("residual_scaled_normal", SHAPE, **parameters) == pytest.approx(expected, rel=1e-12)


def test_olmo_cores_branches_are_cut():
    """llama_depth in olmo_core/nn/transformer/init.py: std / (2 * (block_idx + 1)) ** 0.5, cut at 3 of them."""
    std = 0.02 / math.sqrt(2 * 4)

    assert stated_std("residual_scaled_normal", SHAPE, layer=3, cutoff=3) == pytest.approx(
        std * stats.truncnorm(-3, 3).std(), rel=1e-9
    )
    assert abs(make("residual_scaled_normal", SHAPE, layer=3, cutoff=3)).max() <= 3 * std * (1 + 1e-6)


@pytest.mark.parametrize(("parameters", "culprit"), [({}, "layers"), ({"layers": 3, "layer": 1}, "layer")])
def test_a_depth_is_told_in_one_way(parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("residual_scaled_normal", SHAPE, **parameters)

    assert caught.value.parameter == culprit


def test_small_init_is_that_of_its_authors():
    """2 / (d + 4 d) of a square matrix and of the feed-forward's first alike."""
    assert stated_std("small_init", (500, 500)) == pytest.approx(math.sqrt(2 / (5 * 500)), rel=1e-12)
    assert stated_std("small_init", (800, 200), width=200) == pytest.approx(math.sqrt(2 / (5 * 200)), rel=1e-12)
    assert stated_std("small_init", (400, 100)) == pytest.approx(math.sqrt(2 / (100 + 4 * 400)), rel=1e-12)


def test_wang_init():
    """GPT-NeoX's init_functions.py: 2 / n_layers / sqrt(dim)."""
    assert stated_std("wang_init", SHAPE, layers=24) == pytest.approx(2 / 24 / math.sqrt(400), rel=1e-12)
    assert stated_std("wang_init", SHAPE, layers=24, width=100) == pytest.approx(2 / 24 / 10, rel=1e-12)


@pytest.mark.parametrize(("layer", "before"), [(None, 1 / 20), (0, 1 / math.sqrt(800)), (11, 1 / math.sqrt(9600))])
def test_mitchell(layer, before):
    parameters = {} if layer is None else {"layer": layer}
    cut = stats.truncnorm(-3, 3).std()

    assert stated_std("mitchell", SHAPE, **parameters) == pytest.approx(before * cut, rel=1e-9)
    assert abs(make("mitchell", SHAPE, **parameters)).max() <= 3 * before * (1 + 1e-6)
