from __future__ import annotations

from typing import Any

from service.catalogue.catalogue import CATALOGUE


def test_the_canonical_parameters_are_those_that_are_not_the_defaults():
    kind: Any = CATALOGUE.get("truncated_normal")
    initializer = kind(high=3.0, std=1.0, low=-2.0, bounds="absolute")

    assert initializer.canonical == (("high", 3.0), ("bounds", "absolute"))


def test_a_copy_with_other_parameters_has_what_follows_from_those():
    kind: Any = CATALOGUE.get("truncated_normal")
    initializer = kind(high=3.0, std=1.0, low=-2.0)
    assert initializer.query == "high=3"
    changed = initializer.model_copy(update={"high": 4.0})

    assert changed.query == "high=4"
    assert initializer.query == "high=3"
