from __future__ import annotations

from typing import Any

from service.catalogue.catalogue import CATALOGUE


def test_the_canonical_parameters_are_those_that_are_not_the_defaults():
    kind: Any = CATALOGUE.get("truncated_normal")
    initializer = kind(high=3.0, std=1.0, low=-2.0, bounds="absolute")

    assert initializer.canonical == (("high", 3.0), ("bounds", "absolute"))
