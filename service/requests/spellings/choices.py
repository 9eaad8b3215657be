"""The values of an enumeration by every spelling of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.likeness import fold, nearest
from service.requests.spellings.table import AMBIGUOUS, ENUMERATIONS

_MODULE = re.compile(r".*[.:](?=[^.:])")
_LONGEST = 64


@dataclass(frozen=True)
class Choices:
    """The values that a parameter may have."""

    values: frozenset[str]
    exact: Mapping[str, str]
    """Values by their listed spellings, which fold otherwise than they read (float_ is not float)."""
    folded: Mapping[str, str]
    candidates: Mapping[str, tuple[str, ...]]
    """The values of spellings that may mean several, folded."""

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
        return cls(frozenset(known), listed, meanings, ambiguous)

    def find(self, text: str) -> str | None:
        """Return the value that `text` means; None where it means none, or several."""
        if text in self.values:
            return text
        if len(text) > _LONGEST:
            return None
        stripped = text.strip().removesuffix("()")
        for spelling in (stripped, _MODULE.sub("", stripped)):
            found = self.exact.get(spelling) or self.folded.get(fold(spelling))
            if found is not None or fold(spelling) in self.candidates:
                return found
        return None

    def hint(self, text: str) -> str:
        """Return what a text that means no value, or several, may mean; empty where nothing is near."""
        last = fold(_MODULE.sub("", text[:_LONGEST].strip()))
        meant = self.candidates.get(fold(text[:_LONGEST].strip())) or self.candidates.get(last)
        if meant:
            return f"; {text[:_LONGEST]!r} may mean {' or '.join(meant)}: say which"
        near = dict.fromkeys(self.folded[key] for key in nearest(last, self.folded, 2))
        return f"; did you mean {' or '.join(near)}?" if near else ""
