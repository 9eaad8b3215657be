"""Activations by name: in any case, with or without underscores, hyphens, blanks and a module before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from service.activations.activation import Activation, ActivationFamily
from service.activations.table import ACTIVATIONS
from service.likeness import fold, nearest

NAMES: tuple[str, ...] = tuple(family.name for family in ACTIVATIONS)
"""The canonical names."""


class UnknownActivation(ValueError):
    """A name that no activation has; the message names the nearest."""

    def __init__(self, nearest: tuple[str, ...]) -> None:
        there_are = f"did you mean {' or '.join(nearest)}? There are" if nearest else "there are"
        super().__init__(f"is not known; {there_are} {', '.join(NAMES)}")


def _fold(name: str) -> str:
    """Return a name as it is looked up, without its module and the parentheses of a call."""
    return fold(name.removesuffix("()").replace("::", ".").rpartition(".")[2])


_FAMILIES: Mapping[str, ActivationFamily] = {
    _fold(name): family for family in ACTIVATIONS for name in (family.name, *family.other_names)
}
_CLASS = "activation"
"""What the names of Hugging Face's classes end in: MishActivation (transformers/activations.py)."""
_NAME_AND_NUMBER = re.compile(r"([^0-9]+)([0-9]+)")


@lru_cache(maxsize=256)
def find_activation(name: str) -> Activation:
    """Return the activation called `name`, with the usual value of its parameter unless the name ends in another.

    Raises UnknownActivation, and InvalidParameter for a number outside the parameter's range.
    """
    folded = _fold(name)
    known = _FAMILIES.get(folded) or _FAMILIES.get(folded.removesuffix(_CLASS))
    if known is not None:
        return known.activation()
    parts = _NAME_AND_NUMBER.fullmatch(folded)
    family = _FAMILIES.get(parts[1]) if parts else None
    if parts is None or family is None or not family.may_end_in_number:
        raise UnknownActivation(tuple(dict.fromkeys(_FAMILIES[key].name for key in nearest(folded, _FAMILIES, 3))))
    assert family.parameter is not None
    return family.activation().with_parameters({family.parameter.name: float(parts[2])})
