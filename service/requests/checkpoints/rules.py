"""Rules: what tensors whose names match have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.checkpoints.names import NamePattern
from service.requests.checkpoints.forms import Place

_CONDITIONS = frozenset(("match", "rank"))


@dataclass(frozen=True, eq=False)
class Rule:
    """Members of all tensors whose names match one of some patterns, and that have one of some ranks."""

    match: tuple[str, ...]
    members: Mapping[str, Any]
    place: Place
    """Where in the request it stands."""
    ranks: frozenset[int] | None = None
    """None for any."""
    patterns: tuple[NamePattern, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "patterns", tuple(map(NamePattern, self.match)))

    def holds(self, name: str, rank: int) -> bool:
        """Return whether it is for a tensor."""
        if self.ranks is not None and rank not in self.ranks:
            return False
        return any(pattern.matches(name) for pattern in self.patterns)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The rule as a manifest has it."""
        match: Any = self.match[0] if len(self.match) == 1 else list(self.match)
        ranks = {} if self.ranks is None else {"rank": sorted(self.ranks)}
        return {"match": match, **ranks, **self.members}


def first_match(rules: Sequence[Rule], name: str, rank: int) -> Rule | None:
    """Return the first rule that is for a tensor."""
    return next((rule for rule in rules if rule.holds(name, rank)), None)
