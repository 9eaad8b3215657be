"""What is wrong with a manifest, gathered until so much is that the rest can wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from service.requests.checkpoints.forms import Place
from service.requests.checkpoints.manifest import Manifest
from service.requests.faults import Fault, InvalidRequest

MOST_FAULTS = 32
"""Faults of a manifest that are looked for: who has more to mend begins with these."""

_LISTED = 8
"""Names that a refusal lists."""


@dataclass
class ManifestFaults:
    """The faults of a manifest."""

    manifest: Manifest
    _found: list[Fault] = field(default_factory=list)
    _unmatched: list[str] = field(default_factory=list)

    @property
    def are_enough(self) -> bool:
        """Whether no more are looked for."""
        return len(self._found) >= MOST_FAULTS

    @property
    def above(self) -> Place:
        """Where the object stands of which the tensors are a member."""
        return self.manifest.written.place[:-1]

    def add(self, *faults: Fault) -> None:
        """Add what is wrong."""
        self._found += faults

    def of_tensor(self, key: str, parameter: str | None, detail: str) -> None:
        """Add what is wrong with a member of a tensor; None for the tensor as a whole."""
        self.add(self.manifest.written.fault(key, parameter, detail))

    def unmatched(self, name: str) -> None:
        """Add a tensor that nothing says how to initialize."""
        self._unmatched.append(name)

    def refuse(self) -> None:
        """Raise InvalidRequest where something is wrong: with the query first, in which nothing else is looked for."""
        if self._unmatched:
            self._found.append(self._of_unmatched())
        above = len(self.above)
        members = {(name,) for name in self.manifest.of_query}
        of_query = [fault for fault in self._found if (*fault.within, fault.parameter)[above:][:1] in members]
        if of_query or self._found:
            raise InvalidRequest((of_query or self._found)[:MOST_FAULTS], not of_query)

    def refuse_if(self, faults: Iterable[Fault]) -> None:
        """Add some faults, each as it is found, and raise InvalidRequest where there are any."""
        for fault in faults:
            self.add(fault)
        self.refuse()

    def _of_unmatched(self) -> Fault:
        listed = ", ".join(self._unmatched[:_LISTED])
        more = f" and {len(self._unmatched) - _LISTED} more" if len(self._unmatched) > _LISTED else ""
        return Fault(
            "tensors",
            f"nothing says how to initialize {listed}{more}: give each an initializer, a rule that matches, or "
            '"initialize": "by_name"',
            self.above,
        )
