from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Settings())) as client:
        yield client


def test_the_canonical_url_has_the_frozen_name_and_what_is_said_of_the_stream(client):
    reply = client.get("/weights/uniform?shape=20&seed=42&stream=torch&skip=7&format=raw")

    assert reply.headers["content-location"].endswith("&stream=torch-2.12&skip=7&format=raw")
    assert client.get(reply.headers["content-location"]).content == reply.content
    assert reply.headers["fanin-promise"] == "exact"


@pytest.mark.parametrize("stream", ["1", None])
def test_what_is_said_of_a_stream_is_refused_with_another(client, stream):
    of_stream = {} if stream is None else {"stream": stream}
    reply = client.get("/weights/uniform", params={"shape": "20", "skip": "7", **of_stream})

    assert reply.status_code == 422
    assert [error["parameter"] for error in reply.json()["errors"]] == ["skip"]


def test_slices_and_ranges_are_the_bytes_of_the_whole(client):
    query = "/weights/normal?shape=37,53&seed=7&stream=torch&format=raw"
    whole = client.get(query)
    elements = np.frombuffer(whole.content, "<f4").reshape(37, 53)

    part = client.get(query + "&slice=30:,5:9")
    ranged = client.get(query, headers={"Range": "bytes=7001-7803"})

    assert part.content == elements[30:, 5:9].tobytes()
    assert ranged.content == whole.content[7001:7804]
    assert ranged.headers["etag"] == whole.headers["etag"]


def test_a_scheme_that_the_framework_has_not_is_refused_with_the_stream_that_has_it(client):
    reply = client.get("/weights/orthogonal?shape=4,4&stream=torch")

    assert reply.status_code == 422
    assert "stream=1 has it" in reply.json()["detail"] + str(reply.json()["errors"])
