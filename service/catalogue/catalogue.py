"""The catalogue: every initializer by its name and its aliases, and the way from a name to a tensor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.catalogue.aliases import aliases_of
from service.catalogue.bare_names import BARE_NAMES, OF_SEVERAL
from service.catalogue.data_dependent import DATA_DEPENDENT, DataDependent
from service.catalogue.functions import LONGEST, called, owned, owners, used
from service.frameworks.framework import Framework, Function
from service.frameworks.registry import DEFAULT_INITIALIZERS
from service.initializers.families import SCHEMES
from service.initializers.initializer import Initializer
from service.likeness import fold, nearest


class UnknownInitializer(LookupError):
    """A name that no entry has; `nearest` are the entries whose names resemble it."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


class NotOfShape(LookupError):
    """A method that needs more than a shape and a seed."""

    def __init__(self, method: DataDependent) -> None:
        super().__init__(
            f"{method.name} needs more than a shape and a seed: it {method.needs} ({method.url}). "
            f"The nearest that does not: {method.nearest}."
        )
        self.nearest = method.nearest


@dataclass(frozen=True)
class Meaning:
    """What a name in a request means."""

    kind: type[Initializer]
    notes: tuple[str, ...] = ()
    """A sentence on each thing that it may suggest and does not mean."""
    functions: tuple[Function, ...] = ()
    """The frameworks' functions that it may mean; none of an entry's own name."""
    is_owned: bool = False
    """Whether it says whose function it is."""


def _of_nobody(name: str) -> tuple[str, ...]:
    """Return a note where a name has the module of frameworks of which none has the name."""
    module, _, last = name.replace("::", ".").rpartition(".")
    frameworks = owners(module) if module and len(name) <= LONGEST else ()
    if not frameworks or any(fold(known) == fold(last) for each in frameworks for _, known in each.names()):
        return ()
    titles = " or ".join(framework.title for framework in frameworks)
    return (f"{last} is not a known function of {titles}; it means what the catalogue does by it.",)


@dataclass(frozen=True)
class Catalogue:
    """Initializers, found by canonical name or by any name that a framework has for them.

    HeNormal, he_normal and HE-NORMAL are one name. A module before it (nn.init.) says whose it is. Where two frameworks
    mean different schemes by names that differ in case only (DL4J's XAVIER, MXNet's Xavier), only the exact spellings
    are known.
    """

    initializers: tuple[type[Initializer], ...]

    def __iter__(self) -> Iterator[type[Initializer]]:
        return iter(self.initializers)

    def __contains__(self, name: str) -> bool:
        return (self._found(name) or self._found(name.rpartition(".")[2])) is not None

    def get(self, name: str) -> type[Initializer]:
        """Return the initializer called `name`. Raises UnknownInitializer and NotOfShape."""
        return self.meaning(name).kind

    def meaning(self, name: str) -> Meaning:
        """Return what `name` means in a request. Raises UnknownInitializer and NotOfShape."""
        own = self._meanings.get(name)
        if own is not None:
            return own
        functions = owned(name)
        if functions:
            return Meaning(self._entry_of(functions), (), functions, is_owned=True)
        last = name.replace("::", ".").rpartition(".")[2]
        found = self._found(name) or self._found(last)
        if found is None and fold(name) in DATA_DEPENDENT:
            raise NotOfShape(DATA_DEPENDENT[fold(name)])
        bare = BARE_NAMES.get(fold(name)) if found is None else None
        if bare is not None:
            return Meaning(self._exact[bare.initializer], (bare.note,) if bare.note else ())
        if found is None:
            raise UnknownInitializer(name, self.nearest(name))
        return Meaning(found, _of_nobody(name), called(last))

    def meaning_to_users(self, frameworks: Sequence[Framework], name: str) -> Meaning:
        """Return what `name` means in code of some frameworks, the first of which decides: RandomNormal is Keras's.

        An entry's own name means the framework's function where both make the same law. Raises UnknownInitializer and
        NotOfShape.
        """
        own = self._meanings.get(name)
        functions = owned(name)
        if functions:
            theirs = tuple(function for function in functions if function.framework in frameworks)
            functions = theirs or functions
        elif "." not in name and "::" not in name:
            functions = used(name, frameworks)
        is_other = own is not None and any(type(each.plainest.scheme) is not own.kind for each in functions)
        if not functions or is_other:
            return self.meaning(name)
        return Meaning(self._entry_of(functions), (), functions, is_owned=True)

    def _entry_of(self, functions: tuple[Function, ...]) -> type[Initializer]:
        """Return the entry that a name of functions is a name of, or else the one that makes the first of them."""
        makers = dict.fromkeys(type(function.plainest.scheme) for function in functions)
        named = self._found(functions[0].name)
        return named if named is not None and len(makers) > 1 else next(iter(makers))

    @cached_property
    def _meanings(self) -> Mapping[str, Meaning]:
        return {i.name: Meaning(i) for i in self.initializers}

    def _found(self, name: str) -> type[Initializer] | None:
        return self._exact.get(name) or self._folded.get(fold(name))

    @cached_property
    def _exact(self) -> Mapping[str, type[Initializer]]:
        names = {alias: i for i in self.initializers for group in aliases_of(i).values() for alias in group}
        return names | {i.name: i for i in self.initializers}

    @cached_property
    def _folded(self) -> Mapping[str, type[Initializer]]:
        meanings: dict[str, set[type[Initializer]]] = {}
        for name, initializer in self._exact.items():
            meanings.setdefault(fold(name), set()).add(initializer)
        return {key: found.pop() for key, found in meanings.items() if len(found) == 1}

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return the canonical names of up to four entries that resemble `name`, nearest first."""
        asked, meanings = fold(name[:64].rpartition(".")[2]), self._names_by_fold
        if asked in OF_SEVERAL:
            return OF_SEVERAL[asked]
        return tuple(dict.fromkeys(found for key in nearest(asked, meanings, 8) for found in meanings[key]))[:4]

    @cached_property
    def _names_by_fold(self) -> Mapping[str, list[str]]:
        meanings: dict[str, list[str]] = {}
        for known, initializer in self._exact.items():
            meanings.setdefault(fold(known), []).append(initializer.name)
        return meanings


CATALOGUE = Catalogue((*SCHEMES, *DEFAULT_INITIALIZERS))
