"""A path or a method that leads nowhere is answered with a request that does."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings

NEAREST = [
    ("GET", "/weights", "/weights/he_normal?shape=256,784"),
    ("GET", "/weights?initializer=zeros&shape=2,3", "/weights/zeros?shape=2,3"),
    ("GET", "/weights?shape=2,3&seed=4", "/weights/he_normal?shape=2,3&seed=4"),
    ("POST", "/weights/he_normal", "/weights"),
    ("PUT", "/weights/zeros?shape=2", "/weights/zeros?shape=2"),
    ("DELETE", "/weights", "/weights/he_normal?shape=256,784"),
    ("GET", "/Weights/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/wieghts/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/weight/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/he_normal?shape=2,3&seed=4", "/weights/he_normal?shape=2,3&seed=4"),
    ("GET", "/api/xavier_uniform?shape=2,3", "/weights/xavier_uniform?shape=2,3"),
    ("GET", "/tensors/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/init/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/v1/weights/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/api/v1/weights/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/initializer/zeros", "/initializers/zeros"),
    ("GET", "/initializer/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/catalog", "/initializers"),
    ("GET", "/advice?layer=Linear", "/advise?layer=Linear"),
    ("GET", "/advise/Linear?shape=2,3", "/advise?layer=Linear&shape=2,3"),
    ("GET", "/advise/nn.Linear(28*28/2,3)", "/advise?layer=nn.Linear%2828%2A28/2%2C3%29"),
    ("GET", "/weights/zeros/npy?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/weight/normal(std=1/3)?shape=2", "/weights/normal%28std%3D1/3%29?shape=2"),
    ("POST", "/advice", "/advise"),
    ("PUT", "/advise", "/advise"),
    ("GET", "/fanin/gpt2", "/api/models/fanin/gpt2"),
    ("GET", "/models/fanin/gpt2", "/api/models/fanin/gpt2"),
    ("GET", "/fanin/gpt2/model.safetensors", "/fanin/gpt2/resolve/main/model.safetensors"),
    ("GET", "/fanin/gpt2/blob/seed-42/config.json", "/fanin/gpt2/resolve/seed-42/config.json"),
    ("GET", "/fanin/gpt2/tree/main", "/api/models/fanin/gpt2/tree/main"),
    ("GET", "/api/models/fanin/gpt2/commits/main", "/api/models/fanin/gpt2"),
    ("GET", "/fanin/weights/zeros?shape=2", "/weights/zeros?shape=2"),
    ("GET", "/health", "/livez"),
    ("GET", "/healthz", "/livez"),
    ("GET", "/ping", "/livez"),
    ("GET", "/ready", "/readyz"),
    ("POST", "/livez", "/livez"),
    ("GET", "/model", "/models"),
    ("GET", "/checkpoint", "/checkpoints"),
    ("GET", "/swagger", "/docs"),
    ("GET", "/redoc", "/docs"),
    ("GET", "/swagger.json", "/openapi.json"),
    ("GET", "/openapi", "/openapi.json"),
    ("GET", "/problem/over-limit", "/problems/over-limit"),
    ("POST", "/", "/"),
    ("GET", "/api", "/"),
]


@pytest.mark.parametrize(("method", "asked", "near"), NEAREST)
def test_the_nearest_route_is_named_and_works(client, method, asked, near):
    reply = client.request(method, asked)
    page = reply.json()

    assert reply.status_code in {404, 405}
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert page["nearest"] == [near]
    assert near in page["detail"]
    assert (reply.status_code == 405) == ("Allow" in reply.headers)
    if "with the body" not in page["detail"]:
        assert client.get(near).status_code == 200


def test_the_body_of_a_post_is_given_ready(client):
    detail = client.post("/weights/orthogonal?shape=4,4&seed=1").json()["detail"]
    body = detail.partition("with the body ")[2].removesuffix("?")

    assert client.post("/weights", content=body, headers={"Content-Type": "application/json"}).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/favicon.ico", "/.env", "/%00", "/" + "x" * 5000, "/a/b/c/d"])
def test_what_is_like_no_route_is_told_where_to_look(client, path):
    page = client.get(path).json()

    assert page["status"] == 404
    assert "nearest" not in page
    assert "/docs" in page["detail"]
    assert len(page["detail"]) < 400


def test_the_nearest_is_below_the_root_path():
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        assert client.get("/fanin/health").json()["nearest"] == ["/fanin/livez"]
        assert client.get("/fanin/weights/zeros/?shape=2").status_code == 200
        assert client.get("/fanin/").json()["links"]["docs"] == "/fanin/docs"


@pytest.mark.parametrize(
    "path", ["/weights/zeros/?shape=2", "/initializers/", "/initializers/zeros/", "/livez/", "/advise//?layer=Linear"]
)
def test_slashes_at_the_end_say_nothing(client, path):
    bare = client.get(path.replace("//", "/").replace("/?", "?").rstrip("/"))
    reply = client.get(path, follow_redirects=False)

    assert (reply.status_code, reply.content) == (200, bare.content)


def test_a_post_with_a_slash_at_the_end_is_answered(client):
    assert client.post("/weights/", json={"initializer": "zeros", "shape": [2]}).status_code == 200


@pytest.mark.slow
def test_the_root_leads_to_everything(client):
    links = client.get("/").json()["links"]

    assert len(links) >= 5
    for path in links.values():
        assert client.get(path).status_code == 200
