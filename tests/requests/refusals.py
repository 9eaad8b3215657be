"""What the tests of requests share."""

from __future__ import annotations

PROBLEM = "application/problem+json"
DIGITS_40, DIGITS_5000 = "1" * 40, "1" * 5000


def assert_says_what_is_wrong(response, place, culprit, status=422):
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == PROBLEM
    page = response.json()
    assert page["status"] == status
    faults = {error.get(place, ""): error["detail"] for error in page["errors"]}
    assert culprit in faults, page
    assert len(faults[culprit]) > 10
    assert len(page["detail"]) < 2000
