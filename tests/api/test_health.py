from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from service.streams import self_test


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_healthy_process_says_so(client, path):
    response = client.get(path)

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_process_whose_bits_are_wrong_is_alive_and_not_ready(monkeypatch):
    monkeypatch.setattr(self_test, "passes", lambda: False)
    with TestClient(create_app(Settings())) as client:
        response = client.get("/readyz")

        assert client.get("/livez").status_code == 200
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert response.json()["type"] == "/problems/not-ready"
