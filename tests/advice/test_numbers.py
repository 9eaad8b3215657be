"""How numbers are rounded and written."""

from __future__ import annotations

import math

import pytest

from service.advice.numbers import ratio_text, significant


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (0.0, 0.0),
        (1.0, 1.0),
        (math.pi, 3.141592654),
        (1 / 3e20, 3.333333333e-21),
        (0.1 + 0.2, 0.3),
        (-2 / 3, -0.6666666667),
    ],
)
def test_numbers_have_ten_digits(number, rounded):
    assert significant(number) == rounded


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1 / 2, "1/2"), (1 / 12, "1/12"), (11 / 12, "11/12"), (1 / 13, "0.0769"), (12 / 13, "0.923"),
        (0.5 * (1 + 9e-7), "1/2"), (0.5 * (1 + 3e-6), "0.5"), (0.394294, "0.394"), (1.0, "1"), (2.5, "2.5"), (0.0, "0"),
        (7.4e-39, "7.4e-39"), (9e298, "9e+298"), (1e299, "over 1e+299"), (1.1e-299, "1.1e-299"),
        (1e-299, "under 1e-299"),
    ],
)  # fmt: skip
def test_ratios_are_written_as_a_person_would(ratio, text):
    assert ratio_text(ratio) == text
