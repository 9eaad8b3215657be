"""The functions of frameworks by name, and whose a name is that has a module before it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from service.frameworks.framework import Framework, Function
from service.frameworks.registry import FRAMEWORKS
from service.likeness import fold

LONGEST = 200
"""Characters in a name with its module; a longer one is nobody's."""


def owners(module: str) -> tuple[Framework, ...]:
    """Return the frameworks whose users write `module` before a name, such as torch.nn.init, nn.init or init."""
    path = tuple(module.split("."))
    strengths = {
        framework.name: max((_strength(path, module) for module in _modules(framework.owners)), default=0)
        for framework in FRAMEWORKS
    }
    strongest = max(strengths.values())
    return tuple(f for f in FRAMEWORKS if strongest and strengths[f.name] == strongest)


@cache
def _modules(modules: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(module.split(".")) for module in modules)


def _strength(path: tuple[str, ...], module: tuple[str, ...]) -> int:
    """Return how well a path fits a module: as its end best, else by how many first names they share."""
    if path == module[-len(path) :]:
        return 100 + len(path)
    shared = 0
    for one, other in zip(path, module, strict=False):
        if one != other:
            break
        shared += 1
    return shared


@lru_cache(maxsize=1024)
def owned(name: str) -> tuple[Function, ...]:
    """Return what a name with a module before it calls; nothing where the module is nobody's, or has no such name.

    Two frameworks that write one module (nn.init) are told apart by the spelling of the name.
    """
    module, _, last = name.replace("::", ".").rpartition(".")
    if not module or len(name) > LONGEST:
        return ()
    found = [framework.all_functions for framework in owners(module)]
    exact = tuple(functions[last] for functions in found if last in functions)
    folded = fold(last)
    return exact or tuple(
        function
        for functions in found
        for function in {f.name: f for key, f in functions.items() if fold(key) == folded}.values()
    )


@cache
def _by_name() -> Mapping[str, tuple[Function, ...]]:
    """Return the functions by their names, those with the names of their entries that differ from these in case."""
    by_name: dict[str, dict[str, Function]] = {}
    for framework in FRAMEWORKS:
        folded = {fold(name): function for name, function in framework.functions.items()}
        names = dict(framework.functions)
        names |= {name: folded[fold(name)] for _, name in framework.names() if fold(name) in folded}
        for name, function in names.items():
            by_name.setdefault(name, {}).setdefault(framework.name, function)
    return {name: tuple(functions.values()) for name, functions in by_name.items()}


@cache
def _by_folded_name() -> Mapping[str, tuple[Function, ...]]:
    folded: dict[str, dict[str, Function]] = {}
    for name, functions in _by_name().items():
        for function in functions:
            folded.setdefault(fold(name), {}).setdefault(function.path, function)
    return {name: tuple(functions.values()) for name, functions in folded.items()}


def called(name: str) -> tuple[Function, ...]:
    """Return the functions of all frameworks that have a name, in its spelling, or else in any."""
    return _by_name().get(name) or _by_folded_name().get(fold(name), ())
