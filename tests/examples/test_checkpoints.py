"""The manifests of whole models: what they add up to, and that their files are read."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.serving import ROOT

FOLDER = ROOT / "examples" / "checkpoints"

PUBLISHED = {
    "gpt2-small": (124_439_808, 148),
    "llama-7b": (6_738_415_616, 291),
    "resnet50": (25_557_032, 161),
    "lstm": (14_696_448, 8),
}
"""Parameters and tensors of each model."""

MOMENTS = {
    "gpt2-small": {
        "wte.weight": 0.02,
        "h.3.attn.c_attn.weight": 0.02,
        "h.11.attn.c_proj.weight": 0.02 / math.sqrt(24),
        "h.0.mlp.c_proj.weight": 0.02 / math.sqrt(24),
        "h.0.ln_1.bias": 0,
    },
    "llama-7b": {"model.embed_tokens.weight": 0.02, "model.layers.31.mlp.down_proj.weight": 0.02},
    "resnet50": {
        "conv1.weight": math.sqrt(2 / (64 * 49)),
        "layer3.5.conv2.weight": math.sqrt(2 / (256 * 9)),
        "layer4.0.downsample.0.weight": math.sqrt(2 / 2048),
        "fc.weight": 1 / math.sqrt(3 * 2048),
        "fc.bias": 1 / math.sqrt(3 * 2048),
        "bn1.bias": 0,
    },
    "lstm": {"weight_ih_l0": 1 / math.sqrt(3 * 1024), "bias_hh_l1": 1 / math.sqrt(3 * 1024)},
}
"""Standard deviations, by what the models' own code draws from."""

SCALES = {
    "gpt2-small": ("h.0.ln_1.weight", "ln_f.weight"),
    "llama-7b": ("model.layers.0.input_layernorm.weight", "model.norm.weight"),
    "resnet50": ("bn1.weight", "layer1.0.bn3.weight", "layer2.0.downsample.1.weight"),
}
"""Tensors of ones."""

PARTS = {
    "gpt2-small": ["h.0.*", "wpe.weight"],
    "llama-7b": ["model.layers.31.self_attn.q_proj.weight", "model.norm.weight"],
    "resnet50": ["*"],
    "lstm": ["*"],
}
"""What of each file is loaded here."""


def _manifest(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def _plan(client, name):
    response = client.post("/checkpoints/plan", json=_manifest(name))
    assert response.status_code == 200, response.text
    return response.json()


def test_every_manifest_is_tried_here():
    assert {path.stem for path in FOLDER.glob("*.json")} == PUBLISHED.keys()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_model_has_the_parameters_that_are_published(client, name):
    plan = _plan(client, name)
    assert (plan["parameters"], len(plan["tensors"])) == PUBLISHED[name]
    assert f"{plan['parameters']:,}" in (FOLDER / "README.md").read_text()
    assert plan["url"] is not None


@pytest.mark.parametrize("name", PUBLISHED)
def test_tensors_have_the_standard_deviations_of_the_model(client, name):
    tensors = {entry["name"]: entry for entry in _plan(client, name)["tensors"]}
    for tensor, std in MOMENTS[name].items():
        assert tensors[tensor]["parameters"].get("std", 0) == pytest.approx(std), tensor
    for tensor in SCALES.get(name, ()):
        assert tensors[tensor]["initializer"] == "ones", tensor


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_library_loads_its_file(client, name):
    plan = {entry["name"]: entry for entry in _plan(client, name)["tensors"]}
    body = client.post("/checkpoints", json=_manifest(name) | {"only": PARTS[name]}).content
    loaded = dict(safetensors.deserialize(body))
    assert loaded
    for tensor, entry in loaded.items():
        assert (entry["shape"], len(entry["data"])) == (plan[tensor]["shape"], plan[tensor]["bytes"])


def test_an_lstm_is_drawn_as_told(client):
    tensors = safetensors.numpy.load(client.post("/checkpoints", json=_manifest("lstm")).content)
    for name, array in tensors.items():
        assert np.abs(array).max() <= 1 / 32, name
        assert array.std() == pytest.approx(1 / 32 / math.sqrt(3), rel=0.05), name
    assert len({array[:64].tobytes() for array in tensors.values()}) == len(tensors)


def test_the_folder_is_one_that_a_server_takes():
    with TestClient(create_app(Settings(models=FOLDER))) as client:
        assert {entry["name"] for entry in client.get("/checkpoints").json()["checkpoints"]} == PUBLISHED.keys()
        plan = client.get("/checkpoints/gpt2-small/plan?seed=7&dtype=bfloat16").json()
    assert {(entry["seed"], entry["dtype"]) for entry in plan["tensors"] if "seed" in entry} == {("7", "bfloat16")}
