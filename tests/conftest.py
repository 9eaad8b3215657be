"""What all tests share: a real server, and applications in process."""

from __future__ import annotations

import pytest

from service.app import create_app
from service.settings import Settings
from tests.in_process import in_process
from tests.serving import serving


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """`python -m service`, started for this test session with the default settings."""
    with serving(tmp_path_factory.mktemp("server")) as served:
        yield served


@pytest.fixture(scope="session")
def server(served):
    """The base URL of that server."""
    return served.url


@pytest.fixture(scope="session")
def client():
    """A client of an application with the default settings, whose errors are replies as on the wire."""
    with in_process(create_app(Settings())) as client:
        yield client


@pytest.fixture(scope="session")
def small_client():
    """A client of an application that makes small tensors only and reads small bodies."""
    settings = Settings(max_elements=1000, max_json_elements=100, max_matrix_work=10**6, max_body_bytes=4096)
    with in_process(create_app(settings)) as client:
        yield client
