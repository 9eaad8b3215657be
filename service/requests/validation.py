"""From the members of a request to a model: the same rules for a query and for a body."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from service.initializers.initializer import Initializer
from service.requests.explanations import Taker, explain, unknown
from service.requests.faults import Fault
from service.requests.members import Members
from service.requests.other_names import OTHER_NAMES
from service.requests.spellings.model import choices_of, read_values

Model = TypeVar("Model", bound=BaseModel)


_MOST_EXPLAINED = 8
"""Unknown parameters of which an answer says what may be meant: to look for that takes longest."""
_UNKNOWN = "is not a known parameter"


def read(model: type[Model], values: Mapping[str, Any], faults: list[Fault]) -> Model | None:
    """Return the model, or None with what is wrong added to `faults`; unknown members are not looked for."""
    if not values:
        absent = _without_values(model)
        if absent is not None:
            return cast("Model", absent)
    try:
        return model.model_validate(read_values(model, values), strict=True)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            place = str(item["loc"][0]) if item["loc"] else None
            explanation = explain(item, place, choices_of(model).get(place or ""))
            faults.append(Fault(place, explanation + _expected(model, item)))
        return None


@functools.cache
def _without_values(model: type[BaseModel]) -> BaseModel | None:
    """Return the model of which nothing is said; None where something must be, or where each has one of its own."""
    is_frozen = model.model_config.get("frozen", False)
    is_optional = not any(field.is_required() for field in model.model_fields.values())
    return model() if is_frozen and is_optional and not issubclass(model, Initializer) else None


def _expected(model: type[BaseModel], error: Mapping[str, Any]) -> str:
    """Return what an initializer says that a missing parameter must be."""
    if error["type"] != "missing" or not issubclass(model, Initializer):
        return ""
    expected = model.expected(str(error["loc"][0]), error["input"])
    return expected and f": {expected}"


def split(
    members: Members, subject: str | Taker, models: tuple[type[BaseModel], ...], faults: list[Fault]
) -> list[dict[str, Any]]:
    """Return the values that each of the models takes, by the names that the models have for them.

    Those that no model takes, and those given by two names, become faults of `subject`, which takes what the models do
    unless it says otherwise.
    """
    owners = _owners(models)
    before = len(faults)
    taken: list[dict[str, Any]] = [{} for _ in models]
    for key, value in members.values.items():
        name = key if key in owners else OTHER_NAMES.get(key, key)
        owner = owners.get(name)
        if owner is None:
            taker = Taker(subject, list(owners)) if isinstance(subject, str) else subject
            is_explained = len(faults) < _MOST_EXPLAINED
            lists = len(faults) == before
            faults.append(Fault(key, unknown(key, value, taker, lists) if is_explained else _UNKNOWN))
        elif name is not key and name in members.values:
            faults.append(Fault(key, f"is another name of {name}, which is given too; give one of them"))
        else:
            taken[owner][name] = value
    return taken


@functools.cache
def _owners(models: tuple[type[BaseModel], ...]) -> Mapping[str, int]:
    """Return which of the models each parameter is of."""
    return {name: place for place, model in enumerate(models) for name in model.model_fields}
