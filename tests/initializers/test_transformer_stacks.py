"""The schemes of transformers' stacks against the numbers that their papers and code give."""

from __future__ import annotations

import math

import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, stated_std

SHAPE = (300, 400)


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
    assert stated_std(name, SHAPE, matrix=matrix, encoder_layers=40) == pytest.approx(math.sqrt(2 / 700), rel=1e-12)


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
