"""What frameworks make in the cases that their layers treat by themselves: padding tokens, layers without inputs.

Read in torch 2.13.0: torch/nn/modules/{sparse,linear,conv}.py, and tried with it.
"""

from __future__ import annotations

import numpy as np
import pytest

from service.catalogue.catalogue import CATALOGUE
from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make

_EMBEDDINGS = [
    ("pytorch_default", "Embedding", "weight"),
    ("pytorch_default", "EmbeddingBag", "weight"),
    ("paddle_default", "Embedding", "weight"),
    ("mindspore_default", "Embedding", "embedding_table"),
]


@pytest.mark.parametrize(("name", "layer", "tensor"), _EMBEDDINGS)
@pytest.mark.parametrize(("padding_idx", "row"), [(0, 0), (2, 2), (-1, 4), (-5, 0)])
def test_embeddings_have_zeros_for_the_padding_token(name, layer, tensor, padding_idx, row):
    """A negative padding_idx counts from the end, and its row is filled with 0 after the draw: torch/nn/modules/
    sparse.py, and tried with torch and with paddlepaddle 3.3.1."""
    parameters = {"layer": layer, "tensor": tensor}
    values = make(name, (5, 3), padding_idx=padding_idx, **parameters)
    others = make(name, (5, 3), **parameters)
    others[row] = 0

    np.testing.assert_array_equal(values, others)
    assert initialize(name, (5, 3), padding_idx=padding_idx, **parameters).facts["padding_idx"] == row


@pytest.mark.parametrize("name", ["normal", "uniform", "truncated_normal", "sinusoidal"])
def test_the_row_of_the_padding_token_is_told_counted_from_the_first(name):
    """So that both ways to say it have one URL, one entity tag and one place in a cache."""
    scheme = CATALOGUE.meaning(name).kind.model_validate({"padding_idx": -1})

    assert dict(scheme.canonical_for((6, 4)))["padding_idx"] == 5


def test_a_linear_layer_without_inputs_has_a_bias_of_zeros():
    """linear.py: bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0; torch.nn.Linear(0, 4).bias is four zeros."""
    bias = make("pytorch_default", (4,), layer="Linear", tensor="bias", fan_in=0)

    np.testing.assert_array_equal(bias, np.zeros(4))


WITHOUT_INPUTS = [
    ("pytorch_default", "Linear", "weight", (4, 0), {}),
    ("keras_default", "Dense", "kernel", (0, 4), {}),
    ("flax_default", "Dense", "kernel", (0, 4), {}),
    ("burn_default", "Linear", "weight", (0, 4), {}),
    ("burn_default", "CrossAttention", "query.weight", (0, 4), {"head_size": 4}),
    ("candle_default", "Linear", "weight", (4, 0), {}),
    ("candle_default", "conv_transpose1d", "weight", (4, 0, 3), {"groups": 2}),
    ("mlx_default", "Linear", "weight", (4, 0), {}),
]


@pytest.mark.parametrize(("name", "layer", "tensor", "shape", "more"), WITHOUT_INPUTS)
def test_a_weight_without_inputs_tells_its_fan_and_no_bound_of_another(name, layer, tensor, shape, more):
    facts = initialize(name, shape, layer=layer, tensor=tensor, **more).facts

    assert facts["fan_in"] == 0
    assert (facts.get("high", 0.0), facts.get("bound", 0.0), facts.get("std", 0.0)) == (0.0, 0.0, 0.0)
    assert make(name, shape, layer=layer, tensor=tensor, **more).shape == shape


REFUSED = [
    # conv.py: "if fan_in != 0", so that the bias stays as it lies in memory.
    ("pytorch_default", (4,), {"layer": "Conv2d", "tensor": "bias", "fan_in": 0}),
    # linear.py: Bilinear raises ValueError for in1_features <= 0.
    ("pytorch_default", (4,), {"layer": "Bilinear", "tensor": "bias", "fan_in": 0}),
    ("pytorch_default", (4, 3, 2), {"layer": "Bilinear", "tensor": "weight", "fan_in": 0}),
    # init.py: kaiming_uniform_ divides by the fan of a weight that has elements.
    ("pytorch_default", (4, 3), {"layer": "Linear", "tensor": "weight", "fan_in": 0}),
]


@pytest.mark.parametrize(("name", "shape", "parameters"), REFUSED)
def test_a_fan_of_nothing_that_the_framework_does_not_define_is_refused(name, shape, parameters):
    with pytest.raises(InvalidParameter) as caught:
        initialize(name, shape, **parameters)

    assert caught.value.parameter == "fan_in"


@pytest.mark.parametrize("name", ["burn_default", "candle_default", "mlx_default"])
def test_other_frameworks_take_no_fan_of_nothing(name):
    """They divide by it: mlx's math.sqrt(1.0 / input_dims), candle's 1. / (in_dim as f64).sqrt()."""
    with pytest.raises(ValueError, match="fan_in"):
        initialize(name, (4,), layer="Linear", tensor="bias", fan_in=0)


@pytest.mark.parametrize("name", ["pytorch_default", "paddle_default"])
def test_what_has_no_padding_token_takes_none(name):
    with pytest.raises(InvalidParameter) as caught:
        initialize(name, (5, 3), layer="Linear", tensor="weight", padding_idx=0)

    assert caught.value.parameter == "padding_idx"
