"""What the tests of the API share: the application, in process."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings


@pytest.fixture(scope="session")
def client():
    """A client of an application with the default settings, whose errors are replies as on the wire."""
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def small_client():
    """A client of an application that makes small tensors only and reads small bodies."""
    settings = Settings(max_elements=1000, max_json_elements=100, max_matrix_work=10**6, max_body_bytes=4096)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client
