"""The members of a request, before anyone knows what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from service.requests.faults import Fault, InvalidRequest
from service.requests.other_names import OTHER_NAMES
from service.tensors.errors import InvalidParameter

MAX_MEMBERS = 64
"""More than any request has use for, few enough to look at each."""


_OF_TEXTS = frozenset((None, "layer"))
"""Parameters of faults that say what they are about themselves."""


def _of_text(fault: Fault) -> Fault:
    """Return a fault of a text as a whole."""
    detail = fault.detail if fault.parameter in _OF_TEXTS else f"{fault.parameter} {fault.detail}"
    return replace(fault, parameter=None, detail=detail)


@dataclass(frozen=True)
class Members:
    """The named values of a request: texts, or tuples of them, when they come from a query, else JSON values."""

    values: dict[str, Any]
    in_body: bool
    within: tuple[str | int, ...] = ()
    """Where in the body they stand."""
    notes: tuple[str, ...] = ()
    """A sentence on each of them that was understood otherwise than its words may suggest."""
    written: Mapping[str, str] = field(default_factory=dict)
    """The request's names of parameters that it calls otherwise, by their own."""
    is_large: bool = False
    """Whether there is so much that to look at all of it takes time."""
    is_text: bool = False
    """Whether they are read from a text, in which there is nothing to point at."""

    def refuse(self, *faults: Fault) -> NoReturn:
        """Raise InvalidRequest with `faults`, each by the name that the request has for the parameter."""
        written = [replace(fault, parameter=self.as_written(fault.parameter), within=self.within) for fault in faults]
        raise InvalidRequest([*map(_of_text, written)] if self.is_text else written, self.in_body)

    def as_written(self, parameter: str | None) -> str | None:
        """Return the name that the request has for a parameter."""
        if parameter is not None and parameter in self.written:
            return self.written[parameter]
        other = OTHER_NAMES.get(parameter or "")
        return other if other in self.values and parameter not in self.values else parameter

    def inside(self, *steps: str | int) -> Members:
        """Return no members, to refuse what stands further in, at `steps`."""
        return Members({}, self.in_body, (*self.within, *steps))

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse the parameter that an InvalidParameter, raised within the context, is about."""
        try:
            yield
        except InvalidParameter as error:
            self.refuse(Fault(error.parameter, error.detail))


def repeated(pairs: Sequence[tuple[str, Any]]) -> list[str]:
    """Return the names that occur more than once, in the order in which they first do so."""
    seen: set[str] = set()
    return list(dict.fromkeys(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
