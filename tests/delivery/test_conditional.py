from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

from service.delivery.conditional import (
    EntityTag,
    PreconditionFailed,
    is_not_modified,
    parse_entity_tags,
    range_holds,
)

STRONG, WEAK = EntityTag("1", weak=False), EntityTag("1", weak=True)

DATE = "Tue, 15 Nov 1994 12:45:26 GMT"
NEVER_PAST = "Fri, 31 Dec 9999 23:59:59 GMT"


def _headers(*fields):
    return Headers(raw=[(name.lower().encode(), value.encode("latin-1")) for name, value in fields])


def _matches_if_match(tag, *values):
    try:
        is_not_modified(_headers(*[("If-Match", value) for value in values]), tag)
    except PreconditionFailed:
        return False
    return True


def _matches_if_none_match(tag, *values):
    return is_not_modified(_headers(*[("If-None-Match", value) for value in values]), tag)


@pytest.mark.parametrize(("tag", "text"), [(STRONG, '"1"'), (WEAK, 'W/"1"'), (EntityTag("", weak=False), '""')])
def test_a_tag_is_written_in_quotes(tag, text):
    assert str(tag) == text


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", []),
        ('"xyzzy"', [("xyzzy", False)]),
        ('W/"xyzzy"', [("xyzzy", True)]),
        ('""', [("", False)]),
        ('"xyzzy", "r2d2xxxx", "c3piozzzz"', [("xyzzy", False), ("r2d2xxxx", False), ("c3piozzzz", False)]),
        ('W/"xyzzy", W/"r2d2xxxx"', [("xyzzy", True), ("r2d2xxxx", True)]),
        ('W/"a","b"', [("a", True), ("b", False)]),
        ('"a,b", "c"', [("a,b", False), ("c", False)]),
        ('"W/x"', [("W/x", False)]),
        ('"\xe9!#~\x80"', [("\xe9!#~\x80", False)]),
        (', "a",, "b" ,', [("a", False), ("b", False)]),
        ("xyzzy", []),
        ("W/xyzzy", []),
        ('"xyzzy', []),
        ('"x y"', []),
        ('"x\ty"', []),
        ("'x'", []),
    ],
)
def test_a_list_of_tags_is_read(field, expected):
    assert parse_entity_tags(field) == [EntityTag(opaque, weak) for opaque, weak in expected]


OPAQUE = st.text(st.sampled_from([chr(c) for c in (0x21, *range(0x23, 0x7F), *range(0x80, 0x100))]), max_size=12)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.builds(EntityTag, OPAQUE, st.booleans()), max_size=5), st.sampled_from([",", ", ", " ,\t", ", ,"]))
def test_what_is_written_is_read_again(tags, comma):
    assert parse_entity_tags(comma.join(map(str, tags))) == tags


# RFC 9110, section 8.8.3.2, table 3: the strong and the weak comparison of two tags.
COMPARISONS = [
    ('W/"1"', WEAK, False, True),
    ('W/"2"', WEAK, False, False),
    ('W/"1"', STRONG, False, True),
    ('"1"', WEAK, False, True),
    ('"1"', STRONG, True, True),
    ('"2"', STRONG, False, False),
    ('"2", "1"', STRONG, True, True),
    ('W/"2","1"', STRONG, True, True),
    ('W/"2","1"', WEAK, False, True),
    ("*", STRONG, True, True),
    ("*", WEAK, True, True),
    (" * ", STRONG, True, True),
    ('"*"', STRONG, False, False),
    ('"1', STRONG, False, False),
    ("1", STRONG, False, False),
    ('"1 "', STRONG, False, False),
    ("", STRONG, False, False),
    ('"11"', STRONG, False, False),
]


@pytest.mark.parametrize(("field", "tag", "expected"), [(f, tag, strongly) for f, tag, strongly, _ in COMPARISONS])
def test_if_match_compares_strongly(field, tag, expected):
    assert _matches_if_match(tag, field) == expected


@pytest.mark.parametrize(("field", "tag", "expected"), [(f, tag, weakly) for f, tag, _, weakly in COMPARISONS])
def test_if_none_match_compares_weakly(field, tag, expected):
    assert _matches_if_none_match(tag, field) == expected


def test_the_lines_of_an_if_match_are_one_list():
    """Section 5.3."""
    assert _matches_if_match(STRONG, '"2"', '"1"')


def test_the_lines_of_an_if_none_match_are_one_list():
    """Section 5.3."""
    assert _matches_if_none_match(STRONG, '"2"', '"1"')


def test_without_conditions_all_is_sent():
    assert is_not_modified(_headers(), STRONG) is False


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since"])
@pytest.mark.parametrize("date", [DATE, NEVER_PAST, "nonsense"])
def test_dates_say_nothing(name, date):
    assert is_not_modified(_headers((name, date)), STRONG) is False


def test_if_match_is_looked_at_before_if_none_match():
    """Section 13.2.2."""
    with pytest.raises(PreconditionFailed):
        is_not_modified(_headers(("If-None-Match", '"1"'), ("If-Match", '"2"')), STRONG)


def test_if_none_match_counts_where_if_match_holds():
    assert is_not_modified(_headers(("If-Match", '"1"'), ("If-None-Match", '"1"')), STRONG)


def test_what_failed_is_told_with_the_tag_that_would_have_matched():
    with pytest.raises(PreconditionFailed, match='"1"'):
        is_not_modified(_headers(("If-Match", '"2"')), STRONG)


@pytest.mark.parametrize(
    ("field", "tag", "expected"),
    [
        ('"1"', STRONG, True),
        (' "1" ', STRONG, True),
        ('W/"1"', STRONG, False),
        ('W/"1"', WEAK, False),
        ('"1"', WEAK, False),
        ('"2"', STRONG, False),
        ('"2", "1"', STRONG, False),
        ("*", STRONG, False),
        ("1", STRONG, False),
        ("", STRONG, False),
        (DATE, STRONG, False),
        (NEVER_PAST, STRONG, False),
    ],
)
def test_if_range_holds_for_the_same_strong_tag_alone(field, tag, expected):
    assert range_holds(_headers(("If-Range", field)), tag) == expected


@pytest.mark.parametrize("tag", [STRONG, WEAK])
def test_without_if_range_a_range_counts(tag):
    assert range_holds(_headers(), tag)
