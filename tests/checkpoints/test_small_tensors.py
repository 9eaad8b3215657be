"""Many small tensors, which are made many at a time: each is that of its own URL."""

from __future__ import annotations

import pytest
import safetensors

MANIFEST = {
    "seed": 42,
    "tensors": {
        "layers.{0..39}.weight": {"initializer": "he_normal", "shape": [16, 16]},
        "layers.{0..39}.bias": {"initializer": "zeros", "shape": [16]},
        "layers.{0..39}.table": {"initializer": "uniform", "shape": [6, 40]},
        "layers.{0..39}.mask": {"initializer": "sparse", "sparsity": 0.5, "shape": [8, 8]},
        "layers.{0..39}.scale": {"initializer": "truncated_normal", "shape": [33], "seed": 5},
        "layers.{0..39}.turn": {"initializer": "orthogonal", "shape": [4, 4]},
        "layers.{0..39}.none": {"initializer": "normal", "shape": [0, 4]},
        "large": {"initializer": "normal", "shape": [1024, 300]},
        "one.{0..2999}": {"initializer": "normal", "shape": [256]},
    },
}


@pytest.fixture(scope="module", params=["float32", "bfloat16", "float64"])
def manifest(request):
    return MANIFEST | {"dtype": request.param}


@pytest.fixture(scope="module")
def posted(client, manifest):
    return client.post("/checkpoints", json=manifest).content


@pytest.mark.slow
def test_each_is_that_of_its_own_url(client, manifest, posted):
    tensors = dict(safetensors.deserialize(posted))
    plan = {entry["name"]: entry for entry in client.post("/checkpoints/plan", json=manifest).json()["tensors"]}
    assert len(tensors) == len(plan) == 3281
    for name in ["large", "one.0", "one.2999", *(name for name in tensors if name.startswith("layers."))]:
        assert client.get(plan[name]["url"]).content == bytes(tensors[name]["data"]), name


def test_no_two_are_alike(posted):
    ones = [bytes(entry["data"]) for name, entry in safetensors.deserialize(posted) if name.startswith("one.")]
    assert len(set(ones)) == 3000


@pytest.mark.slow
def test_a_range_is_a_part_of_it(client, manifest, posted):
    url = client.post("/checkpoints/plan", json=manifest).json()["files"][0]["url"]
    header = 8 + int.from_bytes(posted[:8], "little")
    for first, end in [
        (header - 5, header + 7000),
        (header + 1, header + 40_003),
        (len(posted) - 2_000_001, len(posted)),
    ]:
        response = client.get(url, headers={"Range": f"bytes={first}-{end - 1}"})
        assert response.content == posted[first:end]


@pytest.mark.slow
def test_parts_of_workers_are_those_of_the_whole(client, manifest, posted):
    whole = dict(safetensors.deserialize(posted))
    rule = {"match": ["one.*", "*.weight", "*.table"], "axis": 0, "index": 1, "count": 2}
    part = dict(safetensors.deserialize(client.post("/checkpoints", json=manifest | {"shard": [rule]}).content))
    for name in ("one.17", "layers.3.weight", "layers.39.table"):
        data = bytes(whole[name]["data"])
        assert bytes(part[name]["data"]) == data[len(data) // 2 :], name
    assert part["layers.0.bias"]["shape"] == [16]
