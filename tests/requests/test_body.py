from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.requests import body as body_module
from service.settings import Settings
from tests.requests.refusals import DIGITS_40, DIGITS_5000, PROBLEM, assert_says_what_is_wrong


def _body(**members):
    return json.dumps({"initializer": "he_normal", "shape": [2, 2]} | members).encode()


# The bytes of a body, and the JSON Pointer to what is to blame.
BAD_MEMBERS = [
    (_body(initializer=None), "/initializer"),
    (_body(initializer=5), "/initializer"),
    (_body(initializer=["he_normal"]), "/initializer"),
    (b'{"shape": [2, 2]}', "/initializer"),
    (b"{}", "/initializer"),
    (b'{"initializer": "he_normal"}', "/shape"),
    (_body(shape=None), "/shape"),
    (_body(shape=[2, "x"]), "/shape"),
    (_body(shape=[2, 1e300]), "/shape"),
    (_body(shape=[2, "2.5"]), "/shape"),
    (_body(shape={}), "/shape"),
    (_body(shape={"0": 2}), "/shape"),
    (_body(shape=[2, None]), "/shape"),
    (_body(shape=[2, 2.5]), "/shape"),
    (_body(shape=[2, True]), "/shape"),
    (_body(shape=[2, -1]), "/shape"),
    (_body(shape=[2, [2]]), "/shape"),
    (_body(shape=[2, 2**63]), "/shape"),
    (_body(shape=[2, int(DIGITS_40)]), "/shape"),
    (_body(shape=[1] * 33), "/shape"),
    (_body(shape="2,x"), "/shape"),
    (_body(shape=True), "/shape"),
    (_body(seed=-1), "/seed"),
    (_body(seed=2**64), "/seed"),
    (_body(seed=int(DIGITS_40)), "/seed"),
    (_body(seed=1.5), "/seed"),
    (_body(seed=1e19), "/seed"),
    (_body(flat=2), "/flat"),
    (_body(flat="maybe"), "/flat"),
    (_body(stream=2), "/stream"),
    (_body(groups=1.5), "/groups"),
    (_body(groups="two"), "/groups"),
    (_body(gain="one"), "/gain"),
    (_body(seed=True), "/seed"),
    (_body(seed=""), "/seed"),
    (_body(seed="-1"), "/seed"),
    (_body(seed="18446744073709551616"), "/seed"),
    (_body(seed=DIGITS_5000), "/seed"),
    (_body(seed=[1]), "/seed"),
    (_body(seed={}), "/seed"),
    (_body(name=1), "/name"),
    (_body(name=["a"]), "/name"),
    (_body(name="x" * 513), "/name"),
    (_body(name="__metadata__"), "/name"),
    (_body(name="a\ud800"), "/name"),
    (_body(name="\udc00\ud800"), "/name"),
    (_body(dtype=32), "/dtype"),
    (_body(dtype="\ud800"), "/dtype"),
    (_body(dtype="int8"), "/dtype"),
    (_body(format=1), "/format"),
    (_body(format=""), "/format"),
    (_body(groups=True), "/groups"),
    (_body(groups=2**31 + 1), "/groups"),
    (_body(groups=10**400), "/groups"),
    (_body(gain=True), "/gain"),
    (_body(gain=[]), "/gain"),
    (_body(gain=10**400), "/gain"),
    (b'{"initializer": "he_normal", "shape": [2, 2], "gain": 1e999}', "/gain"),
    (_body(gain=-1), "/gain"),
    (_body(fan_in=0), "/fan_in"),
    (_body(mode=0), "/mode"),
    (_body(nonlinearity=1), "/nonlinearity"),
    (_body(nonlinearity="\ud800"), "/nonlinearity"),
    (_body(nonlinearity=""), "/nonlinearity"),
    (_body(layout=[]), "/layout"),
    (_body(sede=1), "/sede"),
    (_body(std=1), "/std"),
    (_body(**{"a/b~c": 1}), "/a~1b~0c"),
    (_body(**{"": 1}), "/"),
    (_body(**{"é☃": 1}), "/é☃"),
    (_body(**{f"a{i}": 1 for i in range(100)}), ""),
]


@pytest.mark.parametrize(("body", "culprit"), BAD_MEMBERS, ids=lambda value: str(value)[-60:])
def test_a_bad_member_is_a_problem_that_points_to_it(client, body, culprit):
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert_says_what_is_wrong(response, "pointer", culprit)


def test_a_member_whose_name_is_no_text_is_a_problem(client):
    body = b'{"initializer": "zeros", "shape": [2], "\\ud800": 1}'
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == PROBLEM


@pytest.mark.parametrize("member", ["shape", "seed", "gain"])
def test_an_integer_of_5000_digits_is_a_problem(client, member):
    digits = f"[{DIGITS_5000}]" if member == "shape" else DIGITS_5000
    body = (
        _body()[:-1] + f', "{member}": {digits}}}'.encode()
        if member != "shape"
        else (f'{{"initializer": "he_normal", "shape": {digits}}}'.encode())
    )
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == PROBLEM
    assert "sys." not in response.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"1",
        b'"he_normal"',
        b"[]",
        b'[{"initializer": "zeros"}]',
        b"{",
        b"{'initializer': 'zeros'}",
        b'{"initializer": "zeros", "shape": [2],}',
        b'{"initializer": "zeros", "shape": [2]} x',
        b'{"initializer": "zeros", "shape": [2]}{}',
        b'{"initializer": "zeros", "shape": [2], "shape": [3]}',
        b'{"initializer": "constant", "shape": [2], "value": NaN}',
        b'{"initializer": "constant", "shape": [2], "value": Infinity}',
        b'{"initializer": "constant", "shape": [2], "value": -Infinity}',
        b'{"initializer": "constant", "shape": [2], "value": 01}',
        b'{"initializer": "constant", "shape": [2], "value": .5}',
        b"shape=2&initializer=zeros",
        b'{"initializer": "zeros\xff", "shape": [2]}',
        b'{"initializer": "zeros", "shape": [2], "name": "\xed\xa0\x80"}',
        '{"initializer": "zeros", "shape": [2]}'.encode("utf-16"),
        b'\xef\xbb\xbf{"initializer": "zeros", "shape": [2]}',
        b"\x00",
        b'{"a": "\x00"}',
        b"[" * 30_000,
        b"[" * 30_000 + b"]" * 30_000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_no_json_object_is_malformed(client, body):
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert response.headers["Content-Type"] == PROBLEM
    assert response.json()["type"] == "/problems/malformed-body"
    assert "body" in response.json()["detail"]


_LAYER: dict[str, Any] = {"layer": "Linear", "shape": [256, 784], "activation": "relu"}
_UNKNOWN: dict[str, Any] = {f"unknown{i}": i for i in range(40_000)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        {**_LAYER, **_UNKNOWN},
        {**_LAYER, "current": {"initializer": "he_normal", **_UNKNOWN}},
        {**_LAYER, "activation_table": {"x": [0, 1], **_UNKNOWN}},
        {"layers": [{**_LAYER, **_UNKNOWN}]},
        {"layers": [_LAYER, {**_LAYER, "current": {"initializer": "he_normal", **_UNKNOWN}}]},
    ],
    ids=lambda body: str(body)[-50:],
)
def test_members_that_nobody_needs_are_refused_before_they_are_looked_at(client, body):
    reply = client.post("/advise", content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    assert_says_what_is_wrong(reply, "pointer", "")
    assert "more than" in reply.json()["detail"]
    assert len(reply.content) < 1000


@pytest.mark.parametrize(("layer", "count"), [({}, 200_000), ({"a": {}}, 60_000)])
def test_objects_that_nobody_needs_are_refused_before_they_are_looked_at(client, layer, count):
    reply = client.post("/advise", json={"layers": [layer] * count})
    page = reply.json()

    assert (reply.status_code, page["type"], page["limit"]) == (422, "/problems/over-limit", 8000)
    assert page["requested"] >= count


def test_objects_in_a_body_for_a_tensor_are_limited(client):
    body = b'{"shape":' * 6000 + b"1" + b"}" * 6000
    page = client.post("/weights", content=body, headers={"Content-Type": "application/json"}).json()

    assert (page["type"], page["requested"]) == ("/problems/over-limit", 6000)


@pytest.mark.parametrize("length", [10, body_module._LARGE + 1])
def test_a_large_body_is_read_beside_the_event_loop(client, monkeypatch, length):
    threads = []
    parse = body_module._parse

    def recorded(*arguments):
        threads.append(threading.current_thread())
        return parse(*arguments)

    monkeypatch.setattr(body_module, "_parse", recorded)
    for name in ("a" * length, "a"):
        client.post("/weights", content=_body(name=name), headers={"Content-Type": "application/json"})

    of_the_body, of_the_loop = threads
    assert (of_the_body is of_the_loop) == (length < body_module._LARGE)


def test_an_empty_body_is_called_empty(client):
    reply = client.post("/weights", content=b"", headers={"Content-Type": "application/json"})

    assert reply.status_code == 400
    assert "is empty" in reply.json()["detail"]


def test_deep_nesting_is_malformed_where_large_bodies_are_read():
    with TestClient(create_app(Settings(max_body_bytes=10**6)), raise_server_exceptions=False) as client:
        for body in (b"[" * 100_000, b'{"shape":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
            response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

            assert response.status_code == 400
            assert "nested" in response.json()["detail"]


@pytest.mark.parametrize("depth", [10, 500, 900])
def test_a_nested_member_is_a_problem(client, depth):
    body = b'{"initializer": "he_normal", "shape": ' + b"[" * depth + b"]" * depth + b"}"
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/jsonx",
        "json",
        "text/json, application/json",
        "\xe9",
    ],
)
def test_a_body_that_is_not_called_json_is_refused_with_what_to_send(client, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type.encode("latin-1")}
    response = client.post("/weights", content=_body(), headers=headers)

    assert response.status_code == 415
    assert response.headers["Content-Type"] == PROBLEM
    assert "application/json" in response.json()["detail"]


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "APPLICATION/JSON", " application/json ", "application/vnd.x+json"],
)
def test_any_spelling_of_json_is_read(client, content_type):
    response = client.post("/weights", content=_body(), headers={"Content-Type": content_type})

    assert response.status_code == 200


@pytest.mark.parametrize("size", [4097, 100_000])
def test_a_body_over_the_limit_is_refused_with_the_limit(small_client, size):
    body = _body(name="x" * 10).ljust(size)
    response = small_client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 413
    assert response.json()["limit"] == 4096
    assert "4096" in response.json()["detail"]


def test_a_body_at_the_limit_is_read(small_client):
    response = small_client.post("/weights", content=_body().ljust(4096), headers={"Content-Type": "application/json"})

    assert response.status_code == 200


def test_a_body_in_pieces_over_the_limit_is_refused(small_client):
    pieces = (b" " * 1000 for _ in range(5))
    response = small_client.post("/weights", content=pieces, headers={"Content-Type": "application/json"})

    assert response.status_code == 413
