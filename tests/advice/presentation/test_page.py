"""Sections that are made to fit."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.advice.presentation.page import Section, ended, filled, fitted

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=30), max_size=40).map(" ".join)


@settings(derandomize=True, deadline=None)
@given(WORDS, st.integers(1, 40))
def test_lines_are_as_full_as_they_can_be(text, width):
    lines = filled(text, width)

    assert " ".join(lines) == text
    assert all(len(line) <= width or " " not in line for line in lines)
    for line, following in itertools.pairwise(lines):
        assert len(f"{line} {following.split()[0]}") > width


@pytest.mark.parametrize(
    ("text", "expected"),
    [("take care", "Take care."), ("Take care!", "Take care!"), ("he_normal is", "he_normal is."), ("ReLU.", "ReLU.")],
)
def test_a_sentence_begins_and_ends_as_one(text, expected):
    assert ended(text) == expected


def sections():
    return [
        Section("first", ["a" * 60, "b" * 60, "c" * 60]),
        Section("second", ["d" * 60, "e" * 60], is_optional=True),
        Section("third", lines=["f" * 200]),
    ]


@pytest.mark.parametrize(
    ("most", "told"),
    [(6, "abcdef"), (5, "abcdf"), (4, "abdf"), (3, "adf"), (2, "af"), (1, "af")],
)
def test_sentences_go_from_the_end_then_sections_and_commands_never(most, told):
    lines = fitted(sections(), most, ("second", "first"))

    assert [line[11] for line in lines] == list(told)


def test_what_is_left_out_is_counted_where_that_matters():
    section = Section.of("watch out", ["One.", "Two.", "Three; four."], on_left_out="({} more.)")

    assert section.rendered(1) == ["watch out  One. (3 more.)"]
    assert section.rendered(3) == ["watch out  One. Two. Three. (1 more.)"]
    assert section.rendered(4) == ["watch out  One. Two. Three; four."]


def test_the_last_resort_is_to_cut():
    section = Section("one", [" ".join(["word"] * 100)])

    lines = fitted([section], 2, ("one",))

    assert len(lines) == 2
    assert lines[-1].endswith(" …")
