"""Drawn manifests, and drawn ranges of their files, are to the byte what each tensor's own URL gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.formats.binary import BinaryBody

DTYPE_NAMES = ["float64", "float32", "bfloat16", "float16"]
SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 4, 8]), max_size=3)
MATRICES = st.tuples(st.sampled_from([4, 8, 16]), st.sampled_from([4, 8])).map(list)

TENSORS = st.one_of(
    st.fixed_dictionaries({"initializer": st.sampled_from(["normal", "uniform"]), "shape": SHAPES}),
    st.fixed_dictionaries({"initializer": st.sampled_from(["orthogonal", "he_normal"]), "shape": MATRICES}),
    st.fixed_dictionaries({"shape": MATRICES}),
)
OWN = st.fixed_dictionaries(
    {}, optional={"dtype": st.sampled_from(DTYPE_NAMES), "seed": st.integers(0, 9), "name": st.sampled_from("xyz")}
)


@st.composite
def manifests(draw):
    """Draw a manifest with ranges of names, a rule, ties, a selection, parts and files."""
    keys = draw(st.lists(st.sampled_from(["a.w", "b.{0..2}.w", "c.{q,k}", "d", "é"]), min_size=1, unique=True))
    tensors = {key: draw(TENSORS) | draw(OWN) for key in keys}
    manifest: dict[str, Any] = {
        "seed": draw(st.integers(0, 2**64 - 1)),
        "rules": [{"match": "*", "initializer": "glorot_uniform", "dtype": draw(st.sampled_from(DTYPE_NAMES))}],
        "tensors": tensors,
    }
    if "d" in keys and draw(st.booleans()):
        tensors["tied"] = {"tied_to": "d"}
        manifest["tied"] = draw(st.sampled_from(["left_out", "written"]))
    if draw(st.booleans()):
        manifest["max_shard_size"] = draw(st.integers(100, 2000))
    if "a.w" in keys and len(tensors["a.w"]["shape"]) == 2 and tensors["a.w"]["shape"][0] % 4 == 0:
        manifest["shard"] = [{"match": "a.*", "axis": 0, "index": draw(st.integers(0, 3)), "count": 4}]
    if "b.{0..2}.w" in keys and draw(st.booleans()):
        manifest["only"] = draw(st.sampled_from([["!b.1.*"], ["*", "!b.[02].w"]]))
    return manifest


def _entries(file):
    """Return where each tensor stands in a file, by its header alone, which the format's page describes."""
    end = 8 + int.from_bytes(file[:8], "little")
    entries = {name: entry for name, entry in json.loads(file[8:end]).items() if name != "__metadata__"}
    return {name: [end + offset for offset in entry["data_offsets"]] for name, entry in entries.items()}


@pytest.mark.slow
@settings(derandomize=True, max_examples=30, deadline=None)
@given(manifests(), st.data())
def test_files_are_the_tensors_end_to_end(client, manifest, data):
    plan = client.post("/checkpoints/plan", json=manifest).json()
    singles = {entry["name"]: client.get(entry["url"]).content for entry in plan["tensors"]}

    for file in plan["files"]:
        whole = client.get(file["url"])
        assert len(whole.content) == file["bytes"]
        entries = _entries(whole.content)
        assert {name: whole.content[start:end] for name, (start, end) in entries.items()} == {
            entry["name"]: singles[entry["name"]] for entry in plan["tensors"] if entry["file"] == file["name"]
        }
        assert sum(end - start for start, end in entries.values()) == file["bytes"] - file["header_bytes"]
        first = data.draw(st.integers(0, file["bytes"] - 1))
        last = data.draw(st.integers(first, file["bytes"] - 1))
        part = client.get(file["url"], headers={"Range": f"bytes={first}-{last}"})
        assert (part.status_code, part.content) == (206, whole.content[first : last + 1])


@pytest.mark.slow
@settings(derandomize=True, max_examples=15, deadline=None)
@given(manifests())
def test_each_tensor_is_that_of_a_request_of_its_own(client, manifest):
    """The request is made of the manifest by hand, not of the plan's URLs."""
    plan = client.post("/checkpoints/plan", json={k: v for k, v in manifest.items() if k != "shard"}).json()
    keys = {name: key for key in manifest["tensors"] for name in _names(key)}
    rule = {key: value for key, value in manifest["rules"][0].items() if key != "match"}

    for entry in plan["tensors"]:
        own = manifest["tensors"][keys[entry["name"]]]
        name = entry["name"]
        if "tied_to" in own:
            name, own = "d", manifest["tensors"]["d"]
        given = {"dtype": rule["dtype"]} if "initializer" in own else rule
        request = {"seed": manifest["seed"], "name": name} | given | own | {"format": "raw"}
        assert client.post("/weights", json=request).content == client.get(entry["url"]).content


def _names(key):
    return {"b.{0..2}.w": ["b.0.w", "b.1.w", "b.2.w"], "c.{q,k}": ["c.q", "c.k"]}.get(key, [key])


MATRIX: dict[str, Any] = {
    "seed": 1,
    "tensors": {
        "a": {"initializer": "zeros", "shape": [100]},
        "q": {"initializer": "orthogonal", "shape": [256, 256]},
        "z": {"initializer": "normal", "shape": [100]},
    },
}


@pytest.fixture
def made(monkeypatch):
    """The matrices that are made."""
    made: list[Any] = []
    prepare = BinaryBody.prepare

    def counting(body):
        made.append(body)
        return prepare(body)

    monkeypatch.setattr(BinaryBody, "prepare", counting)
    return made


@pytest.mark.slow
@pytest.mark.parametrize(("first", "last"), [(0, None), (1000, 9000), (1000, 1003), (600, 263000)])
def test_a_range_makes_a_matrix_that_it_has_a_part_of_once(client, made, first, last):
    url = client.post("/checkpoints", json=MATRIX).headers["content-location"]
    whole = client.get(url).content
    made.clear()

    part = client.get(url, headers={"Range": f"bytes={first}-{'' if last is None else last}"})

    assert part.content == whole[first : None if last is None else last + 1]
    assert len(made) == 1


def test_a_range_without_it_makes_no_matrix(client, made):
    url = client.post("/checkpoints", json=MATRIX).headers["content-location"]
    entries = _entries(client.get(url).content)
    made.clear()

    for wanted in (f"bytes={entries['a'][0]}-{entries['a'][1] - 1}", f"bytes={entries['z'][0]}-"):
        assert client.get(url, headers={"Range": wanted}).status_code == 206

    assert made == []


@pytest.mark.slow
def test_a_part_of_another_file_is_not_mixed_in(client):
    url = client.post("/checkpoints", json=MATRIX).headers["content-location"]
    tag = client.get(url).headers["etag"]
    for condition, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200)):
        assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": condition}).status_code == status


@pytest.mark.slow
def test_head_makes_nothing(client, made):
    url = client.post("/checkpoints", json=MATRIX).headers["content-location"]
    whole = client.get(url)
    made.clear()
    head = client.head(url)

    assert made == []
    assert {**head.headers}["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]
