"""Requests with keys, and without."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings

KEY, METRICS_KEY = "the-key-of-alice-42", "the-key-of-prometheus"
OLD_KEY, YOUNG_KEY = "a-key-of-yesterday", "a-key-until-tomorrow"
TODAY = datetime.now(UTC).date()
RAW = "/weights/normal?shape=100&seed=1&format=raw"
LARGE = "/weights/normal?shape=300000&seed=1&format=raw"
RESOURCES = [
    RAW,
    "/advise?layer=Linear&shape=2,3",
    "/initializers",
    "/docs",
    "/openapi.json",
    "/metrics",
    "/nowhere",
]


def _bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keys"
    path.write_text(
        f"alice:{KEY}\n"
        f"prometheus:{METRICS_KEY} only=metrics\n"
        f"bob:{OLD_KEY} until={TODAY - timedelta(days=1)}\n"
        f"carol:{YOUNG_KEY} until={TODAY + timedelta(days=1)}\n"
    )
    return path


@pytest.fixture(scope="module")
def guarded(path):
    with TestClient(create_app(Settings(api_keys_file=path)), raise_server_exceptions=False) as client:
        yield client


def _problem(response, slug, status):
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{slug}"
    return response


@pytest.mark.parametrize("resource", RESOURCES)
def test_nothing_is_answered_without_a_key(guarded, resource):
    response = _problem(guarded.get(resource), "key-required", 401)

    assert response.headers["WWW-Authenticate"] == 'Bearer realm="fanin"'
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_no_method_is(guarded, method):
    assert guarded.request(method, RAW).status_code == 401


@pytest.mark.parametrize("resource", ["/livez", "/readyz", "/livez/"])
def test_the_probes_are(guarded, resource):
    assert guarded.get(resource).status_code == 200


@pytest.mark.parametrize("resource", ["/", "/explorer/main.js", "/explorer/views/guide.js"])
def test_so_is_the_page_that_asks_people_for_a_key(guarded, resource):
    assert guarded.get(resource, headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("query", [KEY, f"a={KEY}", "api_key=x"])
def test_not_even_the_probes_take_a_key_in_the_url(guarded, query):
    response = _problem(guarded.get(f"/livez?{query}"), "key-in-url", 400)

    assert KEY not in response.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_a_key_opens_what_is_there(guarded, scheme):
    assert guarded.get(RAW, headers={"Authorization": f"{scheme} {KEY}"}).status_code == 200


def test_a_key_with_a_last_day_is_good_until_then(guarded):
    assert guarded.get(RAW, headers=_bearer(YOUNG_KEY)).status_code == 200
    response = _problem(guarded.get(RAW, headers=_bearer(OLD_KEY)), "key-required", 401)
    assert "last day" in response.json()["detail"]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("Bearer not-a-key-of-this-server", "invalid_token"),
        (f"Bearer {KEY}x", "invalid_token"),
        (f"Bearer {KEY[:-1]}", "invalid_token"),
        ("Bearer ", "invalid_token"),
        (f"Bearer {KEY} {KEY}", "invalid_token"),
        (f"Basic {KEY}", "invalid_request"),
        (KEY, "invalid_request"),
        ("", "invalid_request"),
    ],
)
def test_what_is_no_key_is_refused_as_rfc_6750_says(guarded, value, error):
    response = _problem(guarded.get(RAW, headers={"Authorization": value}), "key-required", 401)

    assert response.headers["WWW-Authenticate"] == f'Bearer realm="fanin", error="{error}"'


def test_two_keys_are_none(guarded):
    fields = [("Authorization", f"Bearer {KEY}"), ("Authorization", f"Bearer {KEY}")]

    assert guarded.get(RAW, headers=fields).status_code == 401


def test_a_key_for_the_metrics_opens_these_alone(guarded):
    assert guarded.get("/metrics", headers=_bearer(METRICS_KEY)).status_code == 200
    response = _problem(guarded.get(RAW, headers=_bearer(METRICS_KEY)), "key-not-allowed", 403)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="fanin", error="insufficient_scope"'


@pytest.mark.parametrize(
    ("setting", "without", "with_key"), [("keyed", 401, 200), ("open", 200, 200), ("off", 401, 404)]
)
def test_who_may_read_the_metrics_is_a_setting(path, setting, without, with_key):
    with TestClient(create_app(Settings(api_keys_file=path, metrics=setting))) as client:
        assert client.get("/metrics").status_code == without
        assert client.get("/metrics", headers=_bearer(KEY)).status_code == with_key


@pytest.mark.parametrize(
    "query",
    [
        f"api_key={KEY}", f"shape=2&apikey={KEY}", "x-api-key=of-another-server", f"ACCESS_TOKEN={KEY}", "token=",
        f"seed={KEY}", f"name={KEY}", f"api%5Fkey={KEY}", "n%61me=" + KEY.replace("-", "%2D"), f"name=fc1_{KEY}",
        f"shape=2&name={KEY}x", f"shape=2&name=a{KEY}_b", f"shape=2&name=x{METRICS_KEY}x", f"shape=2&name=x{OLD_KEY}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("fields", [_bearer(KEY), {}], ids=["with a key", "without"])
def test_a_key_in_the_query_is_refused_and_not_repeated(guarded, query, fields):
    response = guarded.get(f"/weights/normal?{query}", headers=fields)

    assert response.status_code == (400 if fields or response.json()["type"] == "/problems/key-in-url" else 401)
    assert not any(key in response.text + str(response.headers) for key in (KEY, METRICS_KEY, OLD_KEY))


@pytest.mark.parametrize(
    "path_",
    [f"/{KEY}", f"/weights/{KEY}?shape=2", f"/weights/normal/{KEY}", f"/problems/{KEY}", f"/initializers/x{KEY}x"],
)
def test_a_key_in_the_path_is_refused_and_not_repeated(guarded, path_):
    response = _problem(guarded.get(path_, headers=_bearer(KEY)), "key-in-url", 400)

    assert KEY not in response.text + str(response.headers)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"Content-Type": KEY}, b"{}"),
        ({"Content-Type": "application/json"}, f'{{"initializer": "{KEY}", "shape": [2]}}'.encode()),
        ({"Content-Type": "application/json"}, f'{{"initializer": "zeros", "shape": [2], "{KEY}": 1}}'.encode()),
        ({"Content-Type": "application/json"}, f'{{"initializer": "zeros", "shape": "{KEY}"}}'.encode()),
        ({"Content-Type": "application/json"}, f'{{"initializer": "\\n{KEY}", "shape": [2]}}'.encode()),
        (
            {"Content-Type": "application/json"},
            f'{{"initializer": "zeros", "shape": [2], "{KEY}": 1, "{KEY}": 2}}'.encode(),
        ),
        ({"Content-Type": f"text/fc1_{KEY}"}, b"{}"),
        ({"Content-Type": f"text/{KEY}x"}, b"{}"),
    ],
)
@pytest.mark.parametrize("path_", ["/weights", "/advise", "/advise/network", "/nowhere"])
def test_an_error_repeats_no_key_wherever_it_stood(guarded, path_, fields, body):
    response = guarded.post(path_, content=body, headers={**fields, **_bearer(KEY)})

    assert response.status_code >= 400
    assert KEY not in response.text + str(response.headers)
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert response.json()["status"] == response.status_code


@pytest.mark.parametrize("written", ["{}", "fc1_{}", "{}x", "a.{}.b", "\\n{}", "escaped"])
@pytest.mark.parametrize("path_", ["/weights", "/advise"])
def test_a_key_in_a_body_is_refused_for_answers_repeat_its_members_in_urls(guarded, path_, written):
    name = f"\\u{ord(KEY[0]):04x}{KEY[1:]}" if written == "escaped" else written.format(KEY)
    of_path = '"initializer": "zeros"' if path_ == "/weights" else '"layer": "Linear"'
    body = f'{{{of_path}, "shape": [2, 3], "name": "{name}"}}'.encode()
    fields = {"Content-Type": "application/json", **_bearer(KEY)}
    response = _problem(guarded.post(path_, content=body, headers=fields), "key-in-url", 400)

    assert KEY not in response.text + str(response.headers)


@pytest.mark.parametrize("resource", [RAW, LARGE])
def test_a_reply_to_a_key_is_for_its_client_alone(guarded, resource):
    headers = guarded.get(resource, headers=_bearer(KEY)).headers

    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Authorization" in headers["Vary"].split(", ")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "resource",
    [*RESOURCES, "/problems/overloaded", "/docs/assets/swagger-ui.css", "/weights/normal?shape=2", "/advise"],
)
def test_so_is_any_other(guarded, method, resource):
    headers = guarded.request(method, resource, headers=_bearer(KEY)).headers
    directives = headers["Cache-Control"].split(", ")

    assert directives[0] == "private"
    assert "public" not in directives
    assert directives.count("no-store") <= 1
    assert "Authorization" in headers["Vary"].split(", ")


@pytest.mark.parametrize("path_", ["/weights", "/advise"])
def test_so_is_that_to_a_post(guarded, path_):
    body = {"initializer": "zeros", "shape": [2]} if path_ == "/weights" else {"layer": "Linear", "shape": [2, 3]}

    assert guarded.post(path_, json=body, headers=_bearer(KEY)).headers["Cache-Control"].startswith("private, no-")


@pytest.mark.parametrize("resource", [RAW, LARGE, "/docs/assets/swagger-ui.css"])
def test_so_is_a_304(guarded, resource):
    tag = guarded.get(resource, headers=_bearer(KEY)).headers["ETag"]
    response = guarded.get(resource, headers={**_bearer(KEY), "If-None-Match": tag})

    assert response.status_code == 304
    assert response.headers["Cache-Control"].split(", ")[0] == "private"
    assert "Authorization" in response.headers["Vary"].split(", ")


def test_without_keys_a_field_authorization_changes_nothing(client):
    plain, with_field = client.get(RAW), client.get(RAW, headers=_bearer("of-another-server"))

    assert plain.content == with_field.content
    assert (
        plain.headers["Cache-Control"] == with_field.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    )


def test_the_bytes_are_those_without_keys(guarded, client):
    for resource in (RAW, LARGE):
        assert guarded.get(resource, headers=_bearer(KEY)).content == client.get(resource).content


def test_a_page_of_another_origin_may_ask_with_its_key_and_read_why_it_is_refused(guarded):
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    preflight |= {"Access-Control-Request-Headers": "authorization"}

    assert guarded.options(RAW, headers=preflight).status_code == 204
    assert guarded.get(RAW, headers=preflight).headers["Access-Control-Allow-Origin"] == "*"


def test_refusals_are_counted(path):
    app = create_app(Settings(api_keys_file=path))
    with TestClient(app) as client:
        client.get(RAW)
        client.get(RAW, headers=_bearer(METRICS_KEY))
        client.get("/weights/normal?api_key=1")

    for reason in ("key-required", "key-not-allowed", "key-in-url"):
        assert app.measurements.total("fanin_refusals", reason) == 1
