"""How numbers are told."""

from __future__ import annotations

import pytest

from service.advice.numbers import ratio_text, significant


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.5, "1/2"), (1 / 3, "1/3"), (1 / 6, "1/6"), (5 / 12, "5/12"), (11 / 12, "11/12"), (1 / 12, "1/12"),
        (1 / 13, "0.0769"), (6 / 13, "0.462"), (0.5 + 4e-7, "1/2"), (0.5 + 6e-7, "0.5"),
        (1.0, "1"), (1.5, "1.5"), (256.0, "256"), (0.0, "0"), (7.4e-39, "7.4e-39"),
        (9.99e298, "9.99e+298"), (1e299, "over 1e+299"), (1.01e-299, "1.01e-299"), (1e-299, "under 1e-299"),
    ],
)  # fmt: skip
def test_a_ratio_is_said_as_a_person_would(ratio, text):
    assert ratio_text(ratio) == text


@pytest.mark.parametrize(
    ("number", "told"),
    [(0.0, 0.0), (1.0, 1.0), (2 / 3, 0.6666666667), (123456.78901234, 123456.789), (1e-20 / 3, 3.333333333e-21)],
)
def test_a_number_has_ten_digits(number, told):
    assert significant(number) == told
