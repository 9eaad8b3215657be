from __future__ import annotations

from service.catalogue.catalogue import CATALOGUE


def test_the_canonical_parameters_are_those_that_are_not_the_defaults():
    initializer = CATALOGUE.get("truncated_normal")(high=3.0, std=1.0, low=-2.0, bounds="absolute")

    assert initializer.canonical == (("high", 3.0), ("bounds", "absolute"))
