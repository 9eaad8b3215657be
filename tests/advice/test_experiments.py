"""What is worth trying."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.advice.asking import ask


def experiments(layer, **members):
    return {experiment["name"]: experiment for experiment in ask(layer, **members)["experiments"]}


def queries(experiment):
    return [parse_qs(urlsplit(href).query) for href in experiment["hrefs"]]


def test_gains_are_swept_at_half_once_and_twice_the_scale():
    sweep = queries(experiments("dense", activation="relu", shape=[512, 512])["gain sweep"])
    gain = math.sqrt(2.0)

    # he_normal's own gain goes without saying.
    assert [float(query.get("gain", [gain])[0]) for query in sweep] == pytest.approx([gain / 2, gain, 2 * gain])
    assert not any("nonlinearity" in query for query in sweep)


def test_standard_deviations_are_swept_where_there_is_no_gain():
    sweep = queries(experiments("Embedding", shape=[64, 64])["gain sweep"])

    assert [float(query["std"][0]) for query in sweep] == pytest.approx([0.01, 0.02, 0.04])


@pytest.mark.parametrize("layer", ["head", "LayerNorm", "S4D"])
def test_what_has_no_scale_is_not_swept(layer):
    assert "gain sweep" not in experiments(layer)


def test_what_depends_on_the_layer():
    assert set(experiments("dense", activation="relu")) == {"gain sweep", "measured variance", "seeds"}
    assert set(experiments("LayerNorm")) == {"seeds"}
    assert "coordinate check" in experiments("dense", parametrization="mup")


@pytest.mark.parametrize(
    ("layer", "members", "classes"),
    [
        ("head", {"shape": [1000, 64]}, 1000),
        ("head", {"shape": [1000, 64], "classes": 7}, 7),
        ("head", {"shape": [1, 64]}, 2),
        ("dense", {"role": "binary_head", "shape": [1, 64]}, 2),
        ("Embedding", {"tied": True, "shape": [500, 64]}, 500),
    ],
)
def test_a_classifier_starts_near_the_logarithm_of_its_classes(layer, members, classes):
    expect = experiments(layer, **members)["loss at initialisation"]["expect"]

    assert f"against ln C = {math.log(classes):.6g} " in expect
