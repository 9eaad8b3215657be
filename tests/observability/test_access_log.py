"""The log of requests."""

import json
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from service.access.key_search import KeySearch
from service.access.keys import parse_keys
from service.app import create_app
from service.observability.access_log import AccessLog
from service.observability.exchange import SUBJECT, Exchange, Subject
from service.observability.lines import LineWriter
from service.settings import Settings

KEY = "the-key-of-alice-42"
WORDY = "a-key-without-digits"
METRICS_KEY, OLD_KEY = "the-key-of-prometheus", "the-key-of-carol"
RAW = "/weights/randn?format=raw&shape=100&seed=1"


class _Log:
    """An application of a test's own with keys, and what its log says."""

    def __init__(self, path, patch):
        path.write_text(
            f"alice:{KEY}\nbob:{WORDY}\nprometheus:{METRICS_KEY} only=metrics\ncarol:{OLD_KEY} until=2020-01-01\n"
        )
        patch.setattr(LineWriter, "put", lambda writer, line: self._put(line))
        self.app = create_app(Settings(api_keys_file=path, access_log="json"))
        self.text = b""

    def _put(self, line):
        assert line.count(b"\n") == 1
        assert line.endswith(b"\n")
        self.text += line

    def last(self):
        return json.loads(self.text.splitlines()[-1])


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        log = _Log(tmp_path_factory.mktemp("log") / "keys", patch)
        with TestClient(log.app, raise_server_exceptions=False, client=("2001:db8::1", 4711)) as client:
            client.headers["Authorization"] = f"Bearer {KEY}"
            yield client, log


def test_a_line_tells_who_asked_for_what_and_what_came_of_it(logged):
    client, log = logged
    response = client.get(RAW, headers={"X-Request-ID": "mine", "User-Agent": "curl/8"})
    line = log.last()

    assert datetime.fromisoformat(line.pop("time")).utcoffset().total_seconds() == 0
    assert 0 <= line.pop("first_byte_ms") <= line.pop("total_ms") < 60_000
    assert line == {
        "id": "mine",
        "client": "alice",
        "address": "2001:db8::1",
        "method": "GET",
        "route": "/weights/{initializer}",
        "url": response.headers["Content-Location"],
        "status": 200,
        "bytes": 400,
        "complete": True,
        "queue_ms": None,
        "user_agent": "curl/8",
    }


@pytest.mark.parametrize(
    ("method", "path", "url"),
    [
        ("GET", "/initializers/zeros", "/initializers/zeros"),
        ("GET", "/advise?layer=Linear&shape=2,3", "/advise"),
        ("GET", "/weights/made-up?shape=2", "/weights/{initializer}"),
        ("GET", "/made-up?password-of-another=server", "other"),
        ("GET", "/weights/normal?shape=2&sede=1", "/weights/{initializer}"),
        ("POST", "/weights?shape=2", "/weights"),
    ],
)
def test_a_url_is_told_as_far_as_it_was_understood(logged, method, path, url):
    client, log = logged
    client.request(method, path)

    assert log.last()["url"] == url


def test_a_reply_that_waited_for_a_thread_tells_how_long(logged):
    client, log = logged
    client.get("/weights/normal?shape=300000&seed=1&format=raw")

    assert log.last()["queue_ms"] >= 0
    assert log.last()["bytes"] == 1_200_000


def test_a_client_without_a_key_is_its_subnet(logged):
    client, log = logged
    client.get("/livez", headers={"Authorization": ""})

    assert (log.last()["client"], log.last()["address"]) == ("2001:db8::/64", "2001:db8::1")


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (b"a\x1b[2Jb", "a?[2Jb"),
        (b'quote " and \\', 'quote " and \\'),
        (b"a\x7fb", "a?b"),
        (b"x" * 300, "x" * 200 + "..."),
        (b"", ""),
        (KEY.encode(), "*" * len(KEY)),
        (f"a{KEY}b/1".encode(), "*" * (len(KEY) + 2) + "/1"),
        (f"{'z/' * 95}{KEY}".encode(), "z/" * 95 + "*" * 10 + "..."),
        (f"{'z/' * 95}{WORDY}".encode(), "z/" * 95 + "*" * 10 + "..."),
        (f"{'z/' * 100}{KEY}".encode(), "z/" * 100 + "..."),
        (b"curl/8.14.1 an-old-key-of-alice-41", "curl/8.14.1 " + "*" * 22),
        (b"half of a key: " + KEY[:16].encode() + b"1", "half of a key: " + "*" * 17),
        (b"Apache-HttpClient/4.5.13 (Java/17.0.9)", "Apache-HttpClient/4.5.13 (Java/17.0.9)"),
        (b"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"),
    ],
)
def test_what_a_client_says_of_itself_is_cut_and_cannot_steer_a_terminal(logged, agent, told):
    client, log = logged
    client.get("/livez", headers={"User-Agent": agent})

    assert log.last()["user_agent"] == told
    assert log.text.isascii()


def test_a_line_is_short_enough_to_be_written_at_once(logged):
    client, log = logged
    client.get(f"/weights/normal?shape=2&seed=1&name={'é' * 2000}", headers={"User-Agent": "y" * 10_000})

    assert len(log.text.splitlines()[-1]) < 4096


@pytest.mark.slow
def test_the_key_is_nowhere(logged):
    client, log = logged
    for path in (f"/{KEY}", f"/weights/normal?api_key={KEY}", f"/weights/normal?shape=2&name={KEY}"):
        client.get(path, headers={"X-Request-ID": KEY, "User-Agent": KEY, "Referer": KEY, "Cookie": KEY})
        client.get(path.replace(KEY, f"fc1_{KEY}x"), headers={"X-Request-ID": f"fc1_{KEY}x", "User-Agent": f"x{KEY}x"})
    client.post("/weights", json={"initializer": "zeros", "shape": [2], "name": KEY})

    assert log.last()["status"] == 400
    assert KEY.encode() not in log.text


@pytest.mark.parametrize("key", [KEY, WORDY])
@pytest.mark.parametrize("length", range(940, 1010, 3))
def test_no_part_of_a_key_is_at_the_end_of_a_url_that_is_cut(key, length):
    """What no reply gets so far would be masked all the same."""
    lines: list[bytes] = []
    exchange = Exchange({"type": "http", "method": "POST", "path": "/weights", "headers": []})
    exchange.scope[SUBJECT] = Subject("u" * length + key, "raw", "zeros", 2, 8)
    AccessLog(lines.append, KeySearch(parse_keys(f"a:{key}").keys).mask)(exchange)

    assert json.loads(lines[0])["url"].rstrip(".*") == "u" * min(length, 1000)


@pytest.mark.parametrize(("key", "name", "status"), [(METRICS_KEY, "prometheus", 403), (OLD_KEY, "carol", 401)])
def test_a_key_that_is_not_good_for_a_request_is_told_by_its_name(logged, key, name, status):
    client, log = logged
    client.get(RAW, headers={"Authorization": f"Bearer {key}"})

    assert (log.last()["client"], log.last()["status"]) == (name, status)


def test_what_is_no_key_of_the_file_leaves_the_client_its_address(logged):
    client, log = logged
    client.get(RAW, headers={"Authorization": "Bearer nobodys-key-4242"})

    assert (log.last()["client"], log.last()["status"]) == ("2001:db8::/64", 401)


def test_without_the_setting_there_is_no_log():
    assert create_app(Settings()).lines is None
