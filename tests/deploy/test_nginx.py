"""What clients get through the nginx of `deploy/nginx`, with two replicas behind it."""

from __future__ import annotations

import hashlib
import json

import pytest

from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from tests.deploy.cluster import cluster
from tests.serving import get

pytestmark = pytest.mark.slow

COUNT = 3_000_000
RAW = f"/weights/uniform?shape={COUNT}&seed=1&format=raw"
"""12 MB: three slices."""

EMPTY = "/weights/normal?shape=0&seed=1&format=raw"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("nginx") / "cluster") as running:
        yield running


@pytest.fixture(scope="module")
def whole():
    return parse_tensor("uniform", Members({"shape": str(COUNT), "seed": "1"}, in_body=False), 1)[0].read().tobytes()


def _kept(running, target, fields=()):
    """Ask until nginx has the reply, which it keeps the second time, and return that from the cache."""
    for _ in range(2):
        get(running.url, target, fields)
    status, headers, body = get(running.url, target, fields)
    assert headers["Cache-Status"] == "nginx; hit"
    return status, headers, body


def test_a_reply_that_is_asked_for_again_comes_from_the_cache(running, whole):
    first = get(running.url, RAW)
    assert first[1]["Cache-Status"] == "nginx; fwd=miss"

    status, headers, body = _kept(running, RAW)

    assert (status, first[0]) == (200, 200)
    assert body == whole
    assert first[2] == whole
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control", "Content-Location"):
        assert headers[name] == first[1][name]


def test_what_is_asked_for_once_leaves_the_disk_alone(running):
    before = running.cached_bytes()
    assert len(get(running.url, f"/weights/uniform?shape={COUNT}&seed=2&format=raw")[2]) == 4 * COUNT
    assert running.cached_bytes() == before


@pytest.mark.parametrize(
    ("field", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=4194300-4194310", 4194300, 4194311),
        ("bytes=5000000-", 5000000, 4 * COUNT),
        ("bytes=-7", 4 * COUNT - 7, 4 * COUNT),
        ("bytes=11999999-99999999", 11999999, 4 * COUNT),
    ],
)
@pytest.mark.parametrize("cached", [False, True])
def test_a_range_is_a_206_whatever_slices_it_is_made_of(running, whole, field, first, end, cached):
    if cached:
        _kept(running, RAW)
    seed = 1 if cached else 3
    target = RAW.replace("seed=1", f"seed={seed}")

    status, headers, body = get(running.url, target, [f"Range: {field}"])

    assert status == 206
    assert headers["Content-Range"] == f"bytes {first}-{end - 1}/{4 * COUNT}"
    assert body == (whole if cached else get(running.url, target)[2])[first:end]


def test_a_range_beyond_the_end_is_a_416(running):
    assert get(running.url, RAW, ["Range: bytes=12000000-"])[0] == 416


def test_if_range_decides_whether_the_range_counts(running):
    tag = _kept(running, RAW)[1]["ETag"]
    assert get(running.url, RAW, ["Range: bytes=0-9", f"If-Range: {tag}"])[0] == 206
    assert get(running.url, RAW, ["Range: bytes=0-9", 'If-Range: "another"'])[0] == 200


@pytest.mark.parametrize("target", [RAW, RAW.replace("seed=1", "seed=4"), "/weights/he_normal?shape=3,4&seed=5"])
def test_what_the_client_has_is_a_304(running, target):
    for _ in range(3):
        tag = get(running.url, target)[1]["ETag"]
        assert get(running.url, target, [f"If-None-Match: {tag}"])[::2] == (304, b"")
        assert get(running.url, target, ['If-None-Match: "another"'])[0] == 200


@pytest.mark.parametrize("target", [RAW, EMPTY, "/weights/he_normal?shape=3,4&seed=1"])
def test_a_head_has_the_headers_of_the_get(running, target):
    for _ in range(3):
        status, headers, body = get(running.url, target, method="HEAD")
        got = get(running.url, target)[1]
        assert (status, body) == (200, b"")
        assert (headers["ETag"], headers["Content-Type"]) == (got["ETag"], got["Content-Type"])
        # How long JSON is nobody knows before it is made.
        assert headers["Content-Length"] == (None if "raw" not in target else got["Content-Length"])


def test_nothing_is_a_200(running):
    for _ in range(3):
        status, headers, body = get(running.url, EMPTY)
        assert (status, headers["Content-Length"], body) == (200, "0", b"")


def test_accept_decides_though_replies_are_kept(running):
    for _ in range(3):
        for media_type in ("application/json", "application/octet-stream"):
            status, headers, _ = get(running.url, "/weights/uniform?shape=4&seed=1", [f"Accept: {media_type}"])
            assert (status, headers["Content-Type"].partition(";")[0]) == (200, media_type)


def test_a_seed_that_is_drawn_is_another_each_time(running):
    replies = [get(running.url, "/weights/uniform?shape=2000000&format=raw") for _ in range(3)]
    assert len({hashlib.sha256(body).digest() for _, _, body in replies}) == 3
    assert {len(body) for _, _, body in replies} == {8_000_000}


def test_a_reply_to_a_key_is_not_kept(running):
    target = "/weights/he_normal?shape=5,5&seed=1"
    for _ in range(3):
        headers = get(running.url, target, ["Authorization: Bearer of-somebody"])[1]
        assert headers["Cache-Status"] == "nginx; fwd=miss"
    assert get(running.url, target)[1]["Cache-Status"] == "nginx; fwd=miss"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/weights/he_norma?shape=3", 404),
        ("/weights/he_normal?shape=three", 422),
        ("/weights/he_normal", 422),
        ("/nothing", 404),
        (f"/weights/uniform?shape=4&name={'x' * 20_000}", 422),
    ],
)
def test_problems_are_those_of_the_service(running, target, status):
    for _ in range(3):
        got, headers, body = get(running.url, target)
        assert (got, headers["Content-Type"]) == (status, "application/problem+json")
        assert json.loads(body)["status"] == status


def test_a_file_of_the_hub_is_made_of_slices(running):
    url = "/fanin/swin-tiny/resolve/main.float16/model.safetensors"
    size = int(get(running.url, url, method="HEAD")[1]["Content-Length"])
    status, headers, body = get(running.url, url, [f"Range: bytes={2**22 - 10}-{2**22 + 10}"])
    assert (status, headers["Content-Range"]) == (206, f"bytes {2**22 - 10}-{2**22 + 10}/{size}")
    own = "/checkpoints/swin-tiny/model.safetensors?seed=0&dtype=float16"
    assert body == get(running.url, own, [f"Range: bytes={2**22 - 10}-{2**22 + 10}"])[2]
    assert len(headers["X-Repo-Commit"]) == 40
    assert get(running.url, "/fanin/gpt3/resolve/main/config.json")[1]["X-Error-Code"] == "RepoNotFound"


def test_posts_reach_a_replica(running):
    body = json.dumps({"initializer": "zeros", "shape": [2], "seed": 1}).encode()
    status, _, answer = get(running.url, "/weights", ["Content-Type: application/json"], method="POST", body=body)
    assert (status, json.loads(answer)["data"]) == (200, [0, 0])
    status, _, answer = get(running.url, "/advise?layer=linear&in_features=3&out_features=4")
    assert status == 200


def test_counts_are_not_for_the_public(running):
    assert get(running.url, "/metrics")[0] == 404


def test_without_replicas_there_is_a_503_that_says_when_to_come_again(tmp_path):
    with cluster(tmp_path / "cluster", count=1) as running:
        target = "/weights/uniform?shape=4&seed=1"
        kept = _kept(running, target)[2]
        running.replicas[0].kill()

        status, headers, body = get(running.url, "/weights/uniform?shape=4&seed=2")

        assert (status, headers["Retry-After"], headers["Content-Type"]) == (503, "1", "application/problem+json")
        assert json.loads(body)["status"] == 503
        assert get(running.url, target)[2] == kept

        status, headers, body = get(running.url, "/fanin/gpt2/resolve/main/config.json")

        assert (status, headers["Retry-After"], headers["Content-Type"]) == (429, "1", "application/problem+json")
        assert json.loads(body)["error"] == headers["X-Error-Message"]
