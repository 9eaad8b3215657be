"""Pages of other origins: what the Fetch standard has a server say, and what a browser makes of it."""

from __future__ import annotations

import html
import json
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.programs import program

RAW = "/weights/normal?shape=100&seed=1&format=raw"
ORIGIN = {"Origin": "https://example.org"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "GET"}

REQUESTS = [
    pytest.param(method, path, fields, status, id=f"{method} {status} {path.partition('?')[0]}")
    for method, path, fields, status in [
        ("GET", RAW, {}, 200),
        ("GET", "/weights/normal?shape=300000&seed=1&format=raw", {}, 200),
        ("HEAD", RAW, {}, 200),
        ("GET", RAW, {"Range": "bytes=0-9"}, 206),
        ("GET", RAW, {"If-None-Match": "*"}, 304),
        ("GET", "/weights/nothing?shape=2", {}, 404),
        ("GET", "/nowhere", {}, 404),
        ("DELETE", RAW, {}, 405),
        ("GET", RAW.replace("raw", "json") + "&dtype=complex64", {}, 406),
        ("GET", RAW, {"If-Match": '"a"'}, 412),
        ("POST", "/weights", {}, 415),
        ("GET", RAW, {"Range": "bytes=400-"}, 416),
        ("GET", "/weights/normal?shape=x", {}, 422),
        ("GET", "/initializers", {}, 200),
        ("GET", "/openapi.json", {}, 200),
        ("GET", "/livez", {}, 200),
        ("GET", "/docs", {}, 200),
        ("GET", "/", {"Accept": "text/html"}, 200),
        ("GET", "/explorer/main.js", {}, 200),
    ]
]


@pytest.mark.parametrize("origin", [ORIGIN, {}], ids=["with Origin", "without Origin"])
@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_any_page_may_read_any_reply_and_all_its_headers(client, method, path, fields, status, origin):
    response = client.request(method, path, headers={**fields, **origin})

    assert response.status_code == status
    assert response.headers.get_list("Access-Control-Allow-Origin") == ["*"]
    assert response.headers.get_list("Access-Control-Expose-Headers") == ["*"]
    assert response.headers.get_list("Timing-Allow-Origin") == ["*"]


def test_a_page_may_read_that_the_server_failed():
    app = create_app(Settings())

    async def fail(request):
        raise NotImplementedError

    app.add_route("/fail", fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/fail", headers=ORIGIN)

    assert response.status_code == 500
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_no_reply_depends_on_who_asks_nor_takes_credentials(client, method, path, fields, status):
    headers = client.request(method, path, headers={**fields, **ORIGIN}).headers

    assert "Access-Control-Allow-Credentials" not in headers
    assert "origin" not in headers.get("Vary", "").lower()


@pytest.mark.parametrize("path", [RAW, "/weights", "/initializers", "/livez", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_preflight_allows_the_methods_there_are(client, path, method):
    response = client.options(path, headers={**PREFLIGHT, "Access-Control-Request-Method": method})
    allowed = response.headers["Access-Control-Allow-Methods"].split(", ")

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert method in allowed


@pytest.mark.parametrize("names", ["range", "if-none-match,if-match,if-range", "content-type", "x-of-my-own"])
def test_a_preflight_allows_any_header(client, names):
    response = client.options(RAW, headers={**PREFLIGHT, "Access-Control-Request-Headers": names})

    assert "*" in response.headers["Access-Control-Allow-Headers"].split(", ")


def test_a_preflight_allows_a_key_which_an_asterisk_does_not(client):
    response = client.options(RAW, headers={**PREFLIGHT, "Access-Control-Request-Headers": "authorization"})

    assert "Authorization" in response.headers["Access-Control-Allow-Headers"].split(", ")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS"])
def test_a_preflight_allows_no_other_method(client, method):
    response = client.options(RAW, headers={**PREFLIGHT, "Access-Control-Request-Method": method})

    assert method not in response.headers["Access-Control-Allow-Methods"].split(", ")


def test_a_preflight_may_be_remembered(client):
    assert int(client.options(RAW, headers=PREFLIGHT).headers["Access-Control-Max-Age"]) >= 600


def test_options_that_are_no_preflight_are_a_method_that_is_not_there(client):
    response = client.options(RAW, headers=ORIGIN)

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


OTHER = {"Origin": "https://example.com"}


@pytest.fixture(scope="module")
def closed_client():
    """A client of an application that pages of two origins may read."""
    settings = Settings(cors_origins="https://example.org, http://localhost:8080")
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("origin", ["https://example.org", "http://localhost:8080"])
@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_a_page_of_an_allowed_origin_may_read_any_reply(closed_client, method, path, fields, status, origin):
    headers = closed_client.request(method, path, headers={**fields, "Origin": origin}).headers

    assert headers.get_list("Access-Control-Allow-Origin") == [origin]
    assert (headers["Access-Control-Expose-Headers"], headers["Timing-Allow-Origin"]) == ("*", origin)
    assert "Origin" in headers["Vary"].split(", ")


@pytest.mark.parametrize(
    "origin", [OTHER, {}, {"Origin": "null"}, {"Origin": "https://example.org.evil"}, {"Origin": "*"}]
)
@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_no_other_page_may(closed_client, method, path, fields, status, origin):
    headers = closed_client.request(method, path, headers={**fields, **origin}).headers

    assert not {name for name in headers if name.startswith("access-control") or name == "timing-allow-origin"}
    assert "Origin" in headers["Vary"].split(", ")


def test_a_preflight_of_an_allowed_origin_is_answered_and_of_another_refused(closed_client):
    allowed, refused = (closed_client.options(RAW, headers={**PREFLIGHT, **o}).headers for o in (ORIGIN, OTHER))

    assert (allowed["Access-Control-Allow-Origin"], allowed["Vary"]) == ("https://example.org", "Origin")
    assert "Access-Control-Allow-Origin" not in refused
    assert refused["Vary"] == "Origin"


def test_without_origins_no_page_may_read():
    with TestClient(create_app(Settings(cors_origins=""))) as client:
        assert "Access-Control-Allow-Origin" not in client.get(RAW, headers=ORIGIN).headers


PAGE = """<!doctype html>
<title>A page of another origin</title>
<pre id="results">nothing yet</pre>
<script>
async function ask(target, options) {
  const url = SERVER + target, reply = await fetch(url, {cache: "no-store", ...options});
  const body = Array.from(new Uint8Array(await reply.arrayBuffer()));
  const metrics = performance.getEntriesByName(url).flatMap(entry => entry.serverTiming).map(timing => timing.name);
  return {status: reply.status, headers: Object.fromEntries(reply.headers), body, metrics};
}
(async () => {
  const results = {origin: location.origin};
  for (const [name, [target, options]] of Object.entries(REQUESTS))
    results[name] = await ask(target, options).catch(error => ({error: String(error)}));
  document.getElementById("results").textContent = JSON.stringify(results);
})();
</script>
"""

ASKED = {
    "whole": (RAW, {}),
    "part": (RAW, {"headers": {"Range": "bytes=0-9"}}),
    "end": (RAW, {"headers": {"Range": "bytes=-10"}}),
    "unsatisfiable": (RAW, {"headers": {"Range": "bytes=400-"}}),
    "not modified": (RAW, {"headers": {"If-None-Match": "*"}}),
    "failed": (RAW, {"headers": {"If-Match": '"a"'}}),
    "head": (RAW, {"method": "HEAD"}),
    "large": ("/weights/normal?shape=300,1000&seed=1&format=npy", {}),
    "unknown": ("/weights/nothing?shape=2", {}),
    "posted": (
        "/weights",
        {
            "method": "POST",
            "headers": {"Content-Type": "application/json"},
            "body": '{"initializer": "normal", "shape": [100], "seed": 1, "format": "raw"}',
        },
    ),
}


@pytest.fixture(scope="module")
def seen(server, tmp_path_factory):
    """What a page of another origin gets of each of `ASKED`, in a headless browser."""
    page = PAGE.replace("SERVER", json.dumps(server)).replace("REQUESTS", json.dumps(ASKED)).encode()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(page)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        threading.Thread(target=pages.serve_forever).start()
        try:
            results = _results(f"http://127.0.0.1:{pages.server_port}", tmp_path_factory.mktemp("profile"))
        finally:
            pages.shutdown()
    assert results.pop("origin") != server
    return results


def _results(url, profile):
    command = [
        program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
        f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--virtual-time-budget=10000", "--dump-dom", url,
    ]  # fmt: skip
    page = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode()
    return json.loads(html.unescape(re.search(r'<pre id="results">(.*?)</pre>', page, re.DOTALL)[1]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "status"),
    [("whole", 200), ("part", 206), ("end", 206), ("unsatisfiable", 416), ("not modified", 304), ("failed", 412),
     ("head", 200), ("large", 200), ("unknown", 404), ("posted", 200)],
)  # fmt: skip
def test_a_page_of_another_origin_sees_the_status(seen, name, status):
    assert seen[name].get("status") == status, seen[name]


@pytest.mark.slow
def test_a_page_of_another_origin_gets_the_bytes(seen, client):
    whole = list(client.get(RAW).content)

    assert seen["whole"]["body"] == seen["posted"]["body"] == whole
    assert (seen["part"]["body"], seen["end"]["body"]) == (whole[:10], whole[-10:])
    assert bytes(seen["large"]["body"]) == client.get(ASKED["large"][0]).content


@pytest.mark.slow
@pytest.mark.parametrize("name", ["whole", "part", "end", "head", "large", "posted"])
def test_a_page_of_another_origin_reads_what_describes_the_tensor(seen, client, name):
    target = RAW if name != "large" else ASKED["large"][0]
    described = {key: value for key, value in client.head(target).headers.items() if key.startswith("fanin-")}

    assert len(described) > 5
    assert seen[name]["headers"].items() >= described.items()
    assert seen[name]["headers"]["content-location"] == client.head(target).headers["Content-Location"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["whole", "part", "end", "head", "not modified"])
def test_a_page_of_another_origin_reads_the_entity_tag(seen, client, name):
    assert seen[name]["headers"]["etag"] == client.head(RAW).headers["ETag"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [("part", "bytes 0-9/400"), ("end", "bytes 390-399/400"), ("unsatisfiable", "bytes */400")],
)
def test_a_page_of_another_origin_reads_the_content_range(seen, name, value):
    assert seen[name]["headers"]["content-range"] == value


@pytest.mark.slow
def test_a_page_of_another_origin_reads_a_problem(seen):
    assert json.loads(bytes(seen["unknown"]["body"]))["type"] == "/problems/unknown-initializer"


@pytest.mark.slow
def test_a_page_of_another_origin_sees_how_long_it_took(seen):
    assert {"spec", "make"} <= set(seen["large"]["metrics"])
