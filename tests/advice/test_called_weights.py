"""Weights as a framework's call draws them, against the frameworks' own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

RECORDS = json.loads((Path(__file__).parents[1] / "frameworks" / "recorded" / "called_weights.json").read_text())


@pytest.mark.parametrize("record", RECORDS["records"], ids=lambda r: f"{r['framework']} {r['layer']} {r['current']}")
def test_the_std_is_that_of_the_call(client, record):
    """The tolerance is four standard errors of a deviation measured on so many numbers, or 1 % of few."""
    asked = {"framework": record["framework"], "layer": record["layer"], "current": record["current"]}
    reply = client.post("/advise", json={**asked, **record["members"]})

    assert reply.status_code == 200, reply.json()
    evidence = reply.json()["verdict"]["weights"]
    assert evidence["std"] == pytest.approx(record["std"], rel=4.0 / record["count"] ** 0.5)


def verdict(client, **asked):
    reply = client.post("/advise", json=asked)
    assert reply.status_code == 200, reply.json()
    return reply.json()["verdict"]


TRANSPOSED = {"layer": "ConvTranspose2d", "shape": [64, 32, 4, 4]}


@pytest.mark.parametrize(
    ("asked", "std"),
    [
        # Without a framework all is PyTorch's, and so is a call that PyTorch has.
        ({**TRANSPOSED, "current": "nn.init.kaiming_normal_(w)"}, (2 / 512) ** 0.5),
        ({**TRANSPOSED, "current": "kaiming_normal_"}, (2 / 512) ** 0.5),
        ({**TRANSPOSED, "current": "he_normal"}, (2 / 1024) ** 0.5),
        # Another framework's call is made on the tensor as that framework stores it.
        ({**TRANSPOSED, "current": "keras.initializers.HeNormal()"}, (2 / 512) ** 0.5),
        ({"layer": "Linear", "shape": [256, 784], "current": "keras.initializers.HeNormal()"}, (2 / 784) ** 0.5),
        ({"layer": "Linear", "shape": [256, 784], "current": "jax.nn.initializers.he_normal()"}, (2 / 784) ** 0.5),
        # timm and torchvision call PyTorch's.
        ({**TRANSPOSED, "framework": "timm", "current": "nn.init.kaiming_normal_(w)"}, (2 / 512) ** 0.5),
        # Flax flattens a kernel by heads, and Keras tells its fans.
        (
            {"layer": "MultiHeadAttention", "framework": "flax", "shape": [512, 8, 64],
             "current": "jax.nn.initializers.he_normal()"},
            (2 / 512) ** 0.5,
        ),
        (
            {"layer": "MultiHeadAttention", "framework": "keras", "shape": [512, 8, 64],
             "current": "keras.initializers.GlorotUniform()"},
            (2 / 1024) ** 0.5,
        ),
        ({"layers": [{**TRANSPOSED}], "current": "nn.init.kaiming_normal_(w)"}, (2 / 512) ** 0.5),
        ({"layer": "nn.ConvTranspose2d(64, 32, 4)", "current": "nn.init.kaiming_normal_(w)"}, (2 / 512) ** 0.5),
    ],
)  # fmt: skip
def test_whose_call_it_is_follows_from_its_name_and_from_the_framework(client, asked, std):
    reply = client.post("/advise", json=asked).json()
    found = reply["layers"][0] if "layers" in asked else reply

    assert found["verdict"]["weights"]["std"] == pytest.approx(std)


def test_a_fan_that_is_not_the_layers_is_told(client):
    asked = {"layer": "Conv2d", "groups": 32, "shape": [32, 1, 3, 3]}
    statement = verdict(client, **asked, current="nn.init.kaiming_normal_(w, mode='fan_out')")["statement"]

    assert statement.endswith("PyTorch reads a fan_out of 288 off this tensor, and an input feeds 9 units")
    assert "reads" not in verdict(client, **asked, current="nn.init.kaiming_normal_(w)")["statement"]


def test_a_normal_of_the_same_name_is_called_of_the_same_scale(client):
    """Keras's HeNormal is cut at two sigmas, and of the same standard deviation."""
    statement = verdict(client, layer="Linear", shape=[256, 784], current="keras.initializers.HeNormal()")["statement"]

    assert statement.startswith("he_normal, at the recommended scale, multiplies")
