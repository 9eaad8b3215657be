from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.likeness import fold, nearest

KNOWN = ("relu", "linear", "henormal", "lecunnormal", "loraa", "truncatednormal", "seed", "shape", "groups", "tensor")


@pytest.mark.parametrize("name", ["HeNormal", "he_normal", "HE-NORMAL", "he normal"])
def test_case_and_separators_do_not_matter(name):
    assert fold(name) == "henormal"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("rleu", "relu"),
        ("relu6", "relu"),
        ("reu", "relu"),
        ("liner", "linear"),
        ("henorml", "henormal"),
        ("truncatdnromal", "truncatednormal"),
        ("truncated", "truncatednormal"),
        ("sede", "seed"),
    ],
)
def test_a_slip_is_near(asked, meant):
    assert nearest(asked, KNOWN)[0] == meant


@pytest.mark.parametrize("asked", ["llama", "rows", "norm", "table", "a", "", "x" * 65, "shp"])
def test_what_is_only_a_little_like_a_name_is_not(asked):
    assert not set(nearest(asked, KNOWN)) - ({"shape"} if asked == "shp" else set())


def test_the_nearest_comes_first_and_no_more_than_asked_for():
    assert nearest("norma", ("normalize", "normal", "norman"), 2) == ("normal", "norman")


def _slips(one, other):
    """Return the optimal string alignment distance, by its definition."""
    if not one or not other:
        return len(one) + len(other)
    fewest = min(
        _slips(one[:-1], other) + 1, _slips(one, other[:-1]) + 1, _slips(one[:-1], other[:-1]) + (one[-1] != other[-1])
    )
    if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
        fewest = min(fewest, _slips(one[:-2], other[:-2]) + 1)
    return fewest


@settings(derandomize=True, deadline=None)
@given(st.text("abé1", min_size=3, max_size=6), st.text("abé1", min_size=1, max_size=6))
def test_a_name_is_near_when_one_slip_leads_to_it(asked, name):
    is_beginning = len(asked) > 3 and name.startswith(asked)

    assert bool(nearest(asked, (name,))) == (_slips(asked, name) <= 1 or is_beginning)
