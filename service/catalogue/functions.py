"""The functions of frameworks by name, and whose a name is that has a module before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from service.frameworks.framework import Framework, Function
from service.frameworks.registry import FRAMEWORKS
from service.likeness import fold

LONGEST = 200
"""Characters in a name with its module; a longer one is nobody's."""


def owners(module: str) -> tuple[Framework, ...]:
    """Return the frameworks whose users write `module` before a name, such as torch.nn.init, nn.init or init.

    These are the ones of whose modules it is the end, or else those with which it shares the most first names.
    """
    path = tuple(module.split("."))
    own = _OWNERS_BY_END.get(path)
    if own is not None:
        return own
    longest = min(len(path), _LONGEST_PATH)
    shared = (_OWNERS_BY_BEGINNING.get(path[:names]) for names in range(longest, 0, -1))
    return next((frameworks for frameworks in shared if frameworks is not None), ())


def _paths(framework: Framework) -> list[tuple[str, ...]]:
    return [tuple(module.split(".")) for module in framework.owners]


def _by_part(
    parts: Callable[[tuple[str, ...]], Iterable[tuple[str, ...]]],
) -> Mapping[tuple[str, ...], tuple[Framework, ...]]:
    """Return the frameworks by some parts of the paths of their modules."""
    found: dict[tuple[str, ...], dict[str, Framework]] = {}
    for framework in FRAMEWORKS:
        for path in _paths(framework):
            for part in parts(path):
                found.setdefault(part, {})[framework.name] = framework
    return {part: tuple(frameworks.values()) for part, frameworks in found.items()}


_OWNERS_BY_END = _by_part(lambda path: [path[start:] for start in range(len(path))])
_OWNERS_BY_BEGINNING = _by_part(lambda path: [path[:end] for end in range(1, len(path) + 1)])
_LONGEST_PATH = max(map(len, _OWNERS_BY_BEGINNING))


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


def used(name: str, frameworks: Iterable[Framework]) -> tuple[Function, ...]:
    """Return what a name without a module calls in code of the first of some frameworks that has it; nothing of none.

    The spelling counts where one of them has it; without that any fits, as random_normal does for RandomNormal.
    """
    functions = [framework.all_functions for framework in frameworks]
    exact = next((of_name[name] for of_name in functions if name in of_name), None)
    folded = ((of_name, fold(name)) for of_name in functions) if exact is None and len(name) <= LONGEST else ()
    alike = (function for of_name, asked in folded for key, function in of_name.items() if fold(key) == asked)
    found = exact or next(alike, None)
    return () if found is None else (found,)


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


def _by_folded_name() -> Mapping[str, tuple[Function, ...]]:
    folded: dict[str, dict[str, Function]] = {}
    for name, functions in _BY_NAME.items():
        for function in functions:
            folded.setdefault(fold(name), {}).setdefault(function.path, function)
    return {name: tuple(functions.values()) for name, functions in folded.items()}


_BY_NAME = _by_name()
_BY_FOLDED_NAME = _by_folded_name()


def called(name: str) -> tuple[Function, ...]:
    """Return the functions of all frameworks that have a name, in its spelling, or else in any."""
    return _BY_NAME.get(name) or _BY_FOLDED_NAME.get(fold(name), ())
