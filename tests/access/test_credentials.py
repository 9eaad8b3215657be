"""Parameters that are meant for keys: a server that wants none takes them for any other, and repeats no value."""

import pytest

from service.access.credentials import has_credential

SECRET = "the-key-of-another-server"


@pytest.mark.parametrize(
    "query",
    ["api_key=x", "apikey=x", "API-Key=x", "shape=2&x-api-key=x", "access_token=", "token[]=x", "a=1;password=x"],
)
def test_parameters_that_are_meant_for_keys(query):
    assert has_credential(query.encode())


@pytest.mark.parametrize("query", ["", "shape=2,3", "name=token", "key=0", "tokens=3", "my_token=1", "shape=2&seed=1"])
def test_others(query):
    assert not has_credential(query.encode())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/weights/normal?shape=2&api_key={}", 422),
        ("POST", "/weights?api_key={}", 422),
        ("GET", "/advise?layer=Linear&shape=2,3&token={}", 422),
        ("POST", "/advise?token={}", 422),
        ("GET", "/initializers/zeros?access_token={}", 422),
        ("GET", "/livez?token={}", 422),
        ("GET", "/docs?secret={}", 422),
        ("GET", "/weight/normal?shape=2&api_key={}", 404),
        ("GET", "/normal?shape=2&api_key={}", 404),
        ("DELETE", "/weights/normal?shape=2&api_key={}", 405),
    ],
)
def test_they_are_unknown_and_not_repeated(client, method, path, status):
    response = client.request(method, path.format(SECRET))

    assert response.status_code == status
    assert SECRET not in response.text + str(response.headers)
    if status == 422:
        assert response.json()["type"] == "/problems/invalid-request"
