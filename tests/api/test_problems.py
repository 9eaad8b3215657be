from __future__ import annotations

import pytest

from service.problems.types import PROBLEM_TYPES

MEDIA_TYPE = "application/problem+json"


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_the_type_of_a_problem_can_be_looked_up(client, slug):
    page = client.get(f"/problems/{slug}").json()

    assert page["type"] == f"/problems/{slug}"
    assert (page["status"], page["title"]) == (PROBLEM_TYPES[slug].status, PROBLEM_TYPES[slug].title)
    assert len(page["description"]) > 20


def test_an_unknown_type_of_problem_is_not_found(client):
    response = client.get("/problems/nothing")

    assert (response.status_code, response.headers["Content-Type"]) == (404, MEDIA_TYPE)
    assert "invalid-request" in response.json()["detail"]
