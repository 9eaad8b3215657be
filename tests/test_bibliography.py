from __future__ import annotations

import re

import pytest

from service.bibliography import REFERENCES


def test_no_work_is_there_twice():
    addresses = [work.url for work in REFERENCES.values()]
    titles = [work.title.lower() for work in REFERENCES.values()]

    assert len(set(addresses)) == len(set(titles)) == len(REFERENCES)


def test_works_stand_in_the_order_of_their_keys():
    assert list(REFERENCES) == sorted(REFERENCES)


@pytest.mark.parametrize("key", REFERENCES)
def test_a_key_is_an_author_and_a_year(key):
    assert re.fullmatch(r"[a-z]+(19|20)\d\d[a-z]*", key)


@pytest.mark.parametrize(
    ("key", "identifier"),
    [
        ("he2015", "arXiv:1502.01852"),
        ("stewart1980", "doi:10.1137/0717034"),
        ("glorot2010", "https://proceedings.mlr.press/v9/glorot10a.html"),
    ],
)
def test_a_work_is_identified_by_its_number_or_its_address(key, identifier):
    assert REFERENCES[key].identifier == identifier


@pytest.mark.parametrize("key", REFERENCES)
def test_a_reference_can_be_found(key):
    work = REFERENCES[key]

    assert abs(int(re.sub(r"\D", "", key)) - work.year) <= 1
    assert work.url.startswith("https://")
    if "arxiv.org" in work.url:
        assert re.fullmatch(r"https://arxiv\.org/abs/(\d{4}\.\d{4,5}|math-ph/\d{7})", work.url)
