from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/weights/zeros", {}),
        ("/weights/nothing?shape=2", {}),
        ("/nowhere", {}),
        ("/weights/zeros?shape=2", {"If-Match": '"a"'}),
        ("/weights/zeros?shape=2&format=raw", {"Range": "bytes=8-"}),
    ],
)
def test_a_problem_is_not_to_be_stored(client, path, fields):
    response = client.get(path, headers=fields)

    assert response.status_code >= 400
    assert response.headers["Cache-Control"] == "no-store"
