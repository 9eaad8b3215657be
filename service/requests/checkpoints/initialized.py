"""The tensors of a configuration, by the recipe that a request names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from service.models.architecture import Architecture, Entry
from service.models.config import Config, InvalidConfig
from service.models.recipes.recipe import Groups, MissingPart, own_groups, tensors_of
from service.models.recipes.registry import RECIPES, recipes_of
from service.models.registry import UnknownFamily, architecture_of
from service.requests.checkpoints import advised
from service.requests.checkpoints.forms import Place, fault_at
from service.requests.checkpoints.recipe_parameters import BY_NAME, FRAMEWORK, RecipeParameters
from service.requests.faults import Fault, InvalidRequest
from service.tensors.errors import InvalidParameter


def recipe_names(model_type: str) -> tuple[str, ...]:
    """Return the recipes that a family has, the library's own first."""
    of_advice = (advised.NAME,) if model_type in advised.FAMILIES else ()
    return (FRAMEWORK, *(recipe.name for recipe in recipes_of(model_type)), *of_advice)


def read_architecture(config: Config, place: Place) -> Architecture:
    """Return the architecture of a configuration that stands at a place of the body. Raises InvalidRequest."""
    with _refusing_config(place):
        return architecture_of(config)


@contextmanager
def _refusing_config(place: Place) -> Iterator[None]:
    """Refuse what is wrong with a configuration at a place of the body."""
    try:
        yield
    except UnknownFamily as error:
        raise InvalidRequest([fault_at((*place, "model_type"), str(error))], True) from error
    except InvalidConfig as error:
        raise InvalidRequest([fault_at((*place, *error.place), error.detail)], True) from error


class Started(NamedTuple):
    """The tensors of a model, with what initializes them."""

    tensors: Mapping[str, Entry]
    ties: Mapping[str, str]
    """Those that are not among them, each with the one whose elements it has."""


@dataclass(frozen=True)
class Initialized:
    """What initializes the tensors of a model."""

    asked: RecipeParameters
    above: Place = ()
    """Where in the body the object stands that says so."""
    of_query: frozenset[str] = frozenset()
    """The members that the query says."""
    member: str = "initialize"
    """The one that names the recipe."""

    def tensors(self, config: Config, place: Place) -> Started:
        """Return the tensors of a configuration that stands at a place of the body. Raises InvalidRequest."""
        architecture = read_architecture(config, place)
        self._check(config.model_type)
        if self._name == FRAMEWORK:
            # With the choices of words in its names, as tokens have them.
            return Started(architecture.tensors, architecture.ties)
        return Started(tensors_of(self._groups(config, architecture, place)), architecture.ties)

    def groups(self, config: Config, architecture: Architecture, place: Place) -> Groups:
        """Return the tensors of an architecture, those that are alike in all layers together. Raises InvalidRequest."""
        self._check(config.model_type)
        return self._groups(config, architecture, place)

    @contextmanager
    def _refusing(self, place: Place) -> Iterator[None]:
        """Refuse what is wrong with a configuration at a place of the body, or with the recipe for it."""
        try:
            with _refusing_config(place):
                yield
        except MissingPart as error:
            raise self._refused(self.member, str(error)) from error
        except InvalidParameter as error:
            detail = f"advise has no answer for this model: {error.parameter} {error.detail}"
            raise self._refused(self.member, detail) from error

    def without_model(self) -> None:
        """Raise InvalidRequest where a recipe for models is asked for tensors of no configuration."""
        for name, value in self.asked.model_dump(include={*RecipeParameters.model_fields}).items():
            if value is not None and value != BY_NAME:
                what = f"{value} is" if name == "initialize" else "is"
                detail = (
                    f"{what} for a model: a name or an id of /models, or a config in the body; the tensors of this "
                    "manifest say themselves what initializes them"
                )
                raise self._refused(name, detail)

    def _groups(self, config: Config, architecture: Architecture, place: Place) -> Groups:
        with self._refusing(place):
            if self._name == FRAMEWORK:
                return own_groups(architecture)
            if self._name == advised.NAME:
                return advised.advised_groups(config, architecture, self.asked.architecture)
            return RECIPES[self._name].groups(config, architecture, self.asked.base_width)

    @property
    def _name(self) -> str:
        return self.asked.initialize or FRAMEWORK

    def _check(self, model_type: str) -> None:
        """Raise InvalidRequest for a recipe that a family has not, and for members that are not of the recipe."""
        name, names = self._name, recipe_names(model_type)
        if name not in names:
            what = "is for tensors that say no initializer" if name == BY_NAME else f"is no recipe of {model_type}"
            raise self._refused(self.member, f"{name} {what}; {model_type} has {', '.join(names)}")
        takes_width = name in RECIPES and RECIPES[name].takes_base_width
        if takes_width and self.asked.base_width is None:
            raise self._refused("base_width", f"is required by {name}: the width at which hyperparameters were tuned")
        if self.asked.base_width is not None and not takes_width:
            raise self._refused("base_width", f"is not for {name}: leave it out, or ask for initialize=mup")
        if self.asked.architecture is not None and name != advised.NAME:
            raise self._refused("architecture", f"is not for {name}: leave it out, or ask for initialize=advise")

    def _refused(self, member: str, detail: str) -> InvalidRequest:
        is_of_query = member in self.of_query or (member == "base_width" and "initialize" in self.of_query)
        return InvalidRequest([Fault(member, detail, () if is_of_query else self.above)], not is_of_query)
