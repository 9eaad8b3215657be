"""Many clients at once, clients that leave, and more than there is room for."""

from __future__ import annotations

import io
import itertools
import json
import random
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlsplit

import ml_dtypes  # noqa: F401 (NumPy knows its types by name from here on)
import numpy as np
import pytest
import safetensors

from service.formats.registry import FORMATS
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from tests.serving import ANSWERING, admitted, asking, get, sending, serving, settled, until

pytestmark = pytest.mark.slow

TARGETS = [
    "he_normal?shape=512,1024&seed=1&format=npy",
    "he_normal?shape=512,1024&seed=1&name=other&format=npy",
    "glorot_uniform?shape=1000,300&seed=2&dtype=float64&format=safetensors",
    "truncated_normal?shape=900001&seed=3&dtype=float16&format=raw",
    "truncated_normal?shape=200,300,3,3&seed=4&low=-1&high=3&dtype=bfloat16&format=safetensors",
    "uniform?shape=700,300&seed=5",
    "normal?shape=20000&seed=6&flat=true&dtype=float64",
    "orthogonal?shape=256,300&seed=7&format=npy",
    "orthogonal?shape=512,128&gates=4&seed=8&format=safetensors",
    "orthogonal?shape=100,100&seed=9",
    "constant?shape=3000000&value=0.1&dtype=bfloat16&format=raw",
    "dirac?shape=64,64,5,5&format=safetensors",
    "identity?shape=1000,900&dtype=float8_e4m3fn&format=raw",
    "glorot_normal?shape=300,400&seed=10&dtype=complex64&format=npy",
    "he_uniform?shape=1024,1024&seed=11&slice=100:600,3:1000&format=npy",
    "normal?shape=40,50,60,70&seed=12&slice=3:30,...,7:60&format=raw",
    "lecun_normal?shape=200,300&seed=13&slice=10:150,5",
    "normal?shape=4000000&seed=14&slice=3000001:3400000&format=npy",
    "variance_scaling?shape=600,500&seed=15&scale=2&mode=fan_out&dtype=float8_e5m2&format=raw",
    "he_normal?shape=3,4&seed=16",
]


@cache
def _tensor(target):
    name, _, query = target.partition("?")
    return parse_tensor(name, Members(dict(parse_qsl(query)), in_body=False), 2)


@cache
def _rendered(target):
    """Return what the target's reply has to be, made here."""
    tensor, delivery = _tensor(target)
    return FORMATS[delivery.format or "json"].body(tensor, delivery.flat).render()


def _loaded(target, body):
    """Return what others read in a reply: NumPy, the safetensors library, Python's JSON."""
    tensor, delivery = _tensor(target)
    if delivery.format == "npy":
        return np.load(io.BytesIO(body))
    if delivery.format == "safetensors":
        ((_, held),) = safetensors.deserialize(body)
        return np.frombuffer(held["data"], tensor.spec.dtype.name).reshape(held["shape"])
    if delivery.format == "raw":
        return np.frombuffer(body, tensor.spec.dtype.name).reshape(tensor.shape)
    return np.array(json.loads(body)["data"], tensor.spec.dtype.name)


def _elements(target):
    """Return what they have to read: the elements of the whole tensor, indexed by NumPy."""
    query = dict(parse_qsl(target.partition("?")[2]))
    whole = _tensor(target.replace("&slice=" + query.get("slice", ""), ""))[0].read()
    if "flat" in query:
        return whole
    whole = whole.reshape(tuple(map(int, query["shape"].split(","))))
    return eval(f"whole[{query['slice']}]") if "slice" in query else whole


def _again_and_again_on_one_connection(url, target, generator):
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=ANSWERING)) as connection:
        bodies: list[bytes] = []
        fields: dict[str, str] = {}
        for expected in (200, 304, 200):
            connection.request("GET", target, headers=fields if expected == 304 else {})
            response = connection.getresponse()
            assert response.status == expected
            fields = {"If-None-Match": response.headers["ETag"]}
            bodies.append(response.read())
    assert bodies == [bodies[0], b"", bodies[0]]
    return bodies[0]


def _slowly(url, target, generator):
    parts = []
    with asking(url, target, receive_buffer=2**16) as response:
        assert response.status == 200
        while part := response.read(2**15):
            parts.append(part)
            time.sleep(0.002)
    return b"".join(parts)


def _over_http_1_0(url, target, generator):
    return get(url, target, version="1.0")[2]


def _in_ranges(url, target, generator):
    """Put a reply together from ranges, asked for in any order; one without ranges comes whole."""
    total = int(get(url, target, method="HEAD")[1].get("Content-Length", 1))
    cuts = [0, *sorted(generator.sample(range(1, total), min(3, total - 1))), total]
    parts = {}
    for first, end in generator.sample(list(itertools.pairwise(cuts)), len(cuts) - 1):
        status, headers, body = get(url, target, [f"Range: bytes={first}-{end - 1}"])
        if status == 200:
            assert headers["Accept-Ranges"] == "none"
            return body
        assert (status, headers["Content-Range"]) == (206, f"bytes {first}-{end - 1}/{total}")
        parts[first] = body
    return b"".join(parts[first] for first in sorted(parts))


def _leaving_in_the_middle(url, target, generator):
    with asking(url, target, receive_buffer=2**16) as response:
        assert response.status == 200
        return response.read(generator.randrange(1, 300_000))


WAYS = [_again_and_again_on_one_connection, _slowly, _over_http_1_0, _in_ranges, _leaving_in_the_middle]


def test_a_hundred_clients_at_once_have_the_right_bytes_each(server):
    clients = [(target, way) for target in TARGETS for way in WAYS]
    random.Random(1).shuffle(clients)
    expected = {target: _rendered(target) for target in TARGETS}
    together = threading.Barrier(len(clients))

    def ask(number):
        target, way = clients[number]
        together.wait(ANSWERING)
        return way(server, f"/weights/{target}", random.Random(number))

    with ThreadPoolExecutor(len(clients)) as pool:
        bodies = list(pool.map(ask, range(len(clients))))

    assert len(clients) == 100
    for (target, way), body in zip(clients, bodies, strict=True):
        if way is _leaving_in_the_middle:
            assert body
            assert body == expected[target][: len(body)], target
        else:
            assert body == expected[target], (target, way.__name__)


@pytest.mark.parametrize("target", TARGETS)
def test_what_the_clients_have_is_what_others_load(target):
    """With the test above: what came over the wire is what is loaded here."""
    loaded, elements = _loaded(target, _rendered(target)), _elements(target)

    assert loaded.shape == elements.shape
    assert loaded.tobytes() == elements.tobytes()


HUGE = "/weights/normal?shape=34359738368&seed=1&format=raw"
"""128 GiB: a server that goes on making it when the client has left is at work for a long time."""

LEFT = [HUGE, "/weights/normal?shape=16777216&seed=1", "/weights/orthogonal?shape=1500,1500&seed=1&format=raw"]


def _leave_before_anything_comes(url, target):
    with sending(url, target):
        pass


def _leave_after_the_head(url, target):
    with admitted(url, target) as response:
        assert response.status == 200


def _leave_within_the_body(url, target):
    with admitted(url, target, receive_buffer=2**16) as response:
        assert len(response.read(2**20)) == 2**20


def _break_the_connection(url, target):
    """Close with a reset, as a client does that is killed."""
    with sending(url, target, receive_buffer=2**16) as connection:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


LEAVING = [_leave_before_anything_comes, _leave_after_the_head, _leave_within_the_body, _break_the_connection]


def _leave_in_every_way(served):
    ways = [(target, way) for target in LEFT for way in LEAVING]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda case: case[1](served.url, case[0]), ways))


def _is_quiet(served):
    before = served.cpu_seconds()
    time.sleep(0.5)
    return served.cpu_seconds() - before < 0.1


def test_clients_that_leave_leave_nothing_behind(tmp_path):
    """One client has three fifths of the streams."""
    with serving(tmp_path, max_streams=6) as served:
        _leave_in_every_way(served)
        until(lambda: _is_quiet(served))
        threads, files = settled(served.threads), settled(served.files)
        for _ in range(3):
            _leave_in_every_way(served)

        until(lambda: _is_quiet(served))
        until(lambda: served.threads() <= threads)
        until(lambda: served.files() <= files)
        with ExitStack() as stack:
            for _ in range(4):
                assert stack.enter_context(asking(served.url, HUGE)).status == 200
            assert get(served.url, HUGE)[0] == 503
        assert "Traceback" not in served.log.read_text()


@pytest.mark.parametrize(
    "target", [HUGE, "/weights/normal?shape=4096,4096&seed=1", "/weights/ones?shape=1073741824&format=npy"],
    ids=["raw", "json", "constant"],
)  # fmt: skip
def test_slow_readers_make_the_server_hold_a_few_pieces_each(tmp_path, target):
    """Four that ask for hundreds of megabytes each, and take little of it."""
    with serving(tmp_path) as served, ExitStack() as stack:
        _leave_within_the_body(served.url, target)
        before = settled(served.resident)
        readers = [stack.enter_context(asking(served.url, target, receive_buffer=2**16)) for _ in range(4)]
        most = 0
        for _ in range(100):
            assert all(len(reader.read(2**15)) == 2**15 for reader in readers)
            most = max(most, served.resident())
            time.sleep(0.01)

    assert most - before < 2**26


@pytest.fixture(scope="module", params=["max_streams", "max_bytes_in_flight"])
def narrow(request, tmp_path_factory):
    """A server that has room for one large reply."""
    with serving(tmp_path_factory.mktemp("narrow"), **{request.param: 1}) as served:
        yield served


@pytest.fixture
def full(narrow):
    """The same while one is under way."""
    with admitted(narrow.url, HUGE, receive_buffer=2**16) as response:
        assert response.status == 200
        yield narrow


@pytest.mark.parametrize(
    "target",
    [HUGE, "/weights/normal?shape=100000&seed=1", "/weights/orthogonal?shape=500,500&format=npy",
    "/weights/zeros?shape=1000000&format=safetensors"],
    ids=["raw", "json", "orthogonal", "constant"],
)  # fmt: skip
def test_a_large_reply_for_which_there_is_no_room_is_a_problem_at_once(full, target):
    status, headers, body = get(full.url, target)

    assert status == 503
    assert int(headers["Retry-After"]) >= 1
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"
    assert {"type": "/problems/overloaded", "status": 503}.items() <= json.loads(body).items()


@pytest.mark.parametrize(
    ("method", "target", "fields", "status"),
    [
        ("GET", "/weights/he_normal?shape=20,30&seed=1", [], 200),
        ("GET", "/weights/he_normal?shape=100,100&seed=1&format=npy", [], 200),
        ("HEAD", "/weights/he_normal?shape=100,100&seed=1&format=npy", [], 200),
        ("HEAD", HUGE, [], 200),
        ("HEAD", "/weights/orthogonal?shape=500,500&seed=1", [], 200),
        ("GET", HUGE, ["If-None-Match: *"], 304),
        ("GET", HUGE, ["Range: bytes=1000000000-1000000999"], 206),
        ("GET", f"{HUGE}&slice=34359738360:", [], 200),
        ("GET", f"{HUGE}0", [], 422),
        ("GET", "/weights/he_norm?shape=2", [], 404),
        ("GET", "/initializers", [], 200),
        ("GET", "/problems/overloaded", [], 200),
        ("GET", "/livez", [], 200),
        ("GET", "/readyz", [], 200),
    ],
)
def test_everything_else_is_answered_when_there_is_no_room_for_large_replies(full, method, target, fields, status):
    assert get(full.url, target, fields, method=method)[0] == status


def test_a_small_post_is_answered_when_there_is_no_room_for_large_replies(full):
    body = b'{"initializer": "he_normal", "shape": [20, 30]}'

    assert get(full.url, "/weights", ["Content-Type: application/json"], method="POST", body=body)[0] == 200


MODERATE = "/weights/normal?shape=4194304&seed=1&format=raw"


@pytest.mark.parametrize("is_read", [True, False], ids=["whole", "in part"])
def test_when_the_first_large_reply_has_ended_others_are_answered(narrow, is_read):
    with admitted(narrow.url, MODERATE, receive_buffer=2**16) as first:
        assert get(narrow.url, MODERATE)[0] == 503
        if is_read:
            assert len(first.read()) == 2**24
    with admitted(narrow.url, MODERATE) as second:
        assert len(second.read()) == 2**24


NETWORK = b'{"layers": [%s]}' % b",".join(b'{"layer": "dense", "shape": [64, 64]}' for _ in range(2000))
PLAN = b'{"tensors": {"w.{0..9999}": {"initializer": "zeros", "shape": [2]}}}'
JSON = ["Content-Type: application/json"]


@pytest.mark.parametrize(("path", "body"), [("/advise", NETWORK), ("/checkpoints/plan", PLAN)], ids=["advice", "plan"])
def test_a_large_answer_takes_room_until_its_client_has_it_all(narrow, path, body):
    with admitted(narrow.url, path, fields=JSON, method="POST", body=body, receive_buffer=2**16) as first:
        assert first.status == 200
        assert get(narrow.url, MODERATE)[0] == 503
        assert len(first.read()) == int(first.headers["Content-Length"])
    with admitted(narrow.url, MODERATE) as second:
        assert second.status == 200


@contextmanager
def _asked_again_and_again(url, targets):
    """While the context lasts each target is asked for by a client of its own, which yields how often they were."""
    stop, answered = threading.Event(), dict.fromkeys(targets, 0)

    def ask(target):
        while not stop.is_set():
            assert get(url, target)[0] == 200
            answered[target] += 1

    with ThreadPoolExecutor(len(targets)) as pool:
        asking_again = [pool.submit(ask, target) for target in targets]
        try:
            yield answered
        finally:
            stop.set()
        for future in asking_again:
            future.result()


@pytest.mark.parametrize("probe", ["/livez", "/readyz", "/weights/zeros?shape=2"])
def test_probes_are_answered_while_large_tensors_are_made(server, probe):
    targets = [
        "/weights/normal?shape=1000,1000&seed=1",
        "/weights/normal?shape=16777216&seed=1&format=raw",
        "/weights/orthogonal?shape=1024,1024&seed=1&format=npy",
    ]
    with _asked_again_and_again(server, targets) as answered:
        for _ in range(30):
            assert get(server, probe, timeout=5)[0] == 200
        until(lambda: get(server, probe, timeout=5)[0] == 200 and all(answered.values()))
