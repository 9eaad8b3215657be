"""Which schemes take a parameter that another one does not."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from service.initializers.families import SCHEMES
from service.initializers.initializer import Initializer

_MOST = 3


def takers(parameter: str, owner: str) -> str:
    """Return that some schemes take a parameter, those of the family of `owner` first; empty where none does."""
    owners = {scheme.name: scheme.__module__ for scheme in SCHEMES}
    taking = sorted(_by_parameter().get(parameter, ()), key=lambda scheme: scheme.__module__ != owners.get(owner))
    names = [scheme.name for scheme in taking[:_MOST]]
    if not names or owner not in owners:
        return ""
    if len(taking) > _MOST:
        names = [*names[:-1], "others"]
    return f"{' and '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)} {_verb(names)} {parameter}"


def _verb(names: list[str]) -> str:
    return "take" if len(names) > 1 else "takes"


@functools.cache
def _by_parameter() -> Mapping[str, tuple[type[Initializer], ...]]:
    found: dict[str, tuple[type[Initializer], ...]] = {}
    for scheme in SCHEMES:
        for name in scheme.model_fields:
            found[name] = (*found.get(name, ()), scheme)
    return found
