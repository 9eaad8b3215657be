"""The values of an enumeration by every spelling of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.likeness import did_you_mean, fold, nearest
from service.requests.spellings.table import (
    AMBIGUOUS,
    ENUMERATIONS,
    GENERATIONS,
    INSTEAD,
    MIXTURES,
    OF_ANOTHER_AFTER,
    OF_ANOTHER_FAMILY,
    OTHERWISE,
)

_MODULE = re.compile(r".*[.:](?=[^.:])")
_CALL = re.compile(r"\([^()]*\)$")
_BEGINNING = re.compile(r"[^\W\d_]+")
_SEPARATOR = re.compile(r"[-_ ]")
_LONGEST = 64
_WORD = re.compile(r"[a-z]+|[0-9]+")
_NUMBERED_WORD = re.compile(r"[a-z]+[0-9]+")
_ACTIVE = re.compile(r"[-_ ]a[0-9]{1,3}(?:\.[0-9]{1,2})?b(?![a-z0-9])", re.IGNORECASE)
"""How many billions of weights are active of a mixture of experts: -A3B."""
_GENERATION = re.compile(r"[-_ ]?v?([0-9]{1,3}(?:\.[0-9]{1,2})?)(?![0-9bmk.])", re.IGNORECASE)
"""A number after a family's name that is no size, as 7b is."""
_SIZED = frozenset(("architecture",))
"""Parameters whose values people write with a size or a version after them: vgg16, bert-base-uncased."""


@dataclass(frozen=True)
class Choices:
    """The values that a parameter may have."""

    values: frozenset[str]
    exact: Mapping[str, str]
    """Values by their listed spellings, which fold otherwise than they read (float_ is not float)."""
    folded: Mapping[str, str]
    candidates: Mapping[str, tuple[str, ...]]
    """The values of spellings that may mean several, folded."""
    instead: Mapping[str, str]
    """What to do instead of what has no counterpart, by folded spellings."""
    may_have_size: bool = False
    otherwise: str = ""
    """What a hint says where nothing is near."""

    @classmethod
    def of(cls, parameter: str, values: Iterable[str]) -> Choices:
        """Return the choices of a parameter that has these values."""
        known = tuple(values)
        listed = {
            spelling: value
            for value, spellings in ENUMERATIONS.get(parameter, {}).items()
            if value in known
            for spelling in spellings
        }
        ambiguous = {
            fold(spelling): tuple(value for value in meant if value in known)
            for spelling, meant in AMBIGUOUS.get(parameter, {}).items()
            if fold(spelling) not in map(fold, known)
        }
        folded: dict[str, set[str]] = {}
        for spelling, value in {**listed, **{value: value for value in known}}.items():
            folded.setdefault(fold(spelling), set()).add(value)
        meanings = {key: next(iter(found)) for key, found in folded.items() if len(found) == 1 and key not in ambiguous}
        instead = {fold(spelling): sentence for spelling, sentence in INSTEAD.get(parameter, {}).items()}
        otherwise = f"; {OTHERWISE[parameter]}" if parameter in OTHERWISE else ""
        return cls(frozenset(known), listed, meanings, ambiguous, instead, parameter in _SIZED, otherwise)

    def find(self, text: str) -> str | None:
        """Return the value that `text` means; None where it means none, or several."""
        if text in self.values:
            return text
        if len(text) > _LONGEST:
            return None
        for spelling, rest in self._readings(_CALL.sub("", text.strip())):
            found = self.exact.get(spelling) or self.folded.get(fold(spelling))
            if found is None and fold(spelling) not in self.candidates:
                continue
            if _ACTIVE.search(rest) and found not in MIXTURES:
                found = f"{found}_moe" if f"{found}_moe" in self.values else None
            return None if _is_of_another_family(spelling, rest) else found
        return None

    def _readings(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield a text, what follows the module in it, and what stands before a size, where one may, each with the
        rest: gemma-2 of gemma-2-9b-it, resnet of resnet50.
        """
        yield text, ""
        last = _MODULE.sub("", text)
        yield last, ""
        if not self.may_have_size:
            return
        # An organisation stands before the name, or the size of a patch after it: vit-b/16.
        owner, _, name = text.rpartition("/")
        for part in filter(None, (name, owner)):
            yield part, ""
            ends = [separator.start() for separator in _SEPARATOR.finditer(part)]
            yield from ((part[:end], part[end:]) for end in reversed(ends))
        name = last.rpartition("/")[2]
        if beginning := _BEGINNING.match(name):
            yield beginning[0], name[beginning.end() :]

    def hint(self, text: str) -> str:
        """Return what a text that means no value, or several, may mean; empty where nothing is near."""
        written = _CALL.sub("", text[:_LONGEST].strip())
        last = fold(_MODULE.sub("", written))
        readings = [spelling for spelling, _ in self._readings(written)]
        meant = next((meant for each in readings if (meant := self.candidates.get(fold(each)))), None)
        if meant:
            return f"; {text[:_LONGEST]!r} may mean {' or '.join(meant)}: say which"
        sentence = self.instead.get(last)
        if sentence is not None:
            return f"; of {text[:_LONGEST]!r}: {sentence}"
        of_beginning = next((found for each in readings if (found := self.folded.get(fold(each)))), None)
        if of_beginning is not None:
            return (
                f"; {text[:_LONGEST]!r} is of another family than {of_beginning}, which is not described: leave "
                "architecture out, or give the kind of network that is most like it"
            )
        near = dict.fromkeys(self.folded[key] for key in nearest(last, self.folded, 2))
        return did_you_mean(near, self.otherwise)


def _is_of_another_family(spelling: str, rest: str) -> bool:
    """Return whether what follows a family's name says that it is of another: qwen3-vl-8b, gemma5."""
    words = {*_WORD.findall(rest.lower()), *_NUMBERED_WORD.findall(rest.lower())}
    if not (OF_ANOTHER_FAMILY | OF_ANOTHER_AFTER.get(fold(spelling), frozenset())).isdisjoint(words):
        return True
    known, generation = GENERATIONS.get(fold(spelling)), _GENERATION.match(rest)
    return known is not None and generation is not None and generation[1] not in known
