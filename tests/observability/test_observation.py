"""What the application counts of its requests and replies."""

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings

WEIGHTS = "/weights/{initializer}"
RAW = "/weights/normal?shape=100&seed=1&format=raw"


@pytest.fixture
def observed():
    """An application of a test's own, and its numbers."""
    app = create_app(Settings(max_elements=10**6))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, app.measurements


@pytest.mark.parametrize(
    ("method", "path", "fields", "route", "status"),
    [
        ("GET", RAW, {}, WEIGHTS, "200"),
        ("GET", RAW.replace("normal", "randn"), {}, WEIGHTS, "200"),
        ("HEAD", RAW, {}, WEIGHTS, "200"),
        ("GET", RAW, {"Range": "bytes=0-9"}, WEIGHTS, "206"),
        ("GET", RAW, {"If-None-Match": "*"}, WEIGHTS, "304"),
        ("GET", "/weights/nothing?shape=2", {}, WEIGHTS, "404"),
        ("DELETE", RAW, {}, WEIGHTS, "405"),
        ("POST", "/weights", {}, "/weights", "415"),
        ("GET", "/livez", {}, "/livez", "200"),
        ("GET", "/livez/", {}, "/livez", "200"),
        ("GET", "/docs/assets/swagger-ui.css", {}, "/docs/assets/{path}", "200"),
        ("GET", "/initializers/zeros", {}, "/initializers/{initializer}", "200"),
        ("GET", "/nowhere", {}, "other", "404"),
        ("GET", "/livez/more", {}, "other", "404"),
        ("OPTIONS", RAW, {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}, "other", "204"),
    ],
)
def test_a_request_counts_for_the_template_of_its_route(observed, method, path, fields, route, status):
    client, measurements = observed
    client.request(method, path, headers=fields)

    counted = method if method != "DELETE" else "other"
    assert measurements.total("fanin_http_requests", route, counted, status) == 1
    assert measurements.total("fanin_http_request_duration_seconds", route) == 1
    assert measurements.total("fanin_http_first_byte_seconds", route) == 1
    assert measurements.total("fanin_http_requests_in_progress") == 0


@pytest.mark.parametrize(
    ("target", "fields", "format_", "nbytes", "elements"),
    [
        ("shape=100&format=raw", {}, "raw", 400, 100),
        ("shape=300000&format=raw", {}, "raw", 1_200_000, 300_000),
        ("shape=300000&format=raw&slice=0:1000", {}, "raw", 4000, 1000),
        ("shape=100&format=raw", {"Range": "bytes=0-99"}, "raw", 100, 25),
        ("shape=300000&format=raw", {"Range": "bytes=0-599999"}, "raw", 600_000, 150_000),
        ("shape=100&format=raw", {"If-None-Match": "*"}, "raw", 0, 0),
        ("shape=100&format=raw", {"Range": "bytes=400-"}, "raw", 0, 0),
    ],
)
def test_bytes_and_elements_count_by_format_and_scheme(observed, target, fields, format_, nbytes, elements):
    client, measurements = observed
    client.get(f"/weights/randn?seed=1&{target}", headers=fields)

    assert measurements.total("fanin_tensor_bytes", format_, "normal") == nbytes
    assert measurements.total("fanin_tensor_elements", format_, "normal") == elements


def test_the_elements_of_a_text_are_those_of_the_tensor(observed):
    client, measurements = observed
    body = client.get("/weights/zeros?shape=3,4").content

    assert measurements.total("fanin_tensor_bytes", "json", "zeros") == len(body)
    assert measurements.total("fanin_tensor_elements", "json", "zeros") == 12


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/weights/nothing?shape=2", "unknown-initializer"),
        ("/weights/zeros?shape=2&sede=1", "invalid-request"),
        ("/weights/zeros?shape=1000001&format=raw", "over-limit"),
        ("/weights/zeros?shape=2&format=npy&dtype=bfloat16", "not-acceptable"),
    ],
)
def test_a_refusal_counts_by_its_type(observed, path, reason):
    client, measurements = observed
    assert client.get(path).status_code >= 400

    assert measurements.total("fanin_refusals", reason) == 1


@pytest.mark.parametrize(
    ("path", "queue"),
    [
        ("/weights/normal?shape=300000&format=raw", "quick pieces"),
        ("/weights/orthogonal?shape=300,300&format=raw", "quick preparations"),
    ],
)
def test_the_time_of_generators_and_of_their_queues_counts(observed, path, queue):
    client, measurements = observed
    before = measurements.total("fanin_generator_seconds")
    client.get(path)

    assert measurements.total("fanin_queue_wait_seconds", queue) >= 1
    assert measurements.total("fanin_generator_seconds") > before
    assert measurements.total("fanin_queue_length", queue) == 0
    assert measurements.total("fanin_streams") == measurements.total("fanin_bytes_in_flight") == 0


def test_a_small_tensor_is_a_generators_work_too(observed):
    client, measurements = observed
    client.get(RAW)

    assert measurements.total("fanin_generator_seconds") > 0


def test_an_unexpected_error_counts_as_such():
    app = create_app(Settings())

    async def fail(request):
        raise NotImplementedError

    app.add_route("/fail", fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.get("/fail")

    assert app.measurements.total("fanin_http_requests", "other", "GET", "500") == 1
    assert app.measurements.total("fanin_refusals", "internal-error") == 1
    assert app.measurements.total("fanin_http_requests_in_progress") == 0


def test_a_folder_that_cannot_be_used_leaves_a_process_with_its_own_numbers(tmp_path):
    app = create_app(Settings(metrics_directory=tmp_path / "nowhere"))
    with TestClient(app) as client:
        client.get("/livez")

    assert app.measurements.total("fanin_http_requests", "/livez", "GET", "200") == 1
