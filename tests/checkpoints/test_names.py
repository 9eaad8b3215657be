from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.checkpoints.names import InvalidName, NamePattern, NameTemplate

CASES = {
    "weight": ["weight"],
    "h.{0..2}.w": ["h.0.w", "h.1.w", "h.2.w"],
    "{q,k}.{0..1}": ["q.0", "q.1", "k.0", "k.1"],
    "{08..11}": ["08", "09", "10", "11"],
    "{0..0}": ["0"],
    "a{,.bias}": ["a", "a.bias"],
}


@pytest.mark.parametrize("text", CASES)
def test_a_template_stands_for_the_names_that_a_shell_expands_it_to(text):
    assert list(NameTemplate(text)) == CASES[text]


@pytest.mark.parametrize("text", CASES)
def test_the_names_are_counted_without_making_them(text):
    assert len(NameTemplate(text)) == len(CASES[text])


def test_a_huge_range_is_counted_at_once():
    assert len(NameTemplate("{0..999999999}.{0..99}")) == 10**11


@pytest.mark.parametrize("text", ["{", "a}", "{3..1}", "{a}", "{}", "{{0..1}}", "{q,q}", "{0..}", "{0...2}"])
def test_braces_that_stand_for_nothing_are_refused(text):
    with pytest.raises(InvalidName):
        len(NameTemplate(text))


@given(st.text("ab.*?[]!", max_size=8), st.text("ab.", max_size=8))
def test_a_pattern_matches_as_the_shell_does(pattern, name):
    assert NamePattern(pattern).matches(name) == fnmatch.fnmatchcase(name, pattern)
