from __future__ import annotations

import math

import pytest

from service.checkpoints.names import NameTemplate
from service.models.config import Config
from service.models.published import PUBLISHED
from service.models.registry import FAMILIES, architecture_of
from service.models.tiny import tiny_name


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_tensors_have_as_many_numbers_as_were_published(name):
    made = architecture_of(Config(PUBLISHED[name].config))
    parameters = {key: entry for key, entry in made.tensors.items() if key not in made.buffers}
    counted = sum(len(NameTemplate(key)) * math.prod(entry["shape"]) for key, entry in parameters.items())
    assert counted == PUBLISHED[name].parameters


@pytest.mark.slow
def test_all_are_listed(client):
    assert [model["name"] for model in client.get("/models").json()["models"]] == list(PUBLISHED)


def test_the_plan_of_a_model_counts_its_parameters(client):
    model = client.get("/models/gpt2").json()
    assert client.get(model["href"]).json()["parameters"] == model["parameters"] == 124_439_808


def test_a_checkpoint_by_name_is_that_of_the_configuration(client):
    model = client.get("/models/whisper-tiny").json()
    posted = client.post("/checkpoints/plan", json={"seed": 42, "config": model["config"]}).json()
    assert client.get(model["href"]).json()["tensors"] == posted["tensors"]


def test_a_range_of_a_large_model_is_a_tensor_of_its_own(client):
    plan = client.get("/checkpoints/llama-3.1-405b?seed=7&only=model.layers.125.*").json()
    tensor = next(each for each in plan["tensors"] if each["name"].endswith("k_proj.weight"))
    wanted = {"Range": f"bytes={tensor['offset']}-{tensor['offset'] + 99}"}
    url = next(file["url"] for file in plan["files"] if file["name"] == tensor["file"])
    assert client.get(url, headers=wanted).content == client.get(tensor["url"], headers={"Range": "bytes=0-99"}).content


def test_an_unknown_model_names_the_nearest(client):
    response = client.get("/models/llama-3-8")
    assert response.status_code == 404
    assert "llama-3-8b" in response.json()["detail"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_tiny_model_of_two_megabytes_at_most(family):
    model = PUBLISHED[tiny_name(family)]
    assert model.config["model_type"] == family
    assert 800_000 < 4 * model.parameters < 2_100_000


def test_resnet_50_has_its_buffers_beside_its_parameters(client):
    plan = client.get("/checkpoints/resnet-50?seed=1").json()
    buffers = [tensor for tensor in plan["tensors"] if "running" in tensor["name"] or "num_batches" in tensor["name"]]
    assert (len(plan["tensors"]), len(buffers)) == (161 + 159, 159)
    assert plan["parameters"] == 25_557_032 + sum(math.prod(tensor["shape"]) for tensor in buffers)
    assert {tensor["dtype"] for tensor in buffers if "num_batches" in tensor["name"]} == {"int64"}


def test_resnet_has_the_names_of_torchvision_too(client):
    plans = [client.get(f"/checkpoints/resnet-50{of}?seed=1").json() for of in ("", "-torchvision")]
    of_transformers, of_torchvision = (
        sorted((tensor["shape"], tensor["dtype"], tensor["initializer"]) for tensor in plan["tensors"])
        for plan in plans
    )
    assert of_transformers == of_torchvision
    names = {tensor["name"] for tensor in plans[1]["tensors"]}
    assert {
        "conv1.weight", "bn1.num_batches_tracked", "layer1.0.conv3.weight", "layer1.0.downsample.0.weight",
        "layer4.2.bn3.running_var", "layer2.0.downsample.1.bias", "fc.weight", "fc.bias",
    } <= names  # fmt: skip
    assert "layer1.1.downsample.0.weight" not in names
