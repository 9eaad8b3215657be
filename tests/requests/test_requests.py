from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings

PROBLEM = "application/problem+json"
DIGITS_40, DIGITS_5000 = "1" * 40, "1" * 5000


def _assert_says_what_is_wrong(response, place, culprit, status=422):
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == PROBLEM
    page = response.json()
    assert page["status"] == status
    faults = {error.get(place, ""): error["detail"] for error in page["errors"]}
    assert culprit in faults, page
    assert len(faults[culprit]) > 10
    assert len(page["detail"]) < 2000


# The query of a GET, and the parameter that is to blame.
BAD_QUERIES = [
    # integers
    (f"he_normal?shape={DIGITS_40}", "shape"),
    (f"he_normal?shape={DIGITS_5000}", "shape"),
    (f"he_normal?shape=2,2&seed={DIGITS_40}", "seed"),
    (f"he_normal?shape=2,2&seed={DIGITS_5000}", "seed"),
    (f"he_normal?shape=2,2&groups={DIGITS_40}", "groups"),
    (f"he_normal?shape=2,2&groups={DIGITS_5000}", "groups"),
    (f"he_normal?shape=2,2&fan_in={DIGITS_5000}", "fan_in"),
    (f"constant?shape=2&value={DIGITS_40}", "dtype"),
    (f"constant?shape=2&value={DIGITS_5000}", "value"),
    ("he_normal?shape=2,2&seed=-1", "seed"),
    ("he_normal?shape=2,2&seed=18446744073709551616", "seed"),
    ("he_normal?shape=2,2&seed=1.5", "seed"),
    ("he_normal?shape=2,2&seed=1e3", "seed"),
    ("he_normal?shape=2,2&seed=0x10", "seed"),
    ("he_normal?shape=2,2&seed=%D9%A1", "seed"),
    ("he_normal?shape=2,2&seed=", "seed"),
    ("he_normal?shape=2,2&seed=%201", "seed"),
    ("he_normal?shape=2,2&seed=null", "seed"),
    ("he_normal?shape=2,2&seed=true", "seed"),
    ("he_normal?shape=2,2&groups=0", "groups"),
    ("he_normal?shape=2,2&groups=-2", "groups"),
    ("he_normal?shape=2,2&groups=1.5", "groups"),
    ("he_normal?shape=2,2&groups=true", "groups"),
    ("he_normal?shape=2,2&groups=", "groups"),
    # shapes
    ("he_normal", "shape"),
    ("he_normal?shape=-2,3", "shape"),
    ("he_normal?shape=2,-3", "shape"),
    ("he_normal?shape=2,", "shape"),
    ("he_normal?shape=,2", "shape"),
    ("he_normal?shape=2,,3", "shape"),
    ("he_normal?shape=2x3", "shape"),
    ("he_normal?shape=2.0,3", "shape"),
    ("he_normal?shape=[2,3]", "shape"),
    ("he_normal?shape=(2,3)", "shape"),
    ("he_normal?shape=1e3", "shape"),
    ("he_normal?shape=%EF%BC%92,3", "shape"),
    ("he_normal?shape=null", "shape"),
    ("he_normal?shape=true", "shape"),
    ("he_normal?shape=9007199254740993,0", "shape"),
    ("zeros?shape=281474976710656,0,281474976710656", "shape"),
    ("he_normal?shape=3037000500,3037000500", "shape"),
    (f"zeros?shape={','.join([str(2**48)] * 32)}", "shape"),
    ("he_normal?shape=2,3&fan_in=1e30", "fan_in"),
    ("he_normal?shape=2,3&fan_out=1e-7&mode=fan_out", "fan_out"),
    (f"zeros?shape={','.join('1' * 33)}", "shape"),
    (f"zeros?shape={','.join('1' * 5000)}", "shape"),
    # ranks
    ("he_normal?shape=", "shape"),
    ("he_normal?shape=256", "shape"),
    ("glorot_uniform?shape=256&fan_in=3", "shape"),
    ("orthogonal?shape=256", "shape"),
    ("identity?shape=2", "shape"),
    ("dirac?shape=2,2", "shape"),
    ("he_normal?shape=256&gates=4&fan_in=3", "gates"),
    ("orthogonal?shape=256&gates=4", "shape"),
    # numbers
    ("normal?shape=2&std=nan", "std"),
    ("normal?shape=2&std=inf", "std"),
    ("normal?shape=2&mean=-Infinity", "mean"),
    ("normal?shape=2&mean=1e999", "mean"),
    ("normal?shape=2&std=", "std"),
    ("normal?shape=2&std=-1", "std"),
    ("normal?shape=2&std=one", "std"),
    ("normal?shape=2&std=1,5", "std"),
    ("truncated_normal?shape=2&std=0", "std"),
    ("truncated_normal?shape=2&std=-1", "std"),
    ("truncated_normal?shape=2&low=2&high=2", "high"),
    ("truncated_normal?shape=2&low=3", "high"),
    ("truncated_normal?shape=2&low=1e5&high=1e6", "low"),
    ("truncated_normal?shape=2&low=-1e-200&high=1e-200&std_is=after", "low"),
    ("uniform?shape=2&low=1&high=0", "high"),
    ("uniform?shape=2&low=1", "high"),
    ("uniform?shape=2&high=1&fan_in=3", "fan_in"),
    ("uniform?shape=2&fan_in=0", "fan_in"),
    ("he_normal?shape=2,2&fan_in=0", "fan_in"),
    ("he_normal?shape=2,2&fan_out=-1", "fan_out"),
    ("he_normal?shape=2,2&gain=-1", "gain"),
    ("he_normal?shape=2,2&gain=nan", "gain"),
    ("variance_scaling?shape=2,2&scale=-1", "scale"),
    # overflow
    ("normal?shape=2&std=1e6&dtype=float16", "dtype"),
    ("normal?shape=2&std=1e39", "dtype"),
    ("normal?shape=2&std=60&dtype=float8_e4m3fn", "dtype"),
    ("normal?shape=2&std=1e5&dtype=float8_e5m2", "dtype"),
    ("uniform?shape=2&low=0&high=65505&dtype=float16", "dtype"),
    ("constant?shape=2&value=449&dtype=float8_e4m3fn", "dtype"),
    ("constant?shape=2&value=1e39&dtype=complex64&format=npy", "dtype"),
    ("identity?shape=2,2&gain=1e6&dtype=float16", "dtype"),
    ("truncated_normal?shape=2&std=1e6&dtype=float16", "dtype"),
    ("glorot_uniform?shape=2,2&gain=1e39", "dtype"),
    ("glorot_uniform?shape=2,2&gain=1e308&fan_in=1e-6&fan_out=1e-6", "dtype"),
    ("truncated_normal?shape=2&mean=2.9&low=5e-324&high=2.9&std=7e267&bounds=absolute", "low"),
    ("orthogonal?shape=2,2&gain=1e6&dtype=float16", "dtype"),
    # what has no complex form
    ("uniform?shape=2&dtype=complex64&format=npy", "dtype"),
    ("orthogonal?shape=2,2&dtype=complex64&format=npy", "dtype"),
    # choices
    ("he_normal?shape=2,2&dtype=float128", "dtype"),
    ("he_normal?shape=2,2&dtype=Float32", "dtype"),
    ("he_normal?shape=2,2&dtype=", "dtype"),
    ("he_normal?shape=2,2&format=pickle", "format"),
    ("he_normal?shape=2,2&format=", "format"),
    ("he_normal?shape=2,2&layout=out", "layout"),
    ("he_normal?shape=2,2&mode=fan", "mode"),
    ("he_normal?shape=2,2&flat=maybe", "flat"),
    ("he_normal?shape=2,2&flat=true&format=npy", "flat"),
    ("zeros?shape=2&flat=true&dtype=complex64", "flat"),
    ("he_normal?shape=2,2&flat=", "flat"),
    ("he_normal?shape=2,2&stream=2", "stream"),
    ("he_normal?shape=2,2&stream=", "stream"),
    ("he_normal?shape=2,2&name=" + "x" * 513, "name"),
    ("he_normal?shape=2,2&name=__metadata__", "name"),
    ("he_normal?shape=2,2&nonlinearity=rulu", "nonlinearity"),
    ("he_normal?shape=2,2&nonlinearity=", "nonlinearity"),
    ("he_normal?shape=2,2&nonlinearity=leaky_relu&negative_slope=1e200", "negative_slope"),
    ("truncated_normal?shape=2&bounds=sigmas", "bounds"),
    ("truncated_normal?shape=2&std_is=both", "std_is"),
    # what does not go together
    ("he_normal?shape=3,2&groups=2", "groups"),
    ("he_normal?shape=3,2&gates=2", "gates"),
    ("he_normal?shape=2,3&gates=2&layout=in_out", "gates"),
    ("identity?shape=3,2&gates=2", "gates"),
    ("dirac?shape=3,2,1&groups=2", "groups"),
    ("orthogonal?shape=3,2&groups=2", "groups"),
    ("he_normal?shape=2,2&gain=1&nonlinearity=relu", "nonlinearity"),
    ("he_normal?shape=2,2&gain=1&negative_slope=0.1", "negative_slope"),
    ("he_normal?shape=2,2&negative_slope=0.1", "negative_slope"),
    ("he_normal?shape=2,2&nonlinearity=tanh&negative_slope=0.1", "negative_slope"),
    ("he_normal?shape=2,2&nonlinearity=gelu&gain_rule=pytorch", "gain_rule"),
    ("he_normal?shape=2,2&gain=1&gain_rule=backward", "gain_rule"),
    # unknown, misspelt, another initializer's
    ("he_normal?shape=2,2&sede=42", "sede"),
    ("he_normal?shape=2,2&Seed=42", "Seed"),
    ("he_normal?shape=2,2&seed%20=42", "seed "),
    ("he_normal?shape=2,2&std=1", "std"),
    ("he_normal?shape=2,2&initializer=zeros", "initializer"),
    ("he_normal?shape=2,2&slice=0:2:2", "slice"),
    ("zeros?shape=2,2&value=1", "value"),
    ("normal?shape=2,2&gain=1", "gain"),
    ("glorot_uniform?shape=2,2&mode=fan_in", "mode"),
    ("dirac?shape=2,2,2&gates=2", "gates"),
    ("he_normal?shape=2,2&=1", ""),
    ("he_normal?shape=2,2&%C3%A9%00=1", "é\u0000"),
    ("he_normal?shape=2,2&model_config=1", "model_config"),
    ("he_normal?shape=2,2&entry=1", "entry"),
    # repeated
    ("he_normal?shape=2,2&shape=2,2", "shape"),
    ("he_normal?shape=2,2&seed=1&seed=1", "seed"),
    ("he_normal?shape=2,2&shape", "shape"),
    # not a query
    ("he_normal?shape=2,2&name=%FF", ""),
    ("he_normal?shape=2,2&%FF=1", ""),
    ("he_normal?shape=2,2&name=%ED%A0%80", ""),
    ("he_normal?shape=2,2&" + "&".join(f"a{i}=1" for i in range(100)), ""),
]


@pytest.mark.parametrize(("query", "culprit"), BAD_QUERIES, ids=lambda value: value[:60])
def test_a_bad_query_is_a_problem_that_names_the_parameter(client, query, culprit):
    _assert_says_what_is_wrong(client.get(f"/weights/{query}"), "parameter", culprit)


@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        ("zeros?shape=%20", "shape"),
        ("zeros?shape=%202,3", "shape"),
        ("he_normal?shape=2,2&groups=%202", "groups"),
        ("he_normal?shape=20,2&groups=1_0", "groups"),
        ("he_normal?shape=20,2&groups=2.0", "groups"),
        ("normal?shape=2&std=%201", "std"),
        ("normal?shape=2&std=1_0", "std"),
    ],
)
def test_numbers_have_no_blanks_and_no_underscores(client, query, culprit):
    """They are Python's, and no JSON number: the document does not allow them."""
    _assert_says_what_is_wrong(client.get(f"/weights/{query}"), "parameter", culprit)


@pytest.mark.parametrize("query", ["he_normal?shape=2,2&sede=4&seed=-1&groups=0&flat=x"])
def test_everything_wrong_is_told_at_once(client, query):
    page = client.get(f"/weights/{query}").json()

    assert {error["parameter"] for error in page["errors"]} == {"sede", "seed", "groups", "flat"}


def test_a_misspelt_parameter_is_answered_with_those_that_there_are(client):
    ((error),) = client.get("/weights/he_normal?shape=2,2&sede=4").json()["errors"]

    assert "seed" in error["detail"]
    assert "nonlinearity" in error["detail"]


@pytest.mark.parametrize(("query", "limit"), [
    ("he_normal?shape=2,2&seed=18446744073709551616", "18446744073709551615"),
    ("he_normal?shape=9007199254740993,2", "9007199254740992"),
    (f"zeros?shape={','.join('1' * 33)}", "32"),
    ("he_normal?shape=2,2&name=" + "x" * 257, "256"),
])  # fmt: skip
def test_a_value_out_of_range_is_answered_with_the_range(client, query, limit):
    ((error),) = client.get(f"/weights/{query}").json()["errors"]

    assert limit in error["detail"]


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
    (_body(shape=2), "/shape"),
    (_body(shape={}), "/shape"),
    (_body(shape={"0": 2}), "/shape"),
    (_body(shape=[2, None]), "/shape"),
    (_body(shape=[2, "2"]), "/shape"),
    (_body(shape=[2, 2.0]), "/shape"),
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
    (_body(seed=1.0), "/seed"),
    (_body(seed=1.5), "/seed"),
    (_body(seed=True), "/seed"),
    (_body(seed=""), "/seed"),
    (_body(seed=" 1"), "/seed"),
    (_body(seed="-1"), "/seed"),
    (_body(seed="1.0"), "/seed"),
    (_body(seed="18446744073709551616"), "/seed"),
    (_body(seed=DIGITS_5000), "/seed"),
    (_body(seed=[1]), "/seed"),
    (_body(seed={}), "/seed"),
    (_body(name=None), "/name"),
    (_body(name=1), "/name"),
    (_body(name=["a"]), "/name"),
    (_body(name="x" * 513), "/name"),
    (_body(name="__metadata__"), "/name"),
    (_body(name="a\ud800"), "/name"),
    (_body(name="\udc00\ud800"), "/name"),
    (_body(dtype=None), "/dtype"),
    (_body(dtype=32), "/dtype"),
    (_body(dtype="\ud800"), "/dtype"),
    (_body(dtype="int8"), "/dtype"),
    (_body(format=1), "/format"),
    (_body(format=""), "/format"),
    (_body(flat=1), "/flat"),
    (_body(flat="true"), "/flat"),
    (_body(flat=None), "/flat"),
    (_body(stream=1), "/stream"),
    (_body(groups=True), "/groups"),
    (_body(groups=1.0), "/groups"),
    (_body(groups="2"), "/groups"),
    (_body(groups=None), "/groups"),
    (_body(groups=2**31 + 1), "/groups"),
    (_body(groups=10**400), "/groups"),
    (_body(gain="1"), "/gain"),
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

    _assert_says_what_is_wrong(response, "pointer", culprit)


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


def test_a_body_whose_initializer_is_unknown_is_not_found(client):
    response = client.post("/weights", json={"initializer": "he_norml", "shape": [2, 2]})

    assert response.status_code == 404
    assert response.json()["nearest"][0] == "he_normal"


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
        b'{"shape":' * 6000 + b"1" + b"}" * 6000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_no_json_object_is_malformed(client, body):
    response = client.post("/weights", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert response.headers["Content-Type"] == PROBLEM
    assert response.json()["type"] == "/problems/malformed-body"
    assert "body" in response.json()["detail"]


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


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/weights/he_normal", {"GET", "HEAD"}),
        ("DELETE", "/weights/he_normal?shape=2", {"GET", "HEAD"}),
        ("GET", "/weights", {"POST"}),
        ("PUT", "/weights", {"POST"}),
        ("POST", "/initializers", {"GET"}),
        ("POST", "/initializers/zeros", {"GET"}),
        ("PATCH", "/livez", {"GET"}),
        ("POST", "/readyz", {"GET"}),
        ("POST", "/docs", {"GET"}),
        ("POST", "/openapi.json", {"GET"}),
        ("OPTIONS", "/weights", {"POST"}),
        ("TRACE", "/weights/he_normal", {"GET", "HEAD"}),
        ("BREW", "/weights/he_normal", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_a_path_lacks_is_refused_with_those_that_it_has(client, method, path, allowed):
    response = client.request(method, path)

    assert response.status_code == 405
    assert response.headers["Content-Type"] == PROBLEM
    assert allowed <= {name.strip() for name in response.headers["Allow"].split(",")}
    assert len(response.json()["detail"]) > 10


@pytest.mark.parametrize(
    "path", ["/initializers", "/initializers/zeros", "/livez", "/readyz", "/docs", "/openapi.json"]
)
def test_what_can_be_got_can_be_headed(client, path):
    """RFC 9110, section 9.1: every server supports GET and HEAD."""
    response = client.head(path)

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    ["/", "/nowhere", "/weights/a/b", "/weights/he%2Fnormal", "/initializers/a/b", "/docs/assets/no.js", "/%00", "/é"],
)
def test_an_unknown_path_is_not_found(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == PROBLEM
    assert len(response.json()["detail"]) > 10


@pytest.mark.parametrize("name", ["he_norml", "x", "%00", "%E2%98%83", "x" * 5000, "..%2e", "__init__", "he_normal%20"])
def test_an_unknown_initializer_is_not_found(client, name):
    response = client.get(f"/weights/{name}?shape=2,2")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == PROBLEM
    assert response.json()["type"] == "/problems/unknown-initializer"


def test_a_misspelt_initializer_is_answered_with_the_nearest(client):
    page = client.get("/weights/he_norml?shape=2,2").json()

    assert page["nearest"][0] == "he_normal"
    assert "he_normal" in page["detail"]


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("he_normal?shape=2,2&a=2.2", "did you mean negative_slope?"),
        ("uniform?shape=2&a=0&high=1", "did you mean low?"),
        ("uniform?shape=2&minval=0", "did you mean low?"),
        ("normal?shape=2&stddev=0.1", "did you mean std?"),
        ("normal?shape=2&scale=0.1", "did you mean std?"),
        ("he_normal?shape=2,2&scale=2", "did you mean gain?"),
        ("constant?shape=2&fill_value=1", "did you mean value?"),
        ("he_normal?shape=2,2&activation=relu", "did you mean nonlinearity?"),
        ("he_normal?shape=2,2&gain=tanh", "goes into nonlinearity"),
        ("he_normal?shape=2,2&flat=yes", "true or false"),
        ("uniform?shape=2&low=0&high=inf", "finite number"),
    ],
)
def test_what_another_framework_would_take_is_answered_with_what_to_write_here(client, query, hint):
    assert hint in client.get(f"/weights/{query}").json()["detail"]


@pytest.mark.parametrize("shape", ["256,784", 5, [2.5], ["2"], [True], [-1], {"0": 1}, [[2]]])
def test_a_shape_that_is_no_list_of_sizes_is_answered_with_how_to_write_one(client, shape):
    page = client.post("/weights", json={"initializer": "zeros", "shape": shape}).json()

    assert page["status"] == 422
    assert "[256, 784] in JSON" in page["detail"]


def test_one_mistake_is_told_once(client):
    page = client.post("/weights", json={"initializer": "zeros", "shape": [-1] * 30}).json()

    assert len(page["errors"]) == 1


def test_an_empty_body_is_called_empty(client):
    reply = client.post("/weights", content=b"", headers={"Content-Type": "application/json"})

    assert reply.status_code == 400
    assert "is empty" in reply.json()["detail"]
