"""Rules: what tensors whose names match have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.checkpoints.names import NamePattern
from service.requests.checkpoints.forms import Place

GENERAL = frozenset(("dtype", "layout", "seed", "stream"))
"""Members that a rule gives whether or not it gives the initializer."""


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
    def is_general(self) -> bool:
        """Whether it has members of `GENERAL`."""
        return not GENERAL.isdisjoint(self.members)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The rule as a manifest has it."""
        match: Any = self.match[0] if len(self.match) == 1 else list(self.match)
        ranks = {} if self.ranks is None else {"rank": sorted(self.ranks)}
        return {"match": match, **ranks, **self.members}


@dataclass(frozen=True)
class Said:
    """What rules say of a tensor: which rule gives it each member."""

    general: Mapping[str, Rule]
    """Those of `GENERAL`."""
    initializer: Rule | None
    """The one that gives the initializer, and with it its parameters."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them, some more than once."""
        return (*self.general.values(), *([] if self.initializer is None else [self.initializer]))

    def members(self) -> dict[str, Any]:
        """Return the members that they give."""
        own = {} if self.initializer is None else self.initializer.members
        members = {name: value for name, value in own.items() if name not in GENERAL}
        return members | {name: rule.members[name] for name, rule in self.general.items()}

    def giver(self, member: str) -> Rule | None:
        """Return the rule that gives a member."""
        if member in self.general:
            return self.general[member]
        rule = self.initializer
        return rule if rule is not None and member in rule.members and member not in GENERAL else None


NOTHING = Said({}, None)
"""What no rules say."""


def said_by(rules: Sequence[Rule], name: str, rank: int) -> Said:
    """Return what rules say of a tensor: each member is that of the first that matches and has it."""
    general: dict[str, Rule] = {}
    initializer = None
    for rule in rules:
        if (initializer is None or rule.is_general) and rule.holds(name, rank):
            for member in GENERAL & rule.members.keys():
                general.setdefault(member, rule)
            if initializer is None and "initializer" in rule.members:
                initializer = rule
    return Said(general, initializer)
