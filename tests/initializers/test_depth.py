"""The schemes of depth against the numbers that their papers and code give."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make

SHAPE = (300, 400)


def std(name, shape=SHAPE, **parameters):
    """The standard deviation told, after holding it against the values'."""
    told = initialize(name, shape, **parameters).facts["std"]
    values = make(name, shape, **parameters)
    assert values.std() == pytest.approx(told, rel=6 / math.sqrt(2 * values.size))
    return told


# nanoGPT's model.py: std=0.02/math.sqrt(2 * config.n_layer); Megatron-LM's scaled_init_method_normal; GPT-NeoX's
# single_residual_scaled_normal_init_method.
RESIDUAL = [
    ({"layers": 12}, 0.02 / math.sqrt(24)),
    ({"layers": 48, "std": 0.006}, 0.006 / math.sqrt(96)),
    ({"layers": 48, "multiplier": 1.0}, 0.02 / math.sqrt(48)),
    ({"layers": 12, "width_multiplier": 4.0}, 0.02 / math.sqrt(24) / 2),
]


@pytest.mark.parametrize(("parameters", "expected"), RESIDUAL)
def test_residual_scaled_normal(parameters, expected):
    assert std("residual_scaled_normal", **parameters) == pytest.approx(expected, rel=1e-12)


def test_small_init_is_that_of_its_authors():
    """2 / (d + 4 d) of a square matrix and of the feed-forward's first alike."""
    assert std("small_init", (500, 500)) == pytest.approx(math.sqrt(2 / (5 * 500)), rel=1e-12)
    assert std("small_init", (800, 200), width=200) == pytest.approx(math.sqrt(2 / (5 * 200)), rel=1e-12)
    assert std("small_init", (400, 100)) == pytest.approx(math.sqrt(2 / (100 + 4 * 400)), rel=1e-12)


def test_wang_init():
    """GPT-NeoX's init_functions.py: 2 / n_layers / sqrt(dim)."""
    assert std("wang_init", layers=24) == pytest.approx(2 / 24 / math.sqrt(400), rel=1e-12)
    assert std("wang_init", layers=24, width=100) == pytest.approx(2 / 24 / 10, rel=1e-12)


@pytest.mark.parametrize(("layer", "before"), [(None, 1 / 20), (0, 1 / math.sqrt(800)), (11, 1 / math.sqrt(9600))])
def test_mitchell(layer, before):
    parameters = {} if layer is None else {"layer": layer}
    cut = stats.truncnorm(-3, 3).std()

    assert std("mitchell", **parameters) == pytest.approx(before * cut, rel=1e-9)
    assert abs(make("mitchell", SHAPE, **parameters)).max() <= 3 * before * (1 + 1e-6)


def gain(name, **parameters):
    return initialize(name, SHAPE, **parameters).facts["gain"]


# TorchScale's deepnet: encoder-only (8N)^(1/4), decoder-only (8M)^(1/4), both (N^4 M)^(1/16)/1.15 and (12M)^(1/4).
DEEPNORM = [
    ({"encoder_layers": 12}, 96**-0.25),
    ({"decoder_layers": 100}, 800**-0.25),
    ({"encoder_layers": 18, "decoder_layers": 6, "stack": "encoder"}, 0.87 * (18**4 * 6) ** (-1 / 16)),
    ({"encoder_layers": 18, "decoder_layers": 6, "stack": "decoder"}, 72**-0.25),
]


@pytest.mark.parametrize(("parameters", "expected"), DEEPNORM)
@pytest.mark.parametrize("matrix", ["value", "output", "feed_forward"])
def test_deepnorm(parameters, expected, matrix):
    assert gain("deepnorm", matrix=matrix, **parameters) == pytest.approx(expected, rel=1e-13)


def test_deepnorm_scales_with_the_residual_that_goes_with_it():
    """The paper's table of Figure 2, for 18 and 6 layers, and for an encoder of 12."""
    both = {"encoder_layers": 18, "decoder_layers": 6, "matrix": "value"}

    assert initialize("deepnorm", SHAPE, encoder_layers=12, matrix="value").facts["residual_alpha"] == pytest.approx(
        24**0.25
    )
    encoder = initialize("deepnorm", SHAPE, stack="encoder", **both).facts["residual_alpha"]
    assert encoder == pytest.approx(0.81 * (18**4 * 6) ** (1 / 16))
    assert initialize("deepnorm", SHAPE, stack="decoder", **both).facts["residual_alpha"] == pytest.approx(18**0.25)


@pytest.mark.parametrize("name", ["deepnorm", "sub_ln", "t_fixup"])
@pytest.mark.parametrize("matrix", ["query", "key"])
def test_queries_and_keys_are_glorots(name, matrix):
    assert std(name, matrix=matrix, encoder_layers=40) == pytest.approx(math.sqrt(2 / 700), rel=1e-12)


# Magneto's paper, figure 2.
SUB_LN = [
    ({"encoder_layers": 12}, math.sqrt(math.log(24))),
    ({"decoder_layers": 24}, math.sqrt(math.log(48))),
    ({"encoder_layers": 12, "decoder_layers": 6, "stack": "encoder"}, math.sqrt(math.log(18) * math.log(24) / 3)),
    ({"encoder_layers": 12, "decoder_layers": 6, "stack": "decoder"}, math.sqrt(math.log(18))),
]


@pytest.mark.parametrize(("parameters", "expected"), SUB_LN)
def test_sub_ln(parameters, expected):
    assert gain("sub_ln", matrix="output", **parameters) == pytest.approx(expected, rel=1e-13)


def test_t_fixup():
    """The paper's section 3.2: 0.67 N^(-1/4) and (9 N)^(-1/4)."""
    assert gain("t_fixup", matrix="value", encoder_layers=6) == pytest.approx(0.67 * 6**-0.25, rel=1e-13)
    both = {"encoder_layers": 6, "decoder_layers": 6, "stack": "decoder"}
    assert gain("t_fixup", matrix="feed_forward", **both) == pytest.approx(54**-0.25, rel=1e-13)


@pytest.mark.parametrize(
    ("parameters", "culprit"),
    [
        ({}, "encoder_layers"),
        ({"encoder_layers": 2, "decoder_layers": 2}, "stack"),
        ({"encoder_layers": 2, "stack": "decoder"}, "stack"),
    ],
)
def test_an_architecture_that_is_not_clear_is_asked_for(parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("deepnorm", SHAPE, matrix="value", **parameters)

    assert caught.value.parameter == culprit


# Fixup's code: the first convolution of a basic block has sqrt(2 / (out * k * k)) * num_layers ** (-0.5), the first two
# of a bottleneck * num_layers ** (-0.25).
@pytest.mark.parametrize(("layers_per_branch", "power"), [(2, -0.5), (3, -0.25)])
def test_fixup(layers_per_branch, power):
    expected = math.sqrt(2 / (64 * 9)) * 27**power
    told = std("fixup", (64, 48, 3, 3), branches=27, layers_per_branch=layers_per_branch)

    assert told == pytest.approx(expected, rel=1e-12)


def test_fixups_last_layer_of_a_branch_is_zero():
    assert not make("fixup", (8, 8, 3, 3), branches=4, position="last").any()
