"""A recipe: what each part of the models of some families starts at, as the code of a source has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.models.architecture import Architecture, Entry
from service.models.config import Config
from service.models.parts import Part, UnknownPart, part_of
from service.models.templates import Layers, without_choices


@dataclass(frozen=True)
class Model:
    """What a recipe asks of the model that a tensor is in."""

    layers: int
    width: int
    is_tied: bool
    """Whether its embedding is its head too."""
    std: float
    """The configuration's `initializer_range`."""
    base_width: int | None = None
    """The width at which hyperparameters were tuned."""

    @classmethod
    def of(cls, config: Config, architecture: Architecture, base_width: int | None) -> Model:
        """Return that of a configuration: as many layers as are numbered, and the width of its embedding."""
        layers, width, has_head = 0, 0, False
        for template, own in architecture.tensors.items():
            for name in without_choices(template):
                layers = max(layers, Layers.of(name).numbers.stop)
                if len(own["shape"]) == 2:
                    part = _part(name)
                    width = own["shape"][1] if part == "token_embedding" else width
                    has_head = has_head or part == "head"
        is_tied = config.flag("tie_word_embeddings", False) if config.is_bare else not has_head
        return cls(layers, width, is_tied, architecture.std, base_width)

    @property
    def width_multiplier(self) -> float:
        """The width over that of the base; 1 where there is none."""
        return 1.0 if self.base_width is None else self.width / self.base_width


@dataclass(frozen=True)
class Place:
    """A tensor, as a recipe sees it."""

    model: Model
    own: Entry
    """What the family's code initializes it by."""
    layer: int
    """Which layer it is in, from 0; 0 where it is in none."""


Scheme = Callable[[Place], Entry]
"""What returns the initializer of a tensor, with its parameters."""


@dataclass(frozen=True)
class OfEachLayer:
    """A scheme that has other parameters in each layer."""

    scheme: Scheme

    def __call__(self, place: Place) -> Entry:
        return self.scheme(place)


Table = Mapping[Part, Scheme]


Groups = Mapping[str, Mapping[str, Entry]]
"""Tensors that are alike in all layers, by the name that stands for all of them; each group by the names of its own."""


class MissingPart(LookupError):
    """A tensor of which a recipe says nothing."""

    def __init__(self, recipe: str, name: str) -> None:
        super().__init__(f"{recipe} says nothing of {name}")
        self.name = name


@dataclass(frozen=True)
class Recipe:
    """The tables of a source, one for each family that its code has."""

    name: str
    tables: Mapping[str, Table]
    """By `model_type`."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each family's stands: repository, file, function and commit."""
    takes_base_width: bool = False
    """Whether it depends on the width at which hyperparameters were tuned."""

    def groups(self, config: Config, architecture: Architecture, base_width: int | None = None) -> Groups:
        """Return the tensors of the architecture of a configuration as the recipe has them. Raises MissingPart."""
        model = Model.of(config, architecture, base_width)
        table = self.tables[config.model_type]
        return {
            name: self._group(table, model, name, own)
            for template, own in architecture.tensors.items()
            for name in without_choices(template)
        }

    def _group(self, table: Table, model: Model, name: str, own: Entry) -> dict[str, Entry]:
        """Return a tensor of all layers, or of each where they differ."""
        try:
            scheme = table[part_of(name, len(own["shape"]))]
        except (UnknownPart, KeyError) as error:
            raise MissingPart(self.name, name) from error
        shape = {"shape": own["shape"]}
        layers = Layers.of(name)
        if not isinstance(scheme, OfEachLayer) or len(layers.numbers) < 2:
            return {name: {**scheme(Place(model, own, layers.numbers.start)), **shape}}
        return {layers.name(layer): {**scheme(Place(model, own, layer)), **shape} for layer in layers.numbers}


def own_groups(architecture: Architecture) -> Groups:
    """Return the tensors of an architecture as the library has them."""
    return {name: {name: own} for template, own in architecture.tensors.items() for name in without_choices(template)}


def tensors_of(groups: Groups) -> dict[str, Entry]:
    """Return all tensors of some groups."""
    return {name: entry for group in groups.values() for name, entry in group.items()}


def _part(name: str) -> Part | None:
    try:
        return part_of(name, 2)
    except UnknownPart:
        return None
