"""What is counted, as Prometheus's own parser reads it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.observability.collector import Exposition
from service.observability.families import Vocabulary
from service.observability.measurements import Measurements

WORDS = Vocabulary({"/a": ["GET", "POST"]}, ["npy"], ["zeros"], ["over-limit"], ["pieces"])


@pytest.fixture
def measurements():
    return Measurements(WORDS)


def _samples(measurements):
    text = Exposition(measurements, {"version": "1"}).render("")[0].decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _requests(measurements):
    return {key[1:]: value for key, value in _samples(measurements).items() if key[0] == "fanin_http_requests_total"}


def test_what_is_expected_is_told_before_it_has_happened(measurements):
    told = _requests(measurements)

    assert set(told.values()) == {0}
    assert {(dict(labels)["method"], dict(labels)["status"]) for labels in told} == {
        (method, status) for method in ("GET", "POST") for status in ("200", "500", "503")
    }


def test_a_request_counts_by_route_method_and_status(measurements):
    measurements.began()
    measurements.answered("/a", "GET", 404, 0.003, 0.2)
    samples = _samples(measurements)

    key = ("fanin_http_requests_total", ("method", "GET"), ("route", "/a"), ("status", "404"))
    assert samples[key] == 1
    assert samples["fanin_http_requests_in_progress",] == 0


@pytest.mark.parametrize(
    ("route", "method", "status", "labels"),
    [
        ("/b", "GET", 200, ("GET", "other", "200")),
        ("/a", "BREW", 405, ("other", "/a", "405")),
        ("/a", "GET", 418, ("GET", "/a", "other")),
        ("/b", "BREW", 418, ("other", "other", "other")),
    ],
)
def test_what_has_no_label_of_its_own_is_another(measurements, route, method, status, labels):
    measurements.answered(route, method, status, 0.1, 0.1)

    key = tuple(zip(("method", "route", "status"), labels, strict=True))
    assert _requests(measurements)[key] == 1


@pytest.mark.parametrize(
    ("seconds", "bound"), [(0, "0.0005"), (0.0005, "0.0005"), (0.0006, "0.001"), (300, "300.0"), (301, "+Inf")]
)
def test_a_time_is_in_the_first_bucket_that_holds_it(measurements, seconds, bound):
    measurements.answered("/a", "GET", 200, seconds, 0.1)
    samples = _samples(measurements)
    name = "fanin_http_first_byte_seconds"
    buckets = {
        dict(key[1:])["le"]: value
        for key, value in samples.items()
        if key[0] == f"{name}_bucket" and ("route", "/a") in key
    }

    assert next(le for le, value in buckets.items() if value) == bound
    assert samples[f"{name}_count", ("route", "/a")] == buckets["+Inf"] == 1
    assert samples[f"{name}_sum", ("route", "/a")] == seconds


def test_a_request_without_a_reply_has_no_first_byte(measurements):
    measurements.answered("/a", "GET", 499, None, 0.1)

    assert measurements.total("fanin_http_first_byte_seconds", "/a") == 0
    assert measurements.total("fanin_http_request_duration_seconds", "/a") == 1


def test_a_tensor_counts_by_format_and_initializer(measurements):
    measurements.sent("npy", "zeros", 1000, 250)
    measurements.sent("npy", "zeros", 10, 2.5)
    labels = (("format", "npy"), ("initializer", "zeros"))

    samples = _samples(measurements)
    assert (samples["fanin_tensor_bytes_total", *labels], samples["fanin_tensor_elements_total", *labels]) == (
        1010,
        252.5,
    )


def test_what_is_in_flight_is_the_last_that_was_told(measurements):
    measurements.in_flight(3, 2**40)
    measurements.in_flight(1, 2**20)

    samples = _samples(measurements)
    assert (samples["fanin_streams",], samples["fanin_bytes_in_flight",]) == (1, 2**20)


def test_refusals_and_disconnects_count_by_their_reasons(measurements):
    measurements.refused("over-limit")
    measurements.refused("of-another-kind")
    measurements.disconnected("stall")

    assert measurements.total("fanin_refusals", "over-limit") == measurements.total("fanin_refusals", "other") == 1
    assert measurements.total("fanin_disconnects", "stall") == 1


def test_work_waits_until_a_thread_begins_it(measurements):
    waiting = measurements.wait("pieces")
    assert measurements.total("fanin_queue_length", "pieces") == 1

    assert waiting.around(lambda number: number + 1)(2) == 3
    waiting.drop()

    assert measurements.total("fanin_queue_length", "pieces") == 0
    assert measurements.total("fanin_queue_wait_seconds", "pieces") == 1
    assert measurements.total("fanin_generator_seconds") > 0


def test_work_that_is_dropped_before_it_begins_waits_no_longer_and_felt_no_wait(measurements):
    executor, busy = ThreadPoolExecutor(1), threading.Event()
    executor.submit(busy.wait)
    waiting = measurements.wait("pieces")
    future = executor.submit(waiting.around(list))
    future.add_done_callback(waiting.drop)
    future.cancel()
    busy.set()
    executor.shutdown()

    assert measurements.total("fanin_queue_length", "pieces") == 0
    assert measurements.total("fanin_queue_wait_seconds", "pieces") == 0


def test_threads_lose_no_count(measurements):
    def work(_):
        for _ in range(2000):
            measurements.wait("pieces").around(int)()

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(work, range(4)))

    assert measurements.total("fanin_queue_wait_seconds", "pieces") == 8000
    assert measurements.total("fanin_queue_length", "pieces") == 0


def test_workers_count_together(tmp_path):
    first, second = Measurements(WORDS, tmp_path), Measurements(WORDS, tmp_path)
    for measurements in (first, second):
        measurements.refused("over-limit")
        measurements.in_flight(1, 10)

    for measurements in (first, second):
        samples = _samples(measurements)
        assert samples["fanin_refusals_total", ("reason", "over-limit")] == 2
        assert (samples["fanin_bytes_in_flight",], samples["fanin_workers",]) == (20, 2)


def test_what_was_built_is_told(measurements):
    assert _samples(measurements)["fanin_build_info", ("version", "1")] == 1
