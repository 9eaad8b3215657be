"""The names that each framework has for each initializer, as the frameworks themselves have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from service.frameworks.registry import FRAMEWORKS
from service.initializers.initializer import Initializer


@cache
def _aliases() -> Mapping[type[Initializer], Mapping[str, tuple[str, ...]]]:
    aliases: dict[type[Initializer], dict[str, tuple[str, ...]]] = {}
    for framework in FRAMEWORKS:
        for kind, name in framework.names():
            of_framework = aliases.setdefault(kind, {}).get(framework.title, ())
            aliases[kind][framework.title] = tuple(dict.fromkeys((*of_framework, name)))
    return aliases


def aliases_of(kind: type[Initializer]) -> Mapping[str, tuple[str, ...]]:
    """Return an entry's names by the title of the framework that has them."""
    return _aliases().get(kind, {})
