from __future__ import annotations

import math

import pytest

from service.checkpoints.names import NameTemplate
from service.models.config import Config
from service.models.published import PUBLISHED
from service.models.registry import architecture_of


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_tensors_have_as_many_numbers_as_were_published(name):
    tensors = architecture_of(Config(PUBLISHED[name].config)).tensors
    counted = sum(len(NameTemplate(key)) * math.prod(entry["shape"]) for key, entry in tensors.items())
    assert counted == PUBLISHED[name].parameters


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
