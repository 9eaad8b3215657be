"""Names of requests."""

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.test_cross_origin import REQUESTS


@pytest.mark.parametrize(("method", "path", "fields", "status"), REQUESTS)
def test_every_reply_has_one(client, method, path, fields, status):
    assert len(client.request(method, path, headers=fields).headers.get_list("X-Request-ID")) == 1


@pytest.mark.parametrize(
    "identifier",
    ["7c0e1d66-0a3f-4a0e-9a43-7d4ac3a6f7b1", "Root=1-67891233-abcdef012345678912345678", "a/b+c==", "x", "y" * 128],
)
def test_one_that_came_is_given_back(client, identifier):
    assert client.get("/livez", headers={"X-Request-ID": identifier}).headers["X-Request-ID"] == identifier


@pytest.mark.parametrize(
    "identifier", ["", "two words", "y" * 129, 'a"b', "a;b", "a\tb", "é".encode(), "<script>", "a,b"]
)
def test_one_that_could_break_a_line_is_not(client, identifier):
    made = client.get("/livez", headers={"X-Request-ID": identifier}).headers["X-Request-ID"]

    assert made not in (identifier, "")


def test_those_that_are_made_are_different_in_one_process_and_in_two():
    made = []
    for _ in range(2):
        with TestClient(create_app(Settings())) as client:
            made += [client.get("/livez").headers["X-Request-ID"] for _ in range(3)]

    assert len(set(made)) == 6


def test_a_key_is_not_taken_for_one(tmp_path):
    path = tmp_path / "keys"
    path.write_text("alice:the-key-of-alice-42\n")
    with TestClient(create_app(Settings(api_keys_file=path))) as client:
        response = client.get("/livez", headers={"X-Request-ID": "the-key-of-alice-42"})

    assert "the-key-of-alice-42" not in response.headers["X-Request-ID"]
