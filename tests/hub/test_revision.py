"""Revisions: words that say the draw, or a commit."""

from __future__ import annotations

import re

import pytest

from service.hub.commit import Commit
from service.hub.errors import RevisionNotFound
from service.hub.revision import Draw, read_revision


@pytest.mark.parametrize(
    ("text", "draw"),
    [
        ("main", Draw(0, None)),
        ("HEAD", Draw(0, None)),
        ("main.float16", Draw(0, "float16")),
        ("seed-42", Draw(42, None)),
        ("seed=42", Draw(42, None)),
        ("seed-042", Draw(42, None)),
        ("seed-42.bfloat16", Draw(42, "bfloat16")),
        ("seed=7.float8_e4m3fn", Draw(7, "float8_e4m3fn")),
        ("seed-18446744073709551615", Draw(2**64 - 1, None)),
        (str(Commit("float64", "ab" * 10, 5)), Draw(5, "float64", "ab" * 10)),
    ],
)
def test_a_revision_says_a_draw(text, draw):
    assert read_revision(text) == draw
    assert read_revision(text).is_fixed is (draw.digest is not None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed42", "a revision is main, seed-42"),
        ("v1.0", "a revision is main"),
        ("", "a revision is main"),
        ("Main", "a revision is main"),
        ("seed-", "a revision is main"),
        ("seed--1", "a revision is main"),
        ("seed-42.", "a revision is main"),
        ("seed-٤٢", "a revision is main"),
        ("seed-42\n", "a revision is main"),
        ("refs/pr/1", "a revision is main"),
        ("0" * 40, "a revision is main"),
        ("seed-18446744073709551616", "below 2^64"),
        ("seed-99999999999999999999", "below 2^64"),
        ("seed-42.int8", "a dtype is one of float32"),
        ("seed-42.complex64", "a dtype is one of float32"),
        ("x" * 5000, "a revision is main"),
    ],
)
def test_other_texts_are_no_revisions(text, said):
    with pytest.raises(RevisionNotFound, match=re.escape(said)) as raised:
        read_revision(text)
    assert len(str(raised.value)) < 300
