from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.openapi.merging import merged


def _choice(*values):
    return {"type": "string", "enum": list(values)}


def _range(type_="number", **bounds):
    return {"type": type_, **bounds}


@pytest.mark.parametrize(
    ("schemas", "expected"),
    [
        ([_choice("a")], _choice("a")),
        ([_choice("a", "b"), _choice("b", "c")], _choice("a", "b", "c")),
        ([{"type": "boolean"}, {"type": "boolean"}], {"type": "boolean"}),
        ([_range(minimum=0), _range()], _range()),
        ([_range(minimum=0, maximum=1), _range(minimum=-1, maximum=0.5)], _range(minimum=-1, maximum=1)),
        ([_range(minimum=0), _range(exclusiveMinimum=0)], _range(minimum=0)),
        ([_range(exclusiveMinimum=0), _range(minimum=1)], _range(exclusiveMinimum=0)),
        ([_range("integer", minimum=1), _range("integer", minimum=0)], _range("integer", minimum=0)),
        ([_range("integer", maximum=9), _range("number", maximum=8)], _range("number", maximum=9)),
        ([_range("integer"), _choice("a"), _choice("b")], {"anyOf": [_range("integer"), _choice("a", "b")]}),
        (
            [{"anyOf": [_range("integer"), _choice("a")]}, _choice("a", "b")],
            {"anyOf": [_range("integer"), _choice("a", "b")]},
        ),
    ],
)
def test_schemas_become_one(schemas, expected):
    assert merged(schemas) == expected


BOUNDS = st.integers(-3, 3)
RANGES = st.builds(
    lambda lower, upper: _range(**lower, **upper),
    st.just({}) | st.builds(lambda key, low: {key: low}, st.sampled_from(["minimum", "exclusiveMinimum"]), BOUNDS),
    st.just({}) | st.builds(lambda key, high: {key: high}, st.sampled_from(["maximum", "exclusiveMaximum"]), BOUNDS),
)
CHOICES = st.lists(st.sampled_from("abcde"), min_size=1, unique=True).map(lambda values: _choice(*values))


@pytest.mark.slow
@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(RANGES | CHOICES, min_size=1, max_size=4))
def test_what_any_of_them_allows_is_allowed(schemas):
    one = jsonschema.Draft202012Validator(merged(schemas))
    for value in [*"abcdef", *(n / 2 for n in range(-8, 9))]:
        if any(jsonschema.Draft202012Validator(schema).is_valid(value) for schema in schemas):
            assert one.is_valid(value)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(CHOICES, min_size=1, max_size=4))
def test_of_enumerations_nothing_else_is(schemas):
    one = jsonschema.Draft202012Validator(merged(schemas))
    for value in "abcdef":
        assert one.is_valid(value) == any(value in schema["enum"] for schema in schemas)
