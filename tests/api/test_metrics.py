"""`/metrics`, read by Prometheus's own parsers, of one process and of several."""

import os
import signal
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.serving import asking, get, sending, serving, until

LONG = "/weights/normal?shape=16777216,64&seed=1&format=raw"


def _value(url, name, **labels):
    text = get(url, "/metrics")[2].decode()
    samples = [sample for family in parse_text(text) for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def test_the_reply_is_text_for_prometheus_and_not_kept(client):
    response = client.get("/metrics")

    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert response.headers["Cache-Control"] == "no-store"
    assert {family.name for family in parse_text(response.text)} >= {"fanin_http_requests", "fanin_build_info"}


def test_it_is_openmetrics_where_that_is_accepted(client):
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert response.headers["Content-Type"].startswith("application/openmetrics-text")
    assert "fanin_http_requests" in {family.name for family in parse_openmetrics(response.text)}


def test_a_query_is_not_read(client):
    assert client.get("/metrics?name[]=fanin_streams").status_code == 422


def test_no_path_that_a_client_makes_up_becomes_a_label(client):
    for path in ("/made-up", "/weights/made-up?shape=2", "/initializers/made-up", "/docs/assets/made-up"):
        client.get(path)
    client.request("MADE-UP", "/livez")

    assert "made-up" not in client.get("/metrics").text.lower()


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """A server with two workers, and the folder for temporary files that it has."""
    folder = tmp_path_factory.mktemp("workers")
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        with serving(folder, workers=2) as served:
            until(lambda: _value(served.url, "fanin_workers") == 2)
            yield served, folder
    finally:
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
    assert not list(folder.glob("fanin-metrics-*"))


@pytest.mark.slow
def test_whichever_worker_answers_tells_what_all_have_counted(workers):
    served, _ = workers
    before = _value(served.url, "fanin_http_requests_total", route="/livez")
    for _ in range(40):
        get(served.url, "/livez")

    assert {_value(served.url, "fanin_http_requests_total", route="/livez") for _ in range(10)} == {before + 40}


@pytest.mark.slow
def test_what_a_killed_worker_has_counted_stays_and_what_it_held_is_gone(workers):
    served, folder = workers
    with sending(served.url, LONG, receive_buffer=2**16) as stalled:
        assert stalled.recv(1)
        until(lambda: _value(served.url, "fanin_streams") == 1)
        before = _value(served.url, "fanin_http_requests_total", route="/livez")
        for child in Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text().split():
            if b"multiprocessing.spawn" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
    until(lambda: _answers(served.url) and _value(served.url, "fanin_workers") == 2, seconds=120)

    assert _value(served.url, "fanin_http_requests_total", route="/livez") == before
    assert _value(served.url, "fanin_streams") == _value(served.url, "fanin_bytes_in_flight") == 0
    assert len(list(next(folder.glob("fanin-metrics-*")).iterdir())) == 2


def _answers(url):
    try:
        with asking(url, "/readyz", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.mark.slow
def test_a_client_that_goes_away_counts_as_a_disconnection(server):
    before = _value(server, "fanin_disconnects_total", cause="client")
    with sending(server, LONG) as connection:
        assert connection.recv(1)

    until(lambda: _value(server, "fanin_disconnects_total", cause="client") == before + 1)
