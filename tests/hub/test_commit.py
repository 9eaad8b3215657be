"""Commits: 40 digits, from which a model, a dtype and a seed are read again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.hub.commit import DTYPES, Commit, read_commit

DIGESTS = st.text("0123456789abcdef", min_size=20, max_size=20)


@given(st.builds(Commit, st.sampled_from(DTYPES), DIGESTS, st.integers(0, 2**64 - 1)))
def test_a_commit_is_read_as_what_it_was_written_from(commit):
    assert re.fullmatch("[0-9a-f]{40}", str(commit))
    assert read_commit(str(commit)) == commit


COMMIT = str(Commit("bfloat16", "0" * 20, 42))


def test_the_places_of_dtypes_never_change():
    assert COMMIT == "1401" + "0" * 20 + "000000000000002a"
    assert [str(Commit(dtype, "0" * 20, 0))[1] for dtype in DTYPES] == list("123456")


@pytest.mark.parametrize(
    "text", [COMMIT[:-1], COMMIT + "0", COMMIT.upper(), "2" + COMMIT[1:], "10" + COMMIT[2:], "17" + COMMIT[2:],
             "1402" + COMMIT[4:], "", "main"],
)  # fmt: skip
def test_other_texts_are_no_commits(text):
    assert read_commit(text) is None
