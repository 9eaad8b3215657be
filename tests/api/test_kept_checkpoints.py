"""Manifests that an operator keeps, end to end."""

from __future__ import annotations

import json
import os
import urllib.request

import pytest
import safetensors.numpy

from tests.serving import serving

MANIFEST = {"tensors": {"layers.{0..1}.weight": {"initializer": "normal", "shape": [8, 8]}, "b": [4]},
            "rules": [{"match": "b", "initializer": "zeros"}]}  # fmt: skip
YAML = """
seed: 1
initialize: by_name
tensors:
  fc.weight: [10, 4]
  fc.bias: [10]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "small.json").write_text(json.dumps(MANIFEST))
    (folder / "fc.yaml").write_text(YAML)
    (folder / "broken.json").write_text("{")
    return folder


@pytest.fixture(scope="module")
def kept(folder, tmp_path_factory):
    """The URL of a server that keeps them."""
    with serving(tmp_path_factory.mktemp("server"), models=folder) as served:
        yield served.url


def _get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as reply:
        return reply.read(), reply.headers


def test_the_names_are_listed(kept):
    page = json.loads(_get(f"{kept}/checkpoints")[0])

    assert {"name": "small", "href": "/checkpoints/small"} in page["checkpoints"]
    assert [entry["name"] for entry in page["checkpoints"]] == ["broken", "fc", "small"]


def test_a_query_says_what_the_manifest_does_not(kept):
    content, headers = _get(f"{kept}/checkpoints/small/model.safetensors?seed=42&dtype=float16&only=layers.1.*")
    single, _ = _get(f"{kept}/weights/normal?shape=8,8&seed=42&name=layers.1.weight&dtype=float16&format=raw")

    tensors = safetensors.numpy.load(content)
    assert {name: tensor.tobytes() for name, tensor in tensors.items()} == {"layers.1.weight": single}
    assert _get(kept + headers["content-location"])[0] == content
    assert headers["cache-control"] == "no-cache"


def test_yaml_is_read(kept):
    tensors = safetensors.numpy.load(_get(f"{kept}/checkpoints/fc/model.safetensors")[0])

    assert {name: tensor.shape for name, tensor in tensors.items()} == {"fc.weight": (10, 4), "fc.bias": (10,)}


def test_a_file_that_changes_is_read_again(kept, folder):
    file = folder / "changing.json"
    for size in (3, 5):
        file.write_text(json.dumps({"tensors": {"w": {"initializer": "zeros", "shape": [size]}}}))
        os.utime(file, ns=(size, size))
        content, headers = _get(f"{kept}/checkpoints/changing/model.safetensors")
        assert safetensors.numpy.load(content)["w"].shape == (size,)
    file.unlink()

    assert _get(kept + headers["content-location"])[0] == content
    with pytest.raises(urllib.error.HTTPError, match="404"):
        _get(f"{kept}/checkpoints/changing/model.safetensors")


def test_what_cannot_be_read_is_told(kept):
    with pytest.raises(urllib.error.HTTPError) as raised:
        _get(f"{kept}/checkpoints/broken")

    assert raised.value.code == 404
    assert "broken" in json.load(raised.value)["detail"]
