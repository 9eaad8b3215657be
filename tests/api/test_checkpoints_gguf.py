from __future__ import annotations

import json
from typing import Any

import gguf
import pytest
import safetensors
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

MANIFEST: dict[str, Any] = {
    "seed": 42,
    "metadata": {"general.architecture": "gpt2", "general.name": "A test"},
    "rules": [{"match": "*.bias", "initializer": "zeros"}],
    "tensors": {
        "layers.{0..2}.weight": {"initializer": "he_normal", "shape": [13, 7]},
        "layers.{0..2}.bias": {"shape": [13], "dtype": "float16"},
        "recurrent.weight": {"initializer": "orthogonal", "shape": [17, 17]},
        "embedding.weight": {"initializer": "normal", "std": 0.02, "shape": [1025, 257], "dtype": "float64"},
        "head.weight": {"tied_to": "embedding.weight"},
        "kernel": {"initializer": "uniform", "shape": [3, 5, 3, 1], "dtype": "bfloat16"},
        "scale": {"initializer": "ones", "shape": []},
    },
}

SMALL: dict[str, Any] = {"tensors": {"w": {"initializer": "ones", "shape": [3]}}}


def _tensors(path, content):
    path.write_bytes(content)
    return {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}


@pytest.fixture(scope="module")
def posted(client):
    response = client.post("/checkpoints?format=gguf", json=MANIFEST)
    assert response.status_code == 200, response.text
    return response


@pytest.fixture(scope="module")
def plan(client):
    return client.post("/checkpoints/plan?container=gguf", json=MANIFEST).json()


def test_each_tensor_is_that_of_its_own_url(client, posted, plan, tmp_path):
    tensors = _tensors(tmp_path / "model.gguf", posted.content)
    assert tensors.keys() == {entry["name"] for entry in plan["tensors"]}
    for entry in plan["tensors"]:
        assert client.get(entry["url"]).content == tensors[entry["name"]].data.tobytes(), entry["name"]


def test_a_plan_says_where_each_tensor_stands(posted, plan, tmp_path):
    tensors = _tensors(tmp_path / "model.gguf", posted.content)
    assert plan["bytes"] == len(posted.content)
    assert {entry["name"]: entry["offset"] for entry in plan["tensors"]} == {
        name: tensor.data_offset for name, tensor in tensors.items()
    }


def test_a_plan_has_the_urls_of_its_file_and_of_itself(client, posted, plan):
    assert client.get(plan["files"][0]["url"]).content == posted.content
    assert client.get(plan["url"]).json() == plan


def test_the_header_has_the_metadata_and_what_is_tied(posted, tmp_path):
    (tmp_path / "model.gguf").write_bytes(posted.content)
    fields = {name: field.contents() for name, field in gguf.GGUFReader(tmp_path / "model.gguf").fields.items()}
    assert fields["general.architecture"] == "gpt2"
    assert fields["general.name"] == "A test"
    assert json.loads(fields["fanin.tied"]) == {"head.weight": "embedding.weight"}


def test_what_follows_a_tensor_is_zeros(posted, plan):
    ends = [entry["offset"] for entry in plan["tensors"][1:]] + [len(posted.content)]
    padding = [
        posted.content[entry["offset"] + entry["bytes"] : end] for entry, end in zip(plan["tensors"], ends, strict=True)
    ]
    assert not any(map(any, padding))
    assert 0 < max(map(len, padding)) < 32


def test_both_containers_have_one_token(client, posted):
    url = posted.headers["content-location"]
    file = client.get(url.replace("model.gguf", "model.safetensors"))
    assert url.endswith("/model.gguf")
    assert file.content == client.post("/checkpoints", json=MANIFEST).content
    assert "scale" in dict(safetensors.deserialize(file.content))
    assert file.headers["etag"] != client.get(url).headers["etag"]


@pytest.mark.parametrize("query", ["format=gguf", "container=gguf", "format=gguf&container=gguf"])
def test_a_query_asks_for_it(client, posted, query):
    response = client.post(f"/checkpoints?{query}", json=MANIFEST)
    assert response.content == posted.content
    assert response.headers["content-type"] == "application/octet-stream"
    assert 'filename="model.gguf"' in response.headers["content-disposition"]


@pytest.mark.parametrize("member", ["format", "container"])
def test_a_body_asks_for_it(client, posted, member):
    assert client.post("/checkpoints", json=MANIFEST | {member: "gguf"}).content == posted.content


def test_the_plan_of_a_body_that_asks_for_it_is_that_of_its_file(client, plan):
    assert client.post("/checkpoints/plan", json=MANIFEST | {"format": "gguf"}).json() == plan


def test_the_url_of_a_checkpoint_gives_it(client, posted):
    folder = posted.headers["content-location"].removesuffix("/model.gguf")
    assert client.get(f"{folder}?format=gguf").content == posted.content


def test_a_client_that_has_it_is_told_so(client, posted):
    url = posted.headers["content-location"]
    head = client.head(url)
    assert int(head.headers["content-length"]) == len(posted.content)
    assert client.get(url, headers={"If-None-Match": head.headers["etag"]}).status_code == 304


def _around(entry):
    """Return ranges that begin and end in a tensor, in the zeros after it, and in the next."""
    start, end = entry["offset"], entry["offset"] + entry["bytes"]
    return [(start - 3, start + 3), (end - 3, end), (end, end + 2), (end - 1, end + 40), (end + 1, end + 2)]


def test_a_range_is_a_part_of_it(client, posted, plan):
    url, whole = posted.headers["content-location"], posted.content
    edges = {(first, end) for entry in plan["tensors"] for first, end in _around(entry) if first < len(whole)}
    for first, end in sorted(edges | {(0, len(whole)), (1000, 900_000)}):
        part = client.get(url, headers={"Range": f"bytes={first}-{end - 1}"})
        assert (part.status_code, part.content) == (206, whole[first:end]), (first, end)


shapes = st.lists(st.integers(1, 6), max_size=4)
drafts = st.fixed_dictionaries(
    {
        "initializer": st.sampled_from(["normal", "uniform", "ones"]),
        "shape": shapes,
        "dtype": st.sampled_from(["float32", "float64", "float16", "bfloat16"]),
    }
)


names = st.from_regex(r"[a-z]{1,3}(\.[a-z]{1,3})?", fullmatch=True)


@pytest.mark.slow
@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.dictionaries(names, drafts, min_size=1, max_size=6), st.data())
def test_whatever_the_tensors_are_it_is_read(client, tmp_path_factory, tensors, data):
    manifest = {"seed": 7, "tensors": tensors}
    response = client.post("/checkpoints?format=gguf", json=manifest)
    read = _tensors(tmp_path_factory.getbasetemp() / "whatever.gguf", response.content)

    for entry in client.post("/checkpoints/plan", json=manifest).json()["tensors"]:
        assert client.get(entry["url"]).content == read[entry["name"]].data.tobytes()

    first = data.draw(st.integers(0, len(response.content) - 1))
    last = data.draw(st.integers(first, len(response.content) - 1))
    part = client.get(response.headers["content-location"], headers={"Range": f"bytes={first}-{last}"})
    assert part.content == response.content[first : last + 1]


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"fc": {"initializer": "ones", "shape": [2], "dtype": "float8_e5m2"}}, "float8_e5m2"),
        ({"fc" + "x" * 62: {"initializer": "ones", "shape": [2]}}, "at most 63"),
        ({"fc": {"initializer": "ones", "shape": [1, 1, 1, 1, 1]}}, "at most 4"),
        ({"fc": {"initializer": "ones", "shape": [0]}}, "no elements"),
    ],
)
@pytest.mark.parametrize("path", ["/checkpoints?format=gguf", "/checkpoints/plan?container=gguf"])
def test_a_tensor_that_it_cannot_hold_is_named(client, tensors, said, path):
    response = client.post(path, json={"tensors": tensors})
    problem = response.json()
    assert response.status_code == 406
    assert "'fc" in problem["detail"]
    assert said in problem["detail"]
    assert [other["format"] for other in problem["supported"]] == ["safetensors"]


def test_metadata_that_it_cannot_hold_are_told(client):
    response = client.post("/checkpoints?format=gguf", json=SMALL | {"metadata": {"Author": "a"}})
    assert response.status_code == 406
    assert "'Author'" in response.json()["detail"]


@pytest.mark.parametrize(
    ("query", "body", "wrong"),
    [
        ("format=gguf&max_shard_size=1MB", {}, "max_shard_size"),
        ("format=gguf", {"max_shard_size": "1MB"}, "max_shard_size"),
        ("format=gguf&container=safetensors", {}, "container"),
        ("format=gguf", {"container": "safetensors"}, "container"),
        ("", {"format": "safetensors", "container": "gguf"}, "container"),
        ("container=ggml", {}, "container"),
        ("container=gguf&container=gguf", {}, "container"),
        ("format=ggml", {}, "format"),
        ("", {"container": 3}, "container"),
    ],
)
def test_a_contradiction_is_told(client, query, body, wrong):
    response = client.post(f"/checkpoints?{query}", json=SMALL | body)
    assert response.status_code == 422
    assert wrong in json.dumps(response.json()["errors"])


def test_a_name_of_a_file_and_a_query_may_not_disagree(client, posted):
    response = client.get(posted.headers["content-location"] + "?container=safetensors")
    assert response.status_code == 422


def test_the_files_of_one_in_several_are_not_gguf(client):
    url = client.post("/checkpoints?max_shard_size=1KB", json=MANIFEST).headers["content-location"]
    response = client.get(url.rpartition("/")[0] + "/model.gguf")
    assert response.status_code == 422
    assert "max_shard_size" in response.text


def test_a_tensor_may_be_called_as_a_member_is(client):
    response = client.post("/checkpoints?initializer=ones", json={"container": [2], "format": [3]})
    assert safetensors.numpy.load(response.content).keys() == {"container", "format"}
