"""Numbers as code computes them; the oracle is Python's own arithmetic, and torch 2.13's calculate_gain."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.requests.code.expressions import evaluate

NUMBERS = {
    "2**0.5": math.sqrt(2.0),
    "math.sqrt(2)": math.sqrt(2.0),
    "-np.sqrt(2.0 / (9 * 64))": -math.sqrt(2.0 / 576.0),
    "0.02/math.sqrt(2*12)": 0.02 / math.sqrt(24.0),
    "1/3 + 1": 4.0 / 3.0,
    "-math.log((1-0.01)/0.01)": -math.log(99.0),
    # torch.nn.init.calculate_gain
    "nn.init.calculate_gain('tanh')": 5.0 / 3.0,
    "calculate_gain('relu')": math.sqrt(2.0),
    "calculate_gain('selu')": 0.75,
    'calculate_gain("leaky_relu", 0.2)': math.sqrt(2.0 / 1.04),
    "calculate_gain('leaky_relu')": math.sqrt(2.0 / 1.0001),
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_an_expression_is_its_number(text, number):
    assert evaluate(text) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "", "w", "1/0", "9**9**9", "1e999", "sqrt(-1)", "(-8)**0.5", "__import__('os')", "open('x')", "[1]", "'a'",
        "calculate_gain('gelu')", "calculate_gain(relu)", "sqrt(x=2)", "sqrt(1, 2)", "(lambda: 1)()", "1 if 1 else 2",
        "1 < 2", "1j", "True", "x" * 97, "(" * 96, "-" * 96, "\0", "1;2",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 (its words are the caller's)
        evaluate(text)


@given(st.text(max_size=40))
def test_no_text_is_more_than_refused(text):
    with suppress(ValueError):
        assert math.isfinite(evaluate(text))
