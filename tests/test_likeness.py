from __future__ import annotations

import pytest

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
