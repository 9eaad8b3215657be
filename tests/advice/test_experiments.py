"""What is worth trying."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.advice import first_losses
from tests.advice.asking import ask


def experiment(name, layer, **members):
    """Return the experiment of a name; None where it is not proposed."""
    return next((each for each in ask(layer, **members)["experiments"] if each["name"] == name), None)


def swept(parameter, layer, **members):
    links = experiment("gain sweep", layer, **members)["hrefs"]
    return [float(parse_qs(urlsplit(link).query)[parameter][0]) for link in links]


def test_a_gain_is_swept_from_half_to_twice():
    """He's gain is the square root of 2."""
    expected = [factor * math.sqrt(2.0) for factor in (0.5, 2.0)]

    assert swept("gain", "dense", activation="relu") == pytest.approx(expected, rel=1e-8)


def test_a_standard_deviation_is_swept_from_half_to_twice():
    assert swept("std", "embedding") == [0.01, 0.04]


def test_what_a_gain_replaces_is_not_in_the_links():
    for link in experiment("gain sweep", "dense", activation="leaky_relu", negative_slope=0.2)["hrefs"]:
        assert {*parse_qs(urlsplit(link).query)} == {"shape", "gain"}


@pytest.mark.parametrize("layer", ["head", "LayerNorm", "S4D"])
def test_what_has_no_scale_is_not_swept(layer):
    assert experiment("gain sweep", layer) is None


@pytest.mark.parametrize(("layer", "is_proposed"), [("dense", True), ("head", True), ("LayerNorm", False)])
def test_variances_are_measured_of_matrices(layer, is_proposed):
    assert (experiment("measured variance", layer) is not None) == is_proposed


@pytest.mark.parametrize(
    ("layer", "members", "loss", "best"),
    [
        ("head", {"shape": [10, 64]}, math.log(10), math.log(10)),
        ("head", {"shape": [7, 64], "classes": 7}, math.log(7), math.log(7)),
        ("head", {"shape": [1, 64]}, math.log(2), math.log(2)),
        ("dense", {"role": "binary_head", "shape": [1, 64]}, math.log(2), math.log(2)),
        ("dense", {"role": "binary_head", "shape": [4, 64]}, math.log(2), math.log(2)),
        ("embedding", {"shape": [1000, 64], "tied": True}, first_losses.softmax(1000, 64 * 4e-4), math.log(1000)),
    ],
)
def test_the_first_loss_is_told_beside_that_of_a_guess(layer, members, loss, best):
    expected = f"{loss:.6g} nats, against ln C = {best:.6g} for a model that knows nothing"

    assert experiment("loss at initialisation", layer, **members)["expect"] == expected


def test_a_detectors_first_loss_is_by_its_share_of_positives():
    loss = first_losses.sigmoid(math.log(0.01 / 0.99), 576 * 1e-4, 0.01)
    least = -0.01 * math.log(0.01) - 0.99 * math.log(0.99)
    expected = f"{loss:.6g} nats, against the entropy {least:.6g} for one that knows only the share 0.01"

    assert experiment("loss at initialisation", "detector", shape=[20, 64, 3, 3])["expect"] == expected


@pytest.mark.parametrize("layer", ["dense", "embedding", "LSTM"])
def test_only_a_classifier_has_a_first_loss(layer):
    assert experiment("loss at initialisation", layer) is None


@pytest.mark.parametrize(("members", "is_proposed"), [({"parametrization": "mup"}, True), ({}, False)])
def test_coordinates_are_checked_under_maximal_update_parametrisation(members, is_proposed):
    assert (experiment("coordinate check", "dense", **members) is not None) == is_proposed


@pytest.mark.parametrize("layer", ["dense", "LayerNorm", "logit_scale"])
def test_the_noise_of_seeds_is_always_worth_knowing(layer):
    assert any("seeds" in each["how"] for each in ask(layer)["experiments"])


@pytest.mark.parametrize(
    "members",
    [
        {"shape": [64, 64], "depth": 12, "framework": "pytorch"},
        {"shape": [64, 32], "activation": "leaky_relu", "negative_slope": 0.2},
        {"shape": [64, 64], "residual": True, "normalization": "layer", "norm_position": "post", "depth": 6},
        {"shape": [64, 64], "framework": "keras", "activation": "tanh", "normalization": "batch"},
    ],
    ids=str,
)
def test_variances_are_measured_by_one_request(client, members):
    found = client.post("/advise", json={"layer": "Linear", "activation": "relu", **members}).json()
    (link,) = next(each["hrefs"] for each in found["experiments"] if each["name"] == "measured variance")
    answer = client.get(link).json()

    assert answer["candidates"][0]["initializer"] == found["recommendation"]["weights"]["initializer"]
    assert answer["stack"]["depth"] == members.get("depth", 10)
    assert len(answer["candidates"]) == 1 + ("framework" in members)


@pytest.mark.parametrize("members", [{"layer": "Conv2d"}, {"layer": "Linear", "activation": "swiglu"}], ids=str)
def test_stacks_that_are_not_drawn_have_no_request(members):
    assert experiment("measured variance", **members)["hrefs"] == []
