"""POST /models and GET /models/{id}, and the recipes that a checkpoint is asked for by."""

from __future__ import annotations

import hashlib
import json

import pytest

from service.app import create_app
from service.models.published import PUBLISHED
from service.requests.models import published_model
from service.settings import Settings
from tests.in_process import in_process
from tests.models.recipes.models import GPT2, LLAMA


@pytest.fixture(scope="module")
def model(client):
    response = client.post("/models", json={"config": GPT2})
    assert response.status_code == 200, response.text
    return response.json()


def test_a_configuration_is_named_and_counted(model):
    matrices = 96 * 64 + 32 * 64 + 4 * (3 * 64 * 64 + 64 * 64 + 2 * 64 * 256)
    vectors = 4 * (4 * 64 + 3 * 64 + 64 + 256 + 64) + 2 * 64
    assert model["parameters"] == matrices + vectors
    assert model["tensors"] == 2 + 4 * 12 + 2
    assert model["bytes"] == {"float32": 4 * model["parameters"]}
    assert model["initialize"] == ["framework", "megatron", "nanogpt", "mup", "advise"]


def test_its_id_stands_for_all_of_it_on_any_server(client, model):
    with in_process(create_app(Settings())) as other:
        assert other.get(f"/models/{model['name']}").json() == model
    response = client.post("/models", json=GPT2)
    assert response.json() == model
    assert response.headers["content-location"] == f"/models/{model['name']}"


def test_its_checkpoint_is_that_of_the_configuration(client, model):
    posted = client.post("/checkpoints", json={"seed": 42, "config": GPT2}).content
    assert hashlib.sha256(client.get(model["checkpoint"]).content).digest() == hashlib.sha256(posted).digest()
    assert client.get(model["href"]).json()["parameters"] == model["parameters"]


def test_a_recipe_may_stand_in_the_url_of_a_checkpoint(client, model):
    url = f"/checkpoints/{model['name']}/model.safetensors?seed=7&initialize=mup&base_width=16"
    body = {"seed": 7, "config": GPT2, "initialize": "mup", "base_width": 16}
    posted = client.post("/checkpoints", json=body)
    response = client.get(url)
    assert response.status_code == 200, response.text
    assert response.content == posted.content
    # The token has what the recipe says of each tensor.
    assert client.get(posted.headers["content-location"]).content == posted.content


def test_a_dtype_is_counted(client):
    model = client.post("/models", json={"config": {**GPT2, "torch_dtype": "bfloat16"}}).json()
    assert model["bytes"] == {"bfloat16": 2 * model["parameters"]}


def test_a_configuration_that_the_operator_keeps_is_a_model(tmp_path):
    (tmp_path / "house.json").write_text(json.dumps({"config": GPT2}))
    (tmp_path / "bare.json").write_text('{"weight": [2, 2]}')
    with in_process(create_app(Settings(models=tmp_path))) as client:
        assert client.get("/models/house").json()["name"] == "house"
        assert client.get("/models/bare").status_code == 404


def test_a_configuration_too_long_for_a_url_is_to_be_kept(client):
    labels = {str(i): hashlib.sha256(str(i).encode()).hexdigest() for i in range(400)}
    response = client.post("/models", json={"config": {**GPT2, "id2label": labels}})
    assert response.status_code == 422
    assert "FANIN_MODELS" in response.json()["detail"]


REFUSED = [
    ({"config": []}, "/config", "config.json of a model"),
    ({"config": "gpt2"}, "/config", "config.json of a model"),
    ({"config": {}}, "/config/model_type", "is required"),
    ({"config": {"model_type": 3}}, "/config/model_type", "is required"),
    ({"model_type": ["gpt2"]}, "/model_type", "is required"),
    ({"config": {"model_type": "lama"}}, "/config/model_type", "llama"),
    ({"model_type": "gpt2"}, "/n_layer", "is required"),
    ({"config": {**GPT2, "n_embd": "64"}}, "/config/n_embd", "whole number"),
    ({"config": {**GPT2, "architectures": "GPT2Model"}}, "/config/architectures", "list of classes"),
    ({"config": {"model_type": "swin", "depths": [1] * 1000}}, "/config/depths", "1 to 64"),
]


@pytest.mark.parametrize(("body", "pointer", "words"), REFUSED)
@pytest.mark.parametrize("url", ["/models", "/checkpoints/plan"])
def test_what_is_no_configuration_is_refused(client, url, body, pointer, words):
    response = client.post(url, json=body)
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]


@pytest.mark.parametrize(("body", "words"), [
    ([], "config.json of a model"), (5, "config.json of a model"), ({"fc.weight": [2, 3]}, "config.json of a model"),
    ({"config": GPT2, "seed": 1}, "is not known here"), ({"config": GPT2, "tensors": {}}, "is not known here"),
])  # fmt: skip
def test_what_is_no_model_is_refused(client, body, words):
    response = client.post("/models", json=body)
    assert response.status_code == 422
    assert words in response.json()["detail"]


@pytest.mark.parametrize(("members", "pointer", "words"), [
    ({"initialize": "torchtitan"}, "/initialize", "gpt2 has framework, megatron, nanogpt, mup, advise"),
    ({"initialize": "by_name"}, "/initialize", "is for tensors that say no initializer"),
    ({"initialize": "mup"}, "/base_width", "required by mup"),
    ({"initialize": "mup", "base_width": 0}, "/base_width", "equal to 1"),
    ({"initialize": "nanogpt", "base_width": 16}, "/base_width", "is not for nanogpt"),
    ({"architecture": "gpt2"}, "/architecture", "is not for framework"),
    ({"initialize": "advise", "architecture": "novel"}, "/architecture", "names that /openapi.json lists"),
    ({"initialize": "nano"}, "/initialize", "nanogpt"),
])  # fmt: skip
def test_a_recipe_that_the_family_has_not_is_refused(client, members, pointer, words):
    response = client.post("/checkpoints/plan", json={"config": GPT2, **members})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]


def test_a_recipe_in_the_query_is_refused_there(client, model):
    response = client.get(f"/checkpoints/{model['name']}?initialize=olmo")
    assert response.json()["errors"][0]["parameter"] == "initialize"


@pytest.mark.parametrize("query", ["initialize=torchtitan", "initialize=framework", "base_width=3", "architecture=gpt"])
def test_a_recipe_for_tensors_that_no_configuration_says_is_refused(client, query):
    response = client.post(
        f"/checkpoints/plan?{query}", json={"tensors": {"w": {"initializer": "zeros", "shape": [2]}}}
    )
    assert response.status_code == 422
    assert "is for a model" in response.json()["detail"]


@pytest.mark.parametrize("recipe", published_model("llama-3-8b").recipes)
def test_the_plan_of_a_large_model_by_each_recipe_has_all_of_its_tensors(client, recipe):
    width = "&base_width=256" if recipe == "mup" else ""
    plan = client.get(f"/checkpoints/llama-3-8b?seed=1&initialize={recipe}{width}").json()
    assert plan["parameters"] == PUBLISHED["llama-3-8b"].parameters
    assert len(plan["tensors"]) == 291


def test_a_recipe_changes_no_tensor_that_it_has_as_the_library_has_it(client):
    """The same law, name and seed is the same tensor."""
    of = {
        recipe: client.post("/checkpoints/plan", json={"seed": 3, "config": LLAMA, "initialize": recipe}).json()
        for recipe in ("framework", "torchtitan")
    }
    urls = {recipe: {each["name"]: each["url"] for each in plan["tensors"]} for recipe, plan in of.items()}
    name = "model.layers.1.self_attn.q_proj.weight"
    assert urls["framework"][name] == urls["torchtitan"][name]
