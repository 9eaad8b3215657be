"""Every rule for the tensors of one manifest: its own, and those of names where it asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.checkpoints import by_name
from service.requests.checkpoints.manifest import Manifest
from service.requests.checkpoints.recipe_parameters import BY_NAME
from service.requests.checkpoints.rules import NOTHING, Rule, Said, said_by
from service.requests.checkpoints.wanted import Wanted


@dataclass
class RuleBook:
    """The rules for the tensors of a manifest, which are called `names`."""

    manifest: Manifest
    names: Collection[str]
    _used_of_names: set[Rule] = field(default_factory=set)

    def said(self, wanted: Wanted) -> Said:
        """Return what rules say of a tensor; a rule of names that is used is remembered."""
        rules = self.manifest.rules
        said = said_by(rules, wanted.name, wanted.rank) if rules else NOTHING
        if "initializer" in wanted.own:
            return Said(said.general, None)
        if said.initializer is None and self.manifest.parameters.initialize == BY_NAME:
            of_name = said_by(self._of_names, wanted.name, wanted.rank)
            said = Said({**of_name.general, **said.general}, of_name.initializer)
            if said.initializer is not None:
                self._used_of_names.add(said.initializer)
        return said

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The rules of the manifest, and those of names that were used, as a manifest has them."""
        own = [rule.document for rule in self.manifest.rules]
        # In the order of their table, for the first that matches holds.
        used = self._used_of_names
        of_names = [rule.document for rule in self._of_names if rule in used] if used else []
        return own + [rule for rule in of_names if rule not in own]

    @cached_property
    def _of_names(self) -> tuple[Rule, ...]:
        """The rules of names, for as many layers as the names tell of."""
        layers = by_name.layers(self.names)
        return tuple(_rule(rule, layers) for rule in by_name.BY_NAME)


def _rule(rule: by_name.NameRule, layers: int) -> Rule:
    counted = {"layers": layers} if rule.counts_layers else {}
    members = {"initializer": rule.initializer, **rule.parameters, **counted}
    return Rule(rule.match, members, (), None if rule.ranks is None else frozenset(rule.ranks))
