"""Spans of a real server, sent to a collector of the test's own."""

import gzip
import importlib.util
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.observability.tracing import telemetry
from tests.serving import get, serving, until

KEY = "the-key-of-alice-4242"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}


def _nothing(scope):
    return False


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_SERVICE_NAME": "fanin"}, False),
    ],
)
def test_spans_are_made_where_the_environment_says_where_they_go(environment, wanted):
    config = telemetry(environment, _nothing)

    assert config["tracing"] is wanted
    assert not config["metrics"]
    assert not config["logs"]


def test_without_the_extra_none_are_made_and_the_log_says_what_to_install(monkeypatch, caplog):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert not telemetry(ENDPOINT, _nothing)["tracing"]
    assert "fanin[tracing]" in caplog.text


@pytest.fixture
def collector():
    """The URL of a collector, and the bodies that it was sent."""
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


@pytest.mark.slow
def test_a_request_is_a_span_of_its_route_within_its_clients_trace_and_no_key_is_sent(collector, monkeypatch, tmp_path):
    url, received = collector
    for name, value in {"EXPORTER_OTLP_ENDPOINT": url, "BSP_SCHEDULE_DELAY": "100", "SERVICE_NAME": "fanin"}.items():
        monkeypatch.setenv(f"OTEL_{name}", value)
    keys = tmp_path / "keys"
    keys.write_text(f"alice:{KEY}\n")
    trace = "0af7651916cd43dd8448eb211c80319c"
    fields = [f"Authorization: Bearer {KEY}", f"traceparent: 00-{trace}-b7ad6b7169203331-01"]
    with serving(tmp_path, api_keys_file=keys) as served:
        for target in (f"/weights/normal?shape=2&api_key={KEY}", f"/weights/normal?shape=2&name={KEY}", "/livez"):
            get(served.url, target, fields)
        assert get(served.url, "/weights/normal?shape=300000&seed=1&format=npy", fields)[0] == 200
        until(lambda: b"/weights/{initializer" in b"".join(received))

    spans = b"".join(received)
    assert bytes.fromhex(trace) in spans
    assert spans.count(b"http.route") == 1
    assert b"/livez" not in spans
    assert KEY.encode() not in spans
