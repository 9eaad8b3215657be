"""Names of numbers in code."""

from __future__ import annotations

import pytest

from service.requests.code.numbers import CodeNumbers

NUMBERS = [
    (["hidden = 256"], "nn.Linear(784, hidden)", "nn.Linear(784, 256)"),
    (["hidden: int = 256", "wide = 4 * hidden"], "nn.Linear(hidden, wide)", "nn.Linear(256, 1024)"),
    (["self.width = 64"], "nn.Linear(self.width, 2 * self.width)", "nn.Linear(64, 2 * 64)"),
    (["features: int = 64"], "nn.Dense(self.features)", "nn.Dense(64)"),
    (["config.hidden_size = 768"], "nn.Linear(config.hidden_size, 3)", "nn.Linear(768, 3)"),
    (["let hidden = 256"], "linear(784, hidden, vb)", "linear(784, 256, vb)"),
    (["n = 3", "n = 4"], "f(n)", "f(4)"),
    (["a, b = 3, 2 * 2"], "f(a, b)", "f(3, 4)"),
    (["a, b = 3, x"], "f(a, b)", "f(3, b)"),
    # A keyword, a function and another object's member are other things.
    (["units = 64"], "layers.Dense(units=units)", "layers.Dense(units=64)"),
    (["relu = 3"], "relu(x)", "relu(x)"),
    (["n = 3"], "f(a.n, 'n', n == 3)", "f(a.n, 'n', 3 == 3)"),
    (["hidden = 0.5"], "nn.Linear(784, hidden)", "nn.Linear(784, hidden)"),
    (["hidden = len(x)"], "nn.Linear(784, hidden)", "nn.Linear(784, hidden)"),
]


@pytest.mark.parametrize(("statements", "text", "written"), NUMBERS)
def test_names_are_written_out_as_numbers(statements, text, written):
    numbers = CodeNumbers()
    for statement in statements:
        numbers.takes(statement)

    assert numbers.written_out(text) == written


def test_what_a_functions_parameters_are_by_default():
    numbers = CodeNumbers()
    numbers.take_defaults("def __init__(self, inputs: int, hidden: int = 128, out=10, rate=0.5):")

    assert numbers.written_out("f(inputs, hidden, out, rate)") == "f(inputs, 128, 10, rate)"


@pytest.mark.parametrize(("statement", "is_number"), [("rate = 1e-3", True), ("x = f(3)", False), ("a == 3", False)])
def test_a_statement_that_gives_a_number_makes_no_layer(statement, is_number):
    assert CodeNumbers().takes(statement) is is_number
