"""POST /checkpoints/plan with `compare`."""

from __future__ import annotations

import math

import pytest

from service.models.published import PUBLISHED
from tests.models.recipes.models import GPT2, LLAMA


def _compared(client, config, *recipes, **members):
    response = client.post("/checkpoints/plan", json={"config": config, "compare": recipes, **members})
    assert response.status_code == 200, response.text
    page = response.json()
    return page, {group["name"]: group for group in page["groups"]}


def test_layers_are_folded_and_counted(client):
    page, groups = _compared(client, LLAMA, "framework", "torchtitan", "advise")
    assert page["model_type"] == "llama"
    assert page["compare"] == ["framework", "torchtitan", "advise"]
    assert groups["model.layers.{0..3}.self_attn.q_proj.weight"]["count"] == 4
    assert groups["model.layers.{0..3}.self_attn.q_proj.weight"]["shape"] == [64, 64]
    model = client.post("/models", json=LLAMA).json()
    assert (page["parameters"], page["tensor_count"]) == (model["parameters"], model["tensors"])
    assert sum(group["count"] for group in page["groups"]) == page["tensor_count"]


def test_each_recipe_has_its_standard_deviation(client):
    _, groups = _compared(client, LLAMA, "framework", "torchtitan", "megatron", "olmo", "mup", base_width=16)
    recipes = groups["model.layers.{0..3}.mlp.down_proj.weight"]["recipes"]
    assert recipes["framework"] == {"initializer": "normal", "parameters": {"std": 0.02}, "std": 0.02}
    assert recipes["torchtitan"]["stds"] == pytest.approx([0.02 / math.sqrt(2 * layer) for layer in (1, 2, 3, 4)])
    assert recipes["torchtitan"]["parameters"] == {"std": 0.02}
    assert recipes["megatron"]["std"] == pytest.approx(0.02 / math.sqrt(8))
    # A normal that is cut at three standard deviations keeps 0.98658 of its own.
    assert recipes["olmo"]["std"] == pytest.approx(0.02 * 0.98658, rel=1e-4)
    assert recipes["mup"]["std"] == pytest.approx(0.02 / math.sqrt(8 * 4))


def test_a_constant_has_none(client):
    _, groups = _compared(client, GPT2, "framework")
    assert groups["transformer.ln_f.weight"]["recipes"]["framework"]["std"] is None


def test_a_person_reads_it_as_a_table(client):
    body = {"config": LLAMA, "compare": "framework, torchtitan"}
    response = client.post("/checkpoints/plan?format=text", json=body)
    first, _, head, *rows = response.text.splitlines()
    assert response.headers["content-type"].startswith("text/plain")
    assert first == "llama: 184,896 parameters in 39 tensors"
    assert head.split() == ["framework", "torchtitan"]
    row = next(row for row in rows if "down_proj" in row)
    assert row.split("  ")[-1].strip() == "residual_scaled_normal 0.01414 … 0.007071"
    assert head.index("torchtitan") == row.index("residual_scaled_normal")


def test_a_configuration_as_it_is_is_compared_by_the_query(client):
    page = client.post("/checkpoints/plan?compare=framework,olmo", json=LLAMA).json()
    assert page["compare"] == ["framework", "olmo"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["llama-3-70b", "deepseek-v3", "gemma-2b", "roberta-base"])
def test_large_models_are_compared_by_all_their_recipes(client, name):
    recipes = client.get(f"/models/{name}").json()["initialize"]
    config = dict(PUBLISHED[name].config)
    page = client.post("/checkpoints/plan", json={"config": config, "compare": recipes, "base_width": 256}).json()
    assert page["parameters"] == PUBLISHED[name].parameters
    assert all(set(group["recipes"]) == set(recipes) for group in page["groups"])


@pytest.mark.parametrize(("members", "pointer", "words"), [
    ({"compare": []}, "/compare", "must be a list of recipes"),
    ({"compare": 5}, "/compare", "must be a list of recipes"),
    ({"compare": {"framework": True}}, "/compare", "must be a list of recipes"),
    ({"compare": [["framework"]]}, "/compare", "must be a list of recipes"),
    ({"compare": ["by_name"]}, "/compare", "must be a list of recipes"),
    ({"compare": ["framework", "framework"]}, "/compare", "twice"),
    ({"compare": ["framework", "nanogpt"]}, "/compare", "llama has framework, torchtitan"),
    ({"compare": ["mup"]}, "/base_width", "required by mup"),
    ({"compare": ["olmo"], "base_width": 64}, "/base_width", "no recipe of compare"),
    ({"compare": ["olmo"], "architecture": "llama"}, "/architecture", "no recipe of compare"),
    ({"compare": ["olmo"], "initialize": "olmo"}, "/initialize", "say it there"),
    ({"compare": ["olmo"], "seed": 3}, "/seed", "no such parameter"),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(client, members, pointer, words):
    response = client.post("/checkpoints/plan", json={"config": LLAMA, **members})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]


def test_only_a_model_is_compared(client):
    manifest = {"compare": ["framework"], "tensors": {"w": {"initializer": "zeros", "shape": [2]}}}
    response = client.post("/checkpoints/plan", json=manifest)
    assert response.status_code == 422
    assert "is for a model" in response.json()["detail"]


def test_a_tensor_may_be_called_so(client):
    plan = client.post("/checkpoints/plan?initialize=by_name", json={"compare": [2, 2], "fc.bias": [2]})
    assert plan.status_code == 422
    plan = client.post("/checkpoints/plan?initializer=zeros", json={"compare": [2, 2], "fc.bias": [2]})
    assert [tensor["name"] for tensor in plan.json()["tensors"]] == ["compare", "fc.bias"]


def test_a_file_compares_nothing(client):
    response = client.post("/checkpoints", json={"config": LLAMA, "compare": ["framework"]})
    assert response.status_code == 422
