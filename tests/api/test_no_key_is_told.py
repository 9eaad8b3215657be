"""Keys in right and wrong places of a real server with two workers: no output of it has one."""

import pytest

from tests.serving import get, sending, serving, until

WORKERS = 2

KEY, OTHER, NEXT = "right-key-of-alice-4242", "wrong-key-of-nobody-4242", "later-key-of-alice-4242"
RAW = "/weights/normal?shape=10&seed=1&format=raw"


def _bearer(key):
    return f"Authorization: Bearer {key}"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    keys = folder / "keys"
    keys.write_text(f"alice:{KEY}\n")
    with serving(folder, workers=WORKERS, api_keys_file=keys, access_log="json", trusted_proxies="127.0.0.1") as served:
        # The first that is ready answers for the service; what a test changes is for those that have read the file.
        until(lambda: f"\nfanin_workers {WORKERS}.0".encode() in get(served.url, "/metrics", [_bearer(KEY)])[2])
        yield served, keys


def _meant_as_keys(key):
    """Yield requests that have a key, or what is meant for one, where keys are looked for."""
    for field in (_bearer(key), f"Authorization: Basic {key}", f"Authorization: {key}", f"X-API-Key: {key}"):
        yield "GET", RAW, [field], b""
    names = (key, f"fc1_{key}", f"{key}x", f"a{key}_b")
    for target in (
        f"{RAW}&api_key={key}",
        *(f"{RAW}&name={name}" for name in names),
        f"/{key}",
        f"/weights/{key}?shape=2",
    ):
        yield "GET", target, [_bearer(key)], b""
        yield "GET", target, [], b""
    named = [f'{{"initializer": "zeros", "shape": [2], "name": "{name}"}}' for name in (*names, f"\\n{key}")]
    for body in (
        f'{{"initializer": "{key}", "shape": [2]}}',
        f'{{"initializer": "\\n{key}"}}',
        f'{{"{key}": 1}}',
        key,
        *named,
    ):
        yield "POST", "/weights", [_bearer(key), "Content-Type: application/json"], body.encode()


def _elsewhere(key):
    """Yield requests that have a key where nobody would look for one."""
    for field in ("User-Agent", "Referer", "Cookie", "X-Request-ID", "Accept", "If-Match", "Range", "Host", "Origin"):
        for value in (key, f"fc1_{key}x", "z" * 180 + "/" + key):
            yield "GET", RAW, [_bearer(key), f"{field}: {value}"], b""
            yield "GET", RAW, [f"{field}: {value}"], b""
    yield "GET", RAW, [f"X-Forwarded-For: {key}"], b""
    yield "GET", f"/livez?{key}", [], b""
    yield key, RAW, [_bearer(key)], b""
    yield "GET", RAW, [_bearer(key), f"Expect: {key}", f"Upgrade: {key}", "Connection: upgrade"], b""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "requests"),
    [(KEY, [*_meant_as_keys(KEY), *_elsewhere(KEY)]), (OTHER, [*_meant_as_keys(OTHER)])],
    ids=["right", "wrong"],
)
def test_neither_replies_nor_logs_nor_metrics_have_a_key(guarded, key, requests):
    served, _ = guarded
    for method, target, fields, body in requests:
        reply = _raw(served.url, method, target, fields, body)
        assert reply.startswith(b"HTTP/1.1 ")
        assert key.encode() not in reply, (method, target, fields)
    metrics = get(served.url, "/metrics", [_bearer(KEY)])[2]
    until(lambda: '"/metrics"' in served.log.read_text())

    assert key.encode() not in metrics
    assert key not in served.log.read_text()


def _raw(url, method, target, fields, body):
    """Return all bytes of a reply."""
    with sending(url, target, [*fields, "Connection: close"], method=method, body=body) as connection:
        received = b""
        while part := connection.recv(2**16):
            received += part
    return received


@pytest.mark.slow
def test_every_request_has_a_line_and_its_id(guarded):
    served, _ = guarded
    get(served.url, RAW, [_bearer(KEY), "X-Request-ID: one-of-mine"])

    until(lambda: '"id":"one-of-mine"' in served.log.read_text())


@pytest.mark.slow
def test_keys_change_in_all_workers_without_a_restart_and_a_broken_file_changes_none(guarded):
    served, keys = guarded

    def answers(key):
        return {get(served.url, RAW, [_bearer(key)])[0] for _ in range(8)}

    _replace(keys, "nonsense")
    until(lambda: served.log.read_text().count("the keys that were read before it hold") == WORKERS)
    assert answers(KEY) == {200}

    _replace(keys, f"alice:{NEXT}\n")
    until(lambda: answers(NEXT) == {200})
    until(lambda: answers(KEY) == {401})
    assert NEXT not in served.log.read_text()


def _replace(file, text):
    """Put a file with a text in the place of another at once, so that none is seen that is empty."""
    fresh = file.with_name("fresh")
    fresh.write_text(text)
    fresh.replace(file)
