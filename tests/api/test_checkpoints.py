from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

MANIFEST: dict[str, Any] = {
    "seed": 42,
    "rules": [{"match": "*.bias", "initializer": "zeros"}, {"match": "norm*", "initializer": "ones"}],
    "tensors": {
        "layers.{0..2}.weight": {"initializer": "he_normal", "shape": [64, 32]},
        "layers.{0..2}.bias": {"shape": [64]},
        "norm.weight": {"shape": [32]},
        "recurrent.weight": {"initializer": "orthogonal", "shape": [48, 48], "seed": 7},
        "embedding.weight": {"initializer": "normal", "std": 0.02, "shape": [1000, 40], "dtype": "float64"},
        "head.weight": {"tied_to": "embedding.weight"},
        "empty": {"initializer": "uniform", "shape": [0, 3]},
    },
}

NAMES = {
    "embedding.weight", "empty", "norm.weight", "recurrent.weight",
    *(f"layers.{layer}.{tensor}" for layer in range(3) for tensor in ("weight", "bias")),
}  # fmt: skip


@pytest.fixture(scope="module")
def posted(client):
    response = client.post("/checkpoints", json=MANIFEST)
    assert response.status_code == 200, response.text
    return response


@pytest.fixture(scope="module")
def plan(client):
    return client.post("/checkpoints/plan", json=MANIFEST).json()


def test_the_library_reads_the_file(posted):
    tensors = safetensors.numpy.load(posted.content)
    assert tensors.keys() == NAMES
    assert tensors["embedding.weight"].dtype == np.float64
    assert not tensors["layers.1.bias"].any()


def test_each_tensor_is_that_of_its_own_url(client, posted, plan):
    tensors = safetensors.numpy.load(posted.content)
    for entry in plan["tensors"]:
        assert client.get(entry["url"]).content == tensors[entry["name"]].tobytes(), entry["name"]


def test_each_tensor_is_that_of_a_request_with_its_name(client, posted):
    of_weights = client.get("/weights/he_normal?shape=64,32&seed=42&name=layers.1.weight&format=raw").content
    assert of_weights == safetensors.numpy.load(posted.content)["layers.1.weight"].tobytes()


def test_a_plan_says_where_each_tensor_stands(posted, plan):
    for entry in plan["tensors"]:
        array = np.frombuffer(posted.content, entry["dtype"], entry["bytes"] // np.dtype(entry["dtype"]).itemsize,
                              entry["offset"]) if entry["bytes"] else np.zeros(0)  # fmt: skip
        expected = safetensors.numpy.load(posted.content)[entry["name"]].reshape(-1)
        np.testing.assert_array_equal(array, expected)


def test_a_plan_counts(posted, plan):
    tensors = safetensors.numpy.load(posted.content)
    assert plan["parameters"] == sum(array.size for array in tensors.values())
    assert plan["bytes"] == len(posted.content)


def test_a_plan_as_text_names_each_tensor(client):
    text = client.post("/checkpoints/plan?format=text", json=MANIFEST).text
    assert all(name in text for name in NAMES)


def test_a_tied_tensor_is_told_as_the_library_does(posted):
    header = json.loads(posted.content[8 : 8 + int.from_bytes(posted.content[:8], "little")])
    assert header["__metadata__"]["head.weight"] == "embedding.weight"
    assert "head.weight" not in header


def test_a_tied_tensor_may_be_written(client):
    tensors = safetensors.numpy.load(client.post("/checkpoints", json=MANIFEST | {"tied": "written"}).content)
    np.testing.assert_array_equal(tensors["head.weight"], tensors["embedding.weight"])


def test_its_url_gives_the_same_bytes(client, posted):
    response = client.get(posted.headers["content-location"])
    assert response.content == posted.content
    assert "immutable" in response.headers["cache-control"]


def test_the_url_of_its_url_is_that(client, posted):
    url = posted.headers["content-location"]
    assert client.get(url).headers["content-location"] == url


@pytest.mark.parametrize(("first", "end"), [(0, 1), (3, 700), (100, 9000), (5000, 5001), (7001, 20011), (9000, None)])
def test_a_range_is_a_part_of_it(client, posted, first, end):
    wanted = f"bytes={first}-{'' if end is None else end - 1}"
    response = client.get(posted.headers["content-location"], headers={"Range": wanted})
    assert response.status_code == 206
    assert response.content == posted.content[first:end]


def test_head_tells_the_length(client, posted):
    response = client.head(posted.headers["content-location"])
    assert int(response.headers["content-length"]) == len(posted.content)


def test_a_client_that_has_it_is_told_so(client, posted):
    url = posted.headers["content-location"]
    tag = client.get(url).headers["etag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_the_order_of_tensors_does_not_matter(client, posted):
    turned = MANIFEST | {"tensors": dict(reversed(MANIFEST["tensors"].items()))}
    assert client.post("/checkpoints", json=turned).content == posted.content


def test_another_layer_changes_no_other_tensor(client, posted):
    more = MANIFEST["tensors"] | {"layers.9.weight": {"initializer": "he_normal", "shape": [3, 3]}}
    tensors = safetensors.numpy.load(client.post("/checkpoints", json=MANIFEST | {"tensors": more}).content)
    for name, array in safetensors.numpy.load(posted.content).items():
        np.testing.assert_array_equal(tensors[name], array)


def test_the_answer_of_advise_is_a_manifest(client):
    layers = [{"layer": "Linear", "shape": [256, 784], "activation": "relu"}, {"layer": "head", "shape": [10, 256]}]
    advice = client.post("/advise", json={"framework": "pytorch", "layers": layers}).json()
    tensors = safetensors.numpy.load(client.post("/checkpoints", json=advice).content)
    assert tensors.keys() == advice["manifest"]["tensors"].keys()


def test_integers_of_a_header_keep_their_dtype(client):
    entries = {"bn.running_var": ("F32", [3]), "bn.num_batches_tracked": ("I64", []), "position_ids": ("I64", [1, 4])}
    header = {
        name: {"dtype": dtype, "shape": shape, "data_offsets": [0, 0]} for name, (dtype, shape) in entries.items()
    }
    posted = client.post("/checkpoints?initialize=by_name&dtype=float16", json=header)

    read = safetensors.numpy.load(posted.content)
    assert {name: array.dtype.name for name, array in read.items()} == {
        "bn.running_var": "float16", "bn.num_batches_tracked": "int64", "position_ids": "int64"
    }  # fmt: skip
    assert read["position_ids"].tolist() == [[0, 1, 2, 3]]
    assert client.get(posted.headers["content-location"]).content == posted.content


def test_what_is_counted_by_its_name_is_an_integer_where_nothing_says_its_dtype(client):
    plan = client.post("/checkpoints/plan?initialize=by_name&dtype=bfloat16", json={"bn1.num_batches_tracked": []})
    assert plan.json()["tensors"][0]["dtype"] == "int64"


@pytest.mark.parametrize("form", ["header", "headers", "list of headers", "index", "files"])
def test_headers_of_files_are_manifests(client, posted, form):
    header = json.loads(posted.content[8 : 8 + int.from_bytes(posted.content[:8], "little")])
    names = sorted(header.keys() - {"__metadata__"})
    halves = [{name: header[name] for name in names[:4]}, {name: header[name] for name in names[4:]}]
    document = {
        "header": header,
        "headers": {"headers": halves},
        "list of headers": halves,
        "index": {"weight_map": dict.fromkeys(names, "a.safetensors"), "headers": halves},
        "files": {"a.safetensors": halves[0], "b.safetensors": halves[1]},
    }[form]
    response = client.post("/checkpoints?seed=1&initializer=uniform", json=document)
    assert response.status_code == 200, response.text
    tensors = safetensors.numpy.load(response.content)
    assert {name: array.shape for name, array in tensors.items()} == {
        name: tuple(header[name]["shape"]) for name in names
    }


def test_shards_together_are_the_model(client, posted):
    rules = [{"match": "*.weight", "axis": 0, "count": 4}]
    parts = [
        safetensors.numpy.load(
            client.post("/checkpoints", json=MANIFEST | {"shard": [rules[0] | {"index": index}]}).content
        )
        for index in range(4)
    ]
    for name, array in safetensors.numpy.load(posted.content).items():
        cut = name.endswith(".weight")
        joined = np.concatenate([part[name] for part in parts]) if cut else parts[0][name]
        np.testing.assert_array_equal(joined, array)


def test_only_takes_a_stage(client, posted):
    response = client.post("/checkpoints", json=MANIFEST | {"only": ["layers.*", "!layers.2.*"]})
    tensors = safetensors.numpy.load(response.content)
    assert tensors.keys() == {f"layers.{layer}.{tensor}" for layer in (0, 1) for tensor in ("weight", "bias")}


def test_several_files_are_told_by_an_index(client, posted):
    response = client.post("/checkpoints?max_shard_size=100KB", json=MANIFEST)
    index = response.json()
    folder = response.headers["content-location"].rpartition("/")[0]
    tensors: dict[str, Any] = {}
    for file in set(index["weight_map"].values()):
        tensors |= safetensors.numpy.load(client.get(f"{folder}/{file}").content)
    assert len(set(index["weight_map"].values())) > 1
    whole = safetensors.numpy.load(posted.content)
    assert tensors.keys() == whole.keys()
    for name, array in whole.items():
        np.testing.assert_array_equal(tensors[name], array)


def test_a_drawn_seed_is_told(client):
    manifest = {"tensors": {"w": {"initializer": "normal", "shape": [8]}}}
    first, second = (client.post("/checkpoints", json=manifest) for _ in range(2))
    assert first.content != second.content
    assert first.headers["fanin-seed"] == client.get(first.headers["content-location"]).headers["fanin-seed"]
    assert client.get(first.headers["content-location"]).content == first.content


@pytest.mark.parametrize("said", [{}, {"initialize": "by_name"}])
def test_each_member_is_of_the_first_rule_that_has_it(client, said):
    rules = [{"match": "a*", "dtype": "float16"}, {"match": "*", "dtype": "float64"}]
    rules += [] if said else [{"match": "*", "initializer": "ones"}]
    tensors = {"a.bias": [3], "b.bias": [3], "a.weight": {"shape": [3], "initializer": "zeros"}}
    response = client.post("/checkpoints", json={"seed": 1, "rules": rules, "tensors": tensors, **said})
    made = safetensors.numpy.load(response.content)
    assert {name: str(array.dtype) for name, array in made.items()} == {
        "a.bias": "float16", "b.bias": "float64", "a.weight": "float16",
    }  # fmt: skip
    assert client.get(response.headers["content-location"]).content == response.content


def test_a_layout_for_all_is_that_of_the_initializers_that_take_one(client):
    tensors = {"kernel": {"initializer": "he_normal", "shape": [5, 7]}, "bias": {"initializer": "zeros", "shape": [7]}}
    plan = client.post("/checkpoints/plan", json={"seed": 1, "layout": "in_out", "tensors": tensors}).json()
    assert plan["tensors"][1]["parameters"]["fan_in"] == 5


def test_a_parameter_without_its_initializer_is_refused(client):
    manifest = {"rules": [{"match": "*", "std": 0.02}], "tensors": {"a": [2, 3]}}
    problem = client.post("/checkpoints", json=manifest).json()
    assert [error["pointer"] for error in problem["errors"]] == ["/rules/0/std"]


BY_NAME = {
    "a.weight": [8, 4], "l.0.fc2.weight": [8, 4], "norm.weight": [8], "norm.bias": [8], "l.3.o_proj.weight": [4, 4],
}  # fmt: skip


@pytest.mark.parametrize("names", [list(BY_NAME), list(reversed(BY_NAME))])
def test_the_url_of_what_is_by_names_gives_the_same_bytes(client, names):
    posted = client.post("/checkpoints?seed=1&initialize=by_name", json={name: BY_NAME[name] for name in names})
    assert client.get(posted.headers["content-location"]).content == posted.content


def test_another_part_of_what_is_by_names_is_that_of_the_whole(client):
    whole = safetensors.numpy.load(client.post("/checkpoints?seed=1&initialize=by_name", json=BY_NAME).content)
    posted = client.post("/checkpoints?seed=1&initialize=by_name&only=a.*", json=BY_NAME)
    other = client.get(posted.headers["content-location"] + "?only=l.*").content
    for name, array in safetensors.numpy.load(other).items():
        np.testing.assert_array_equal(array, whole[name])


@pytest.mark.parametrize("format_", ["json", "text"])
def test_a_file_is_what_its_name_says_and_no_plan(client, format_):
    url = client.post("/checkpoints", json=MANIFEST).headers["content-location"]
    response = client.get(f"{url}?format={format_}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "format"
    assert "/plan" in response.json()["detail"]
