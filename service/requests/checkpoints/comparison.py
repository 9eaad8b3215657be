"""Several recipes of one model side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.delivery.answering import AnswerCost
from service.delivery.recipe_comparison import Comparison, Group, Start
from service.models.architecture import Architecture, Entry
from service.models.config import Config
from service.models.recipes.recipe import Groups
from service.models.recipes.registry import RECIPES
from service.models.templates import count
from service.requests.checkpoints import advised
from service.requests.checkpoints.forms import Place, read_written
from service.requests.checkpoints.initialized import Initialized, read_architecture
from service.requests.checkpoints.manifest import kind_of
from service.requests.checkpoints.recipe_parameters import RECIPE_NAMES, RecipeParameters
from service.requests.faults import Fault, InvalidRequest
from service.requests.members import Members
from service.requests.tensor_request import parse_draft
from service.requests.validation import read, split

MEMBER = "compare"

_GROUP_SECONDS = 1e-3
_GROUPS = 32
_LAYER_SECONDS = 2e-3
_BYTES = 2**20
"""What comparing takes, about: a model has so many groups of like tensors, some of which differ by layer."""

Std = float | str | None


@dataclass(frozen=True)
class ComparisonRequest:
    """A configuration, and the recipes that are to stand side by side."""

    config: Config
    place: Place
    """Where in the body it stands."""
    recipes: Sequence[str]
    asked: RecipeParameters
    """What they depend on."""

    @property
    def cost(self) -> AnswerCost:
        """What comparing takes, about."""
        numbers = (self.config.members.get(name) for name in ("num_hidden_layers", "n_layer", "n_layers"))
        layers = next((number for number in numbers if isinstance(number, int) and 0 <= number <= 10_000), 0)
        of_advice = advised.SECONDS if advised.NAME in self.recipes else 0.0
        seconds = len(self.recipes) * _GROUPS * _GROUP_SECONDS + layers * _LAYER_SECONDS + of_advice
        return AnswerCost(_BYTES, seconds, "compare fewer recipes, or fewer layers")

    def compare(self) -> Comparison:
        """Return the comparison. Raises InvalidRequest."""
        architecture = read_architecture(self.config, self.place)
        by_recipe = {name: self._groups(name, architecture) for name in self.recipes}
        known: dict[bytes, Std] = {}
        groups = [
            Group(
                name,
                count(name),
                tuple(next(iter(by_recipe[self.recipes[0]][name].values()))["shape"]),
                {recipe: _start([*by_recipe[recipe][name].values()], known) for recipe in self.recipes},
            )
            for name in by_recipe[self.recipes[0]]
        ]
        parameters = sum(group.count * math.prod(group.shape) for group in groups)
        return Comparison(self.config.model_type, self.recipes, groups, parameters)

    def _groups(self, name: str, architecture: Architecture) -> Groups:
        """Return the tensors by one recipe, which is told what it depends on. Raises InvalidRequest."""
        own = {member: value for member, value in self.asked if member in _dependencies(name)}
        asked = RecipeParameters.model_validate({**own, "initialize": name})
        return Initialized(asked, self.place[:-1], member=MEMBER).groups(self.config, architecture, self.place)


def _dependencies(recipe: str) -> frozenset[str]:
    """Return the members that a recipe depends on."""
    takes_width = recipe in RECIPES and RECIPES[recipe].takes_base_width
    return frozenset((["base_width"] if takes_width else []) + (["architecture"] if recipe == advised.NAME else []))


def compares(document: Any, query: Members) -> bool:
    """Return whether a body, or the query beside it, asks to compare recipes."""
    if MEMBER in query.values:
        return True
    # A map of names and shapes may have a tensor that is called so.
    return isinstance(document, dict) and MEMBER in document and not all(isinstance(v, list) for v in document.values())


def read_comparison(document: Any, query: Members) -> ComparisonRequest:
    """Return what a body, and the query beside it, ask to compare. Raises InvalidRequest."""
    is_of_query = MEMBER in query.values
    if isinstance(document, dict) and not is_of_query:
        wanted = document[MEMBER]
        document = {name: value for name, value in document.items() if name != MEMBER}
    else:
        wanted = query.values[MEMBER]
    written = read_written(document)
    if written.config is None:
        raise InvalidRequest([Fault(MEMBER, "is for a model: its config.json, in config")], not is_of_query)
    said = {name: value for name, value in query.values.items() if name != MEMBER}
    recipes = _recipes(wanted, in_body=not is_of_query)
    taken = frozenset().union(*map(_dependencies, recipes))
    asked = _both(_read(said, taken, in_body=False), _read(written.general, taken, in_body=True))
    return ComparisonRequest(written.config, written.place, recipes, asked)


def _read(values: Mapping[str, Any], taken: frozenset[str], *, in_body: bool) -> RecipeParameters:
    """Return what recipes are told that depend on the members `taken`. Raises InvalidRequest."""
    faults: list[Fault] = []
    (own,) = split(Members(dict(values), in_body), "a comparison", (RecipeParameters,), faults)
    asked = read(RecipeParameters, own, faults)
    for name in () if asked is None else asked.model_dump(exclude_none=True).keys() - taken:
        is_recipe = name == "initialize"
        detail = "is one of those that compare lists: say it there" if is_recipe else "is for no recipe of compare"
        faults.append(Fault(name, detail))
    if asked is None or faults:
        raise InvalidRequest(faults, in_body)
    return asked


def _both(of_query: RecipeParameters, of_body: RecipeParameters) -> RecipeParameters:
    """Return what the query and the body say. Raises InvalidRequest for what both do."""
    said = of_query.model_dump(exclude_none=True)
    both = [
        Fault(name, "is in the body too; say it once") for name in of_body.model_dump(exclude_none=True).keys() & said
    ]
    if both:
        raise InvalidRequest(both, False)
    return of_body.model_copy(update=said)


def _recipes(value: Any, *, in_body: bool) -> Sequence[str]:
    """Return the recipes of a list, or of a text with commas. Raises InvalidRequest."""
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    is_list = isinstance(names, list | tuple) and bool(names)
    if not is_list or not all(isinstance(name, str) and name in RECIPE_NAMES for name in names):
        raise InvalidRequest([Fault(MEMBER, f"must be a list of recipes, of {', '.join(RECIPE_NAMES)}")], in_body)
    if len(set(names)) < len(names):
        raise InvalidRequest([Fault(MEMBER, "has a recipe twice")], in_body)
    return tuple(names)


def _start(entries: Sequence[Entry], known: dict[bytes, Std]) -> Start:
    """Return what a group starts at that has these tensors; `known` are standard deviations of others."""
    first = entries[0]
    shared = {
        member: value
        for member, value in first.items()
        if member not in {"initializer", "shape"} and all(entry.get(member) == value for entry in entries)
    }
    stds = tuple(_std(entry, known) for entry in entries)
    return Start(first["initializer"], shared, stds if len(set(stds)) > 1 else stds[:1])


def _std(entry: Mapping[str, Any], known: dict[bytes, Std]) -> Std:
    """Return the standard deviation of the elements of a tensor; None of a constant."""
    kind = kind_of(entry)
    if kind not in known:
        draft, _ = parse_draft(Members(dict(entry), in_body=True), 1)
        facts = draft.tensor(0, "").facts()
        std = facts.get("std_after", facts.get("std"))
        known[kind] = std if isinstance(std, float | int | str) and std else None
    return known[kind]
