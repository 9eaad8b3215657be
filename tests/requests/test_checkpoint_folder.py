from __future__ import annotations

import json
import os

import pytest

from service.requests.checkpoints.folder import ManifestFolder, UnreadableManifest

MANIFEST = {"seed": 42, "tensors": {"w": {"initializer": "normal", "shape": [2, 3]}}}
YAML = """
seed: 42
tensors:
  w: {initializer: normal, shape: [2, 3]}
"""

UNREADABLE = {
    "a.json": '{"tensors"',
    "twice.json": '{"seed": 1, "seed": 2}',
    "nan.json": '{"std": NaN}',
    "surrogate.json": '{"a": "\\ud800"}',
    "open.yaml": "tensors: [",
    "twice.yaml": "seed: 1\nseed: 2\n",
    "date.yaml": "metadata: {made: 2026-01-01}",
    "nan.yaml": "std: .nan",
    "key.yaml": "tensors: {1: [2]}",
    "set.yaml": "tensors: !!set {a, b}",
    "binary.yaml": "a: !!binary aGVsbG8=",
    "object.yaml": "a: !!python/object/apply:os.getcwd []",
    "surrogate.yaml": 'a: "\\uD800"',
    "circle.yaml": "a: &a [*a]",
    "deep.yaml": "[" * 2000 + "]" * 2000,
    "laughs.yaml": "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)),
    "bytes.json": b"\xff\xfe\xfd",
    "bytes.yaml": b"\xfd\xfc\x00",
}


@pytest.fixture
def folder(tmp_path):
    return ManifestFolder(tmp_path)


def _write(tmp_path, name, text):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(("name", "text"), [("m.json", json.dumps(MANIFEST)), ("m.yaml", YAML), ("m.yml", YAML)])
def test_a_manifest_is_read_as_json_or_yaml(folder, tmp_path, name, text):
    _write(tmp_path, name, text)

    assert folder.find("m").read(10**6) == MANIFEST
    assert folder.names() == ["m"]


def test_the_name_of_a_published_model_is_not_the_folders(folder, tmp_path):
    _write(tmp_path, "gpt2.json", json.dumps(MANIFEST))

    assert not folder.may_have("gpt2")
    assert folder.find("gpt2") is None
    assert folder.names() == []


def test_an_alias_of_yaml_stands_for_what_it_names(folder, tmp_path):
    _write(tmp_path, "m.yaml", "tensors:\n  a: &a {initializer: zeros, shape: [2]}\n  b: *a\n")

    tensors = folder.find("m").read(10**6)["tensors"]
    assert tensors["a"] == tensors["b"]


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_manifest_is_told(folder, tmp_path, name):
    _write(tmp_path, name, UNREADABLE[name])

    with pytest.raises(UnreadableManifest):
        folder.find(name.partition(".")[0]).read(10**6)


def test_what_is_told_of_a_file_repeats_nothing_of_it(folder, tmp_path):
    _write(tmp_path, "m.yaml", "password: hunter2\n: : [")

    with pytest.raises(UnreadableManifest) as raised:
        folder.find("m").read(10**6)
    assert "hunter2" not in str(raised.value)


def test_a_file_over_the_limit_is_not_read(folder, tmp_path):
    _write(tmp_path, "m.json", " " * 1000 + "{}")

    with pytest.raises(UnreadableManifest, match="FANIN_MAX_MANIFEST_BYTES"):
        folder.find("m").read(1000)


@pytest.mark.parametrize("name", ["..", "../m", "a/m", "a\\m", ".m", "m\0", "", "m.json", "m" * 999, "é" * 150])
def test_no_name_leaves_the_folder(folder, tmp_path, name):
    _write(tmp_path.parent, "m.json", "{}")
    (tmp_path / "a").mkdir()
    for place in ("m.json", "a/m.json", ".m.json"):
        _write(tmp_path, place, "{}")

    assert folder.find(name) is None


def test_a_name_may_have_points(folder, tmp_path):
    _write(tmp_path, "llama-3.1-8b.json", "{}")

    assert folder.find("llama-3.1-8b") is not None
    assert folder.names() == ["llama-3.1-8b"]


def test_a_link_within_the_folder_is_followed_and_one_that_leaves_it_is_not(folder, tmp_path):
    """Kubernetes mounts a ConfigMap as links to files in a folder beside them."""
    (tmp_path / "..data").mkdir()
    _write(tmp_path, "..data/inside.json", "{}")
    (tmp_path / "inside.json").symlink_to("..data/inside.json")
    _write(tmp_path.parent, "outside.json", "{}")
    (tmp_path / "outside.json").symlink_to("../outside.json")
    (tmp_path / "circle.json").symlink_to("circle.json")

    assert folder.names() == ["inside"]


def test_what_is_no_file_is_no_manifest(folder, tmp_path):
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")

    assert folder.names() == []


def test_a_file_that_changes_has_another_version(folder, tmp_path):
    _write(tmp_path, "m.json", "{}")
    before = folder.find("m").version
    _write(tmp_path, "m.json", '{"seed": 1}')

    assert folder.find("m").version != before


def test_a_file_that_is_removed_meanwhile_cannot_be_read(folder, tmp_path):
    _write(tmp_path, "m.json", "{}")
    found = folder.find("m")
    (tmp_path / "m.json").unlink()

    with pytest.raises(UnreadableManifest):
        found.read(1000)


@pytest.mark.parametrize("path", [None, "/no/such/folder"])
def test_without_a_folder_there_are_none(path, tmp_path):
    folder = ManifestFolder(path and tmp_path / path)

    assert (folder.names(), folder.find("m")) == ([], None)
