"""Lines of code as they are parsed."""

from __future__ import annotations

import warnings

import pytest

from service.requests.code.python_syntax import parsed


@pytest.mark.parametrize(
    "line",
    [
        "x = 1if y else 2",
        "x = 0xfor y",
        "x = f('\\d')",
        "x = [1for y in z]",
        "x = 1.5e3or y",
        "x = 2jif y else z",
        "x = f(10inear)",
    ],
)
def test_nothing_is_parsed_of_which_the_parser_warns_on_the_log(line):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert parsed(line) == []
    assert not told


@pytest.mark.parametrize(
    "line", ["x = torch.tanh(self.fc1(x))", "x = x1if(x)", "y = x if self.act is None else self.act(x)"]
)
def test_lines_of_python_are_parsed(line):
    assert len(parsed(line)) == 1


@pytest.mark.parametrize(
    "line", ["x = (", "let x = 3;", "x = " + "-" * 1500 + "1", "x = " + "1 + " * 400 + "1", "y" * 5000]
)
def test_nothing_is_parsed_of_what_is_no_python_or_too_deep_or_too_long(line):
    assert parsed(line) == []
