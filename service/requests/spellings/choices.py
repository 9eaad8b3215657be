"""The values of an enumeration by every spelling of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.likeness import did_you_mean, fold, nearest
from service.requests.spellings.table import AMBIGUOUS, ENUMERATIONS, INSTEAD, OTHERWISE

_MODULE = re.compile(r".*[.:](?=[^.:])")
_CALL = re.compile(r"\([^()]*\)$")
_BEGINNING = re.compile(r"[^\W\d_]+")
_SEPARATOR = re.compile(r"[-_ ]")
_LONGEST = 64
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
        stripped = _CALL.sub("", text.strip())
        for spelling in self._readings(stripped):
            found = self.exact.get(spelling) or self.folded.get(fold(spelling))
            if found is not None or fold(spelling) in self.candidates:
                return found
        return None

    def _readings(self, text: str) -> Iterator[str]:
        """Yield a text, what follows the module in it, and what stands before a size, where one may: gemma-2 of
        gemma-2-9b-it, resnet of resnet50.
        """
        yield text
        last = _MODULE.sub("", text)
        yield last
        if not self.may_have_size:
            return
        # An organisation stands before the name, or the size of a patch after it: vit-b/16.
        owner, _, name = text.rpartition("/")
        for part in filter(None, (name, owner)):
            ends = [separator.start() for separator in _SEPARATOR.finditer(part)]
            yield from (part[:end] for end in reversed(ends))
        if beginning := _BEGINNING.match(last.rpartition("/")[2]):
            yield beginning[0]

    def hint(self, text: str) -> str:
        """Return what a text that means no value, or several, may mean; empty where nothing is near."""
        written = _CALL.sub("", text[:_LONGEST].strip())
        last = fold(_MODULE.sub("", written))
        meant = next((meant for each in self._readings(written) if (meant := self.candidates.get(fold(each)))), None)
        if meant:
            return f"; {text[:_LONGEST]!r} may mean {' or '.join(meant)}: say which"
        sentence = self.instead.get(last)
        if sentence is not None:
            return f"; of {text[:_LONGEST]!r}: {sentence}"
        near = dict.fromkeys(self.folded[key] for key in nearest(last, self.folded, 2))
        return did_you_mean(near, self.otherwise)
