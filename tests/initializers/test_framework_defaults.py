from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from service.initializers.framework_defaults import BURN, CANDLE, FLAX, KERAS, MLX, PYTORCH
from service.tensors.errors import InvalidParameter
from tests.initializers.making import build, make

RECORDS = json.loads(Path(__file__).with_name("pytorch_defaults.json").read_text())["records"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: f"{r['layer']}.{r['tensor']}-{r['shape']}")
def test_pytorchs_layers_start_as_recorded(record):
    shape = tuple(record["shape"])
    given = {"layer": record["layer"], "tensor": record["tensor"], **_known(record)}
    values = make("pytorch_default", shape, **given)
    size = values.size

    assert values.mean() == pytest.approx(record["mean"], abs=10 * max(record["std"], 1e-9) / math.sqrt(size))
    assert values.std() == pytest.approx(record["std"], rel=10 / math.sqrt(2 * size), abs=1e-9)
    if record["tensor"] != "weight" or record["layer"] != "Embedding":
        assert np.abs(values).max() == pytest.approx(record["largest"], rel=12 / size + 1e-6)


def _known(record):
    """What a weight's shape does not say."""
    known = dict(record["parameters"])
    if len(record["shape"]) > 1:
        known.pop("fan_in", None)
    return known


def test_all_layers_and_tensors_of_pytorch_are_recorded():
    recorded = {(record["layer"], record["tensor"]) for record in RECORDS}
    assert recorded == {(layer, tensor) for layer, tensors in PYTORCH.items() for tensor in tensors}


ALL = {"pytorch": PYTORCH, "keras": KERAS, "flax": FLAX, "burn": BURN, "candle": CANDLE, "mlx": MLX}


@pytest.mark.parametrize(
    ("framework", "layer", "tensor"),
    [(name, layer, tensor) for name, rules in ALL.items() for layer, tensors in rules.items() for tensor in tensors],
)
def test_every_rule_makes_a_tensor(framework, layer, tensor):
    is_bias = "bias" in tensor or "Norm" in layer
    values = make(f"{framework}_default", (8,) if is_bias else (8, 4), layer=layer, tensor=tensor, fan_in=4, units=2)

    assert np.isfinite(values).all()


# (framework, layer, tensor, shape, standard deviation by the framework's source)
STDS = [
    ("keras", "Dense", "kernel", (300, 500), math.sqrt(2 / 800)),
    ("keras", "Conv", "kernel", (3, 3, 40, 50), math.sqrt(2 / (9 * 90))),
    ("keras", "Embedding", "embeddings", (300, 100), 0.05 / math.sqrt(3)),
    ("keras", "LSTM", "recurrent_kernel", (64, 256), 1 / 16),
    ("flax", "Dense", "kernel", (300, 500), 1 / math.sqrt(300)),
    ("flax", "Conv", "kernel", (3, 3, 40, 50), 1 / math.sqrt(360)),
    ("flax", "Embed", "embedding", (300, 100), 0.1),
    ("burn", "Linear", "weight", (500, 300), 1 / math.sqrt(900)),
    ("candle", "Linear", "weight", (500, 300), math.sqrt(2 / 300)),
    ("candle", "Embedding", "weight", (300, 100), 1.0),
    ("mlx", "Linear", "weight", (500, 300), 1 / math.sqrt(900)),
    ("mlx", "Conv", "weight", (64, 3, 3, 32), 1 / math.sqrt(3 * 288)),
    ("mlx", "Embedding", "weight", (300, 100), 0.1),
]


@pytest.mark.parametrize(("framework", "layer", "tensor", "shape", "std"), STDS)
def test_the_standard_deviations_are_those_of_the_source(framework, layer, tensor, shape, std):
    values = make(f"{framework}_default", shape, layer=layer, tensor=tensor)

    assert values.std() == pytest.approx(std, rel=6 / math.sqrt(2 * values.size))


def test_flaxs_lecun_normal_is_cut_at_two_sigmas():
    values = make("flax_default", (300, 500), layer="Dense", tensor="kernel")
    before = 1 / math.sqrt(300) / stats.truncnorm(-2, 2).std()

    assert np.abs(values).max() == pytest.approx(2 * before, rel=1e-3)


def test_keras_lstm_forgets_nothing_at_first():
    assert list(make("keras_default", (8,), layer="LSTM", tensor="bias")) == [0, 0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("shape", "parameters", "culprit"),
    [
        ((8,), {"layer": "Linear", "tensor": "bias"}, "fan_in"),
        ((8, 2), {"layer": "LSTM", "tensor": "weight_ih"}, "units"),
        ((8, 2), {"layer": "Embedding", "tensor": "bias"}, "tensor"),
    ],
)
def test_what_the_layer_does_not_say_is_asked_for(shape, parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        build("pytorch_default", shape, **parameters)

    assert caught.value.parameter == culprit
