"""Checkpoints are delivered, kept from others and counted as tensors are."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.in_process import in_process

KEY = "the-key-of-alice-42"
MANIFEST = {
    "seed": 42,
    "tensors": {"w": {"initializer": "normal", "shape": [3, 4]}, "b": {"initializer": "zeros", "shape": [3]}},
}


@pytest.fixture
def keyed(tmp_path):
    """A client of an application whose requests have a key."""
    keys = tmp_path / "keys"
    keys.write_text(f"alice:{KEY}\n")
    with in_process(create_app(Settings(api_keys_file=keys))) as client:
        client.headers["Authorization"] = f"Bearer {KEY}"
        yield client


def test_replies_to_requests_with_keys_are_private(keyed):
    url = keyed.post("/checkpoints", json=MANIFEST).headers["content-location"]
    for reply in (keyed.get(url), keyed.head(url), keyed.get(url.rpartition("/")[0])):
        assert "private" in reply.headers["cache-control"]
        assert "public" not in reply.headers["cache-control"]


@pytest.mark.parametrize("path", ["/checkpoints", "/checkpoints/aXYZ", "/checkpoints/aXYZ/model.safetensors"])
def test_without_a_key_nothing_is_told(keyed, path):
    del keyed.headers["Authorization"]

    assert keyed.get(path).status_code == 401
    assert keyed.post("/checkpoints", json=MANIFEST).status_code == 401


def test_urls_have_the_root_path():
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        posted = client.post("/checkpoints", json=MANIFEST)
        location = posted.headers["content-location"]

        assert location.startswith("/fanin/checkpoints/")
        assert client.get(location).content == posted.content
        assert client.get(location).headers["content-location"] == location


def test_two_applications_give_the_same_bytes_and_tags():
    replies = []
    url = None
    for _ in range(2):
        with in_process(create_app(Settings())) as client:
            url = url or client.post("/checkpoints", json=MANIFEST).headers["content-location"]
            replies.append(client.get(url))

    assert replies[0].content == replies[1].content
    assert replies[0].headers["etag"] == replies[1].headers["etag"]


def test_the_log_has_a_checkpoint_by_its_url(capfd):
    with in_process(create_app(Settings(access_log="json"))) as client:
        posted = client.post("/checkpoints", json=MANIFEST)
    line = json.loads(capfd.readouterr().out.splitlines()[-1])

    assert line["status"] == 200
    assert posted.headers["content-location"] in json.dumps(line)


def test_the_elements_and_bytes_of_a_checkpoint_are_counted_once(client):
    def counted(what):
        lines = client.get("/metrics").text.splitlines()
        name = f'fanin_tensor_{what}_total{{format="safetensors",initializer="checkpoint"}} '
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    before = counted("elements"), counted("bytes")
    content = client.post("/checkpoints", json=MANIFEST).content

    assert (counted("elements"), counted("bytes")) == (before[0] + 15, before[1] + len(content))
