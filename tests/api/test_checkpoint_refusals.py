"""What is wrong with a manifest is told before a byte is sent: in which tensor, and in which of its members."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any
from urllib.parse import quote

import pytest

from service.app import create_app
from service.settings import Settings
from tests.in_process import in_process

ZEROS = {"initializer": "zeros", "shape": [2]}
WITH_A = {"tensors": {"a": ZEROS}}
NEGATIVE = {"initializer": "zeros", "shape": [-1]}


def of_rule(**members: Any) -> dict[str, Any]:
    """Return a manifest of one rule."""
    return {"rules": [{"match": "*", "initializer": "zeros"} | members], "tensors": {"a": [2]}}


def of_shard(**members: Any) -> dict[str, Any]:
    """Return a manifest of one shard rule."""
    return WITH_A | {"shard": [{"match": "*", "axis": 0, "index": 0, "count": 2} | members]}


def header(**entry: Any) -> dict[str, Any]:
    """Return the header of a file of one tensor."""
    return {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} | entry}


BAD: dict[str, tuple[Any, str]] = {
    "no tensors": ({"tensors": {}}, "/tensors"),
    "no tensors in a list": ({"tensors": []}, "/tensors"),
    "tensors a text": ({"tensors": "a"}, "/tensors"),
    "tensors a number": ({"tensors": 3}, "/tensors"),
    "a tensor a number": ({"tensors": {"a": 3}}, "/tensors/a"),
    "a tensor a text": ({"tensors": {"a": "2"}}, "/tensors/a"),
    "an item a number": ({"tensors": [3]}, "/tensors/0"),
    "an item without a name": ({"tensors": [{"shape": [2]}]}, "/tensors/0"),
    "a shape of an item": ({"tensors": [NEGATIVE | {"name": "a"}]}, "/tensors/0/shape"),
    "a shape in a pair": ({"initializer": "zeros", "tensors": [["a", [-1]]]}, "/tensors/0"),
    "a shape alone": ({"initializer": "zeros", "tensors": {"a": [-1]}}, "/tensors/a"),
    "a name twice in a list": ({"initializer": "zeros", "tensors": [["a", [1]], ["a", [2]]]}, "/tensors/1"),
    "no shape": ({"tensors": {"a": {"initializer": "zeros"}}}, "/tensors/a/shape"),
    "null for a shape": ({"tensors": {"a": {"initializer": "zeros", "shape": None}}}, "/tensors/a/shape"),
    "a shape in words": ({"tensors": {"a": {"initializer": "zeros", "shape": "two"}}}, "/tensors/a/shape"),
    "an object for a shape": ({"tensors": {"a": {"initializer": "zeros", "shape": {}}}}, "/tensors/a/shape"),
    "a negative axis": ({"tensors": {"a": NEGATIVE}}, "/tensors/a/shape"),
    "nested axes": ({"tensors": {"a": {"initializer": "zeros", "shape": [[2]]}}}, "/tensors/a/shape"),
    "33 axes": ({"tensors": {"a": {"initializer": "zeros", "shape": [1] * 33}}}, "/tensors/a/shape"),
    "an axis of 100 bits": ({"tensors": {"a": {"initializer": "zeros", "shape": [2**100]}}}, "/tensors/a/shape"),
    "2^80 elements": ({"tensors": {"a": {"initializer": "zeros", "shape": [2**40, 2**40]}}}, "/tensors/a/shape"),
    "a number for an initializer": ({"tensors": {"a": {"initializer": 3, "shape": [2]}}}, "/tensors/a/initializer"),
    "an unknown initializer": ({"tensors": {"a": {"initializer": "zeross", "shape": [2]}}}, "/tensors/a/initializer"),
    "a long initializer": ({"tensors": {"a": {"initializer": "x" * 9999, "shape": [2]}}}, "/tensors/a/initializer"),
    "an unknown dtype": ({"tensors": {"a": ZEROS | {"dtype": "int8"}}}, "/tensors/a/dtype"),
    "a dtype that files have not": ({"tensors": {"a": ZEROS | {"dtype": "complex128"}}}, "/tensors/a/dtype"),
    "a seed of 70 bits": ({"tensors": {"a": ZEROS | {"initializer": "normal", "seed": 2**70}}}, "/tensors/a/seed"),
    "an unknown member": ({"tensors": {"a": ZEROS | {"sede": 3}}}, "/tensors/a/sede"),
    "a format of one tensor": ({"tensors": {"a": ZEROS | {"format": "npy"}}}, "/tensors/a/format"),
    "a number for a stream's name": ({"tensors": {"a": ZEROS | {"name": 3}}}, "/tensors/a/name"),
    "a long stream's name": ({"tensors": {"a": ZEROS | {"name": "x" * 257}}}, "/tensors/a/name"),
    "a reserved stream's name": ({"tensors": {"a": ZEROS | {"name": "__metadata__"}}}, "/tensors/a/name"),
    "a tensor of much": ({"tensors": {"a": ZEROS | {"x": "y" * 10**5}}}, "/tensors/a"),
    "a tensor of many members": ({"tensors": {"a": ZEROS | {f"m{n}": n for n in range(99)}}}, "/tensors/a"),
    "a reserved name": ({"tensors": {"__metadata__": ZEROS}}, "/tensors/__metadata__"),
    "an empty name": ({"tensors": {"": ZEROS}}, "/tensors/"),
    "a name of 257 characters": ({"tensors": {"n" * 257: ZEROS}}, "/tensors"),
    "a name of 10^6 characters": ({"tensors": {"n" * 10**6: ZEROS}}, "/tensors"),
    "a brace alone": ({"tensors": {"a{": ZEROS}}, "/tensors/a{"),
    "a range down": ({"tensors": {"a{3..1}": ZEROS}}, "/tensors/a{3..1}"),
    "many braces": ({"tensors": {"{a,b}" * 9: ZEROS}}, "/tensors/" + "{a,b}" * 9),
    "a name in a range and alone": ({"tensors": {"a{0..1}": ZEROS, "a1": ZEROS}}, "/tensors/a1"),
    "ranges that clash": ({"tensors": {"a{0..9}": ZEROS, "a{5..12}": ZEROS}}, "/tensors/a{5..12}"),
    "a name with a slash": ({"tensors": {"a/b~c": NEGATIVE}}, "/tensors/a~1b~0c/shape"),
    "nothing says how": ({"tensors": {"a": [2]}}, "/tensors"),
    "rules a text": (WITH_A | {"rules": "x"}, "/rules"),
    "a rule a number": (WITH_A | {"rules": [3]}, "/rules/0"),
    "a rule without a pattern": (WITH_A | {"rules": [{}]}, "/rules/0/match"),
    "an empty pattern": (of_rule(match=""), "/rules/0/match"),
    "an empty pattern in a list": (of_rule(match=["a", ""]), "/rules/0/match"),
    "a number for a pattern": (of_rule(match=[3]), "/rules/0/match"),
    "a pattern that matches nothing": (of_rule(match="*.bais"), "/rules/0/match"),
    "a pattern of many stars": (of_rule(match="*a" * 99), "/rules/0/match"),
    "a long pattern": (of_rule(match="a" * 9999), "/rules/0/match"),
    "a rank a truth value": (of_rule(rank=True), "/rules/0/rank"),
    "a negative rank": (of_rule(rank=-1), "/rules/0/rank"),
    "no ranks": (of_rule(rank=[]), "/rules/0/rank"),
    "a rank in words": (of_rule(rank="two"), "/rules/0/rank"),
    "a rule's parameter": (of_rule(initializer="normal", std=-1), "/rules/0/std"),
    "a rule's unknown member": (of_rule(initializer="normal", sdt=1), "/rules/0/sdt"),
    "a shape of a rule": (of_rule(shape=[2]), "/rules/0/shape"),
    "a rule without an initializer": (of_rule(initializer=None, std=1), "/rules/0/std"),
    "metadata a text": (WITH_A | {"metadata": "x"}, "/metadata"),
    "metadata not of texts": (WITH_A | {"metadata": {"a": 1}}, "/metadata"),
    "much metadata": (WITH_A | {"metadata": {str(n): "" for n in range(65)}}, "/metadata"),
    "shard a text": (WITH_A | {"shard": "x"}, "/shard"),
    "shard an object": (WITH_A | {"shard": {}}, "/shard"),
    "a shard rule a number": (WITH_A | {"shard": [3]}, "/shard/0"),
    "a shard rule without a count": (WITH_A | {"shard": [{"match": "*", "axis": 0, "index": 0}]}, "/shard/0/count"),
    "a shard's negative axis": (of_shard(axis=-1), "/shard/0/axis"),
    "a shard's index past its count": (of_shard(index=2), "/shard/0/index"),
    "no shards": (of_shard(count=0), "/shard/0/count"),
    "a shard's unknown member": (of_shard(of=8), "/shard/0/of"),
    "a shard of no pattern": (of_shard(match=[]), "/shard/0/match"),
    "a shard that matches nothing": (of_shard(match="*.weight"), "/shard/0/match"),
    "a shard pattern that matches nothing": (of_shard(match=["*", "*.weight"]), "/shard/0/match"),
    "a shard of an axis that is not there": (of_shard(axis=1), "/tensors/a/shape"),
    "a shard that does not divide": (of_shard(count=3), "/tensors/a/shape"),
    "a shard of a slice": (of_shard() | {"tensors": {"a": ZEROS | {"slice": "0:1"}}}, "/tensors/a/slice"),
    "only a number": (WITH_A | {"only": 3}, "/only"),
    "only of numbers": (WITH_A | {"only": [3]}, "/only"),
    "only what is not there": (WITH_A | {"only": ["a", "b*"]}, "/only"),
    "not what is not there": (WITH_A | {"only": ["!b*"]}, "/only"),
    "only nothing": (WITH_A | {"only": ["!*"]}, "/only"),
    "tied to itself": ({"tensors": {"a": {"tied_to": "a"}}}, "/tensors/a/tied_to"),
    "tied in a circle": ({"tensors": {"a": {"tied_to": "b"}, "b": {"tied_to": "a"}}}, "/tensors/a/tied_to"),
    "tied to nothing": ({"tensors": {"a": ZEROS, "b": {"tied_to": "z"}}}, "/tensors/b/tied_to"),
    "tied to a number": ({"tensors": {"a": ZEROS, "b": {"tied_to": 3}}}, "/tensors/b/tied_to"),
    "tied to what is tied": (
        {"tensors": {"a": ZEROS, "b": {"tied_to": "a"}, "c": {"tied_to": "b"}}},
        "/tensors/c/tied_to",
    ),
    "tied, with a shape": ({"tensors": {"a": ZEROS, "b": {"tied_to": "a", "shape": [3]}}}, "/tensors/b/shape"),
    "tied to what is left out": (
        {"only": ["b"], "tensors": {"a": ZEROS, "b": {"tied_to": "a"}}},
        "/tensors/b/tied_to",
    ),
    "many tied": ({"tensors": {"a": ZEROS, "b{0..1}": {"tied_to": "a"}}}, "/tensors/b{0..1}/tied_to"),
    "tied, and in the metadata": (
        {"metadata": {"b": "x"}, "tensors": {"a": ZEROS, "b": {"tied_to": "a"}}},
        "/metadata/b",
    ),
    "an unknown way to tie": (WITH_A | {"tied": "x"}, "/tied"),
    "an unknown member for all": (WITH_A | {"sede": 3}, "/sede"),
    "an unknown parameter for all": ({"initializer": "normal", "sede": 3, "tensors": {"a": [2]}}, "/sede"),
    "an unknown way to initialize": (WITH_A | {"initialize": "x"}, "/initialize"),
    "an unknown dtype for all": (WITH_A | {"dtype": "int8"}, "/dtype"),
    "an unknown stream": (WITH_A | {"stream": "9"}, "/stream"),
    "a negative seed": (WITH_A | {"seed": -1}, "/seed"),
    "files of no bytes": (WITH_A | {"max_shard_size": 0}, "/max_shard_size"),
    "files of some bytes": (WITH_A | {"max_shard_size": "lots"}, "/max_shard_size"),
    "files of 10^27 bytes": (WITH_A | {"max_shard_size": "999999999999999TB"}, "/max_shard_size"),
    "a format of files that there is not": (WITH_A | {"format": "npy"}, "/format"),
    "an unknown dtype in a header": (header(dtype="I16"), "/a/dtype"),
    "a list for a dtype in a header": (header(dtype=[]), "/a/dtype"),
    "a negative axis in a header": ({"initializer": "zeros", "headers": [header(shape=[-1])]}, "/headers/0/a/shape"),
    "a number for a header": ({"headers": [3]}, "/headers/0"),
    "headers with one name": ({"headers": [header(), header()]}, "/headers/1/a"),
    "an index alone": ({"weight_map": {"a": "b"}}, "/headers"),
    "an index of more than the headers have": (
        {
            "weight_map": {"a": "1.safetensors", "b": "2.safetensors"},
            "headers": [{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}],
        },
        "/weight_map/b",
    ),
    "an index that is none": (
        {"weight_map": ["a"], "headers": [{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}]},
        "/weight_map",
    ),
    "a tensor of an answer": ({"manifest": {"tensors": {"a": NEGATIVE}}}, "/manifest/tensors/a/shape"),
    "a rule of an answer": ({"manifest": of_rule(match="z")}, "/manifest/rules/0/match"),
}


def _post(client, body, query=""):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/checkpoints/plan{query}", content=content, headers={"Content-Type": "application/json"})


def _problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.content) < 2**14
    return response.json()


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_told_where_it_stands(client, case):
    body, pointer = BAD[case]

    assert pointer in [error.get("pointer") for error in _problem(_post(client, body), 422)["errors"]]


@pytest.mark.parametrize("body", [{}, [], 3, "x", {"a": "2"}, {"a": {}}, {"manifest": 3}, {"headers": []}])
def test_what_is_no_manifest_is_refused(client, body):
    _problem(_post(client, body), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b'{"tensors":{"a":{"initializer":"normal","std":NaN,"shape":[2]}}}',
        b'{"tensors":{"\\ud800":{"initializer":"zeros","shape":[2]}}}',
        b'{"tensors":{"a":[2],"a":[3]}}', b'{"tensors":{},"tensors":{}}', b"[" * 10**5,
        b'{"a":"\\u0041","b":' + b"[" * 985 + b"]" * 985 + b"}",
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_json_is_refused(client, body):
    _problem(_post(client, body), 400)


@pytest.mark.parametrize("depth", [40, 300, 900])
def test_what_is_nested_deeply_is_refused(client, depth):
    body = b'{"tensors":{"a":{"initializer":"zeros","shape":[2],"x":' + b"[" * depth + b"]" * depth + b"}}}"

    _problem(_post(client, body), 422)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("seed=x", "seed"), ("sede=3", "sede"), ("format=npy", "format"), ("only=zz", "only"),
        ("metadata=x", "metadata"),
        ("max_shard_size=x", "max_shard_size"), ("shard=" + "[" * 9999, "shard"), ('shard=[{"axis":NaN}]', "shard"),
        ("shard=" + "9" * 5000, "shard"), ('metadata={"a":"\\ud800"}', "metadata"), ("tensors=x", "tensors"),
        ('metadata={"a":"x","a":"y"}', "metadata"), ('rules=[{"match":"z","initializer":"zeros"}]', "match"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_query_is_told_by_its_parameter(client, query, parameter):
    problem = _problem(_post(client, WITH_A, f"?{quote(query, safe='=')}"), 422)

    assert [error.get("parameter") for error in problem["errors"]] == [parameter]


def test_what_is_in_the_query_and_the_body_is_said_once(client):
    _problem(_post(client, WITH_A | {"seed": 1}, "?seed=2"), 422)


@pytest.mark.parametrize(
    "body",
    [
        {"tensors": {"a{1..1000000}": ZEROS}},
        {"tensors": {"{0..999999999}" * 3: ZEROS}},
        {"tensors": {"a{0..999}": {"initializer": "zeros", "shape": [2**53]}}},
        {"max_shard_size": 1, "tensors": {"a{0..4999}": ZEROS}},
        of_rule(match=[f"a{number}" for number in range(2000)]),
    ],
    ids=["10^6 tensors", "10^27 tensors", "2^66 bytes", "5000 files", "2000 patterns"],
)
def test_what_is_over_a_limit_is_told_with_it(client, body):
    problem = _problem(_post(client, body), 422)

    assert problem["type"] == "/problems/over-limit"
    assert problem["requested"] > problem["limit"]


def test_a_header_that_no_reader_takes_is_refused(client, monkeypatch):
    monkeypatch.setattr("service.formats.safetensors_header.MAX_HEADER_BYTES", 1000)

    problem = _problem(_post(client, {"tensors": {"a{0..99}": ZEROS}}), 422)

    assert "max_shard_size" in problem["detail"]


@pytest.mark.parametrize(
    ("setting", "body", "status"),
    [
        ({"max_tensors": 3}, {"tensors": {"a{0..3}": ZEROS}}, 422),
        ({"max_manifest_bytes": 99}, {"tensors": {"a" * 99: ZEROS}}, 413),
        ({"max_checkpoint_bytes": 500}, {"tensors": {"a": {"initializer": "zeros", "shape": [1000]}}}, 422),
        ({"max_matrix_work": 1000}, {"tensors": {"a": {"initializer": "orthogonal", "shape": [99, 99]}}}, 422),
        ({"max_matrix_work": 1000}, {"tensors": {"a{0..9}": {"initializer": "orthogonal", "shape": [6, 6]}}}, 422),
        ({"max_matrix_elements": 50}, {"tensors": {"a": {"initializer": "orthogonal", "shape": [9, 9]}}}, 422),
    ],
    ids=["tensors", "manifest", "bytes", "matrix", "matrices", "elements"],
)
def test_the_limits_are_settings(setting, body, status):
    with in_process(create_app(Settings(**setting))) as client:
        assert client.post("/checkpoints", json=WITH_A).status_code == 200
        _problem(client.post("/checkpoints", json=body), status)


def _token(text: bytes, version: str = "a") -> str:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = hashlib.blake2b(text, digest_size=6).digest() + compressor.compress(text) + compressor.flush()
    return version + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


TEXT = json.dumps(WITH_A).encode()

BAD_TOKENS = {
    "another version": _token(TEXT, "b"),
    "cut": _token(TEXT)[:-3],
    "with more": _token(TEXT) + "AAAA",
    "a bomb": _token(b" " * 10**7),
    "no JSON": _token(b"{"),
    "not a number": _token(b'{"tensors":{"a":NaN}}'),
    "deep": _token(b"[" * 10**5),
    "long digits": _token(b'{"tensors":{"a":[' + b"9" * 5000 + b"]}}"),
    "a lone surrogate": _token(b'{"tensors":{"\\ud800":[2]}}'),
    "no UTF-8": _token(b'{"\xff":1}'),
    "a letter": "a",
    "dots": "%2e%2e%2fetc",
    "a zero byte": "a%00b",
    "long": "a" * 9999,
}


@pytest.mark.parametrize("case", BAD_TOKENS)
@pytest.mark.parametrize("file", ["", "/model.safetensors", "/plan"])
def test_what_is_no_token_names_no_checkpoint(client, case, file):
    _problem(client.get(f"/checkpoints/{BAD_TOKENS[case]}{file}"), 404)


@pytest.mark.parametrize("text", [b"null", b"[]", b"[" * 90 + b"]" * 90, b'{"tensors":{"a":[2]},"x":1}'])
def test_a_token_of_no_manifest_is_refused(client, text):
    _problem(client.get(f"/checkpoints/{_token(text)}"), 422)


def test_a_file_that_a_checkpoint_has_not_is_told_with_those_that_it_has(client):
    problem = _problem(client.get(f"/checkpoints/{_token(TEXT)}/pytorch_model.bin"), 404)

    assert "model.safetensors" in problem["detail"]


def test_a_token_that_is_written_otherwise_has_the_canonical_url(client):
    otherwise = client.get(f"/checkpoints/{_token(TEXT.replace(b' ', b'  '))}/model.safetensors")

    assert otherwise.headers["content-location"] == client.post("/checkpoints", json=WITH_A).headers["content-location"]
    assert otherwise.headers["etag"] == client.get(otherwise.headers["content-location"]).headers["etag"]


def test_who_asks_for_a_model_that_there_is_not_is_told_of_those_that_are_like_it(client):
    reply = client.get("/checkpoints/gpt-3?seed=1")

    assert reply.status_code == 404
    assert "no model is called 'gpt-3'; did you mean gpt2" in reply.json()["detail"]
