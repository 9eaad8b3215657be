"""Models by name: those that were published, those that the operator keeps, and any other by its configuration."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.checkpoints.checkpoint import LONGEST_TEXT, LONGEST_URL
from service.checkpoints.token import canonical_text, encode
from service.models.config import Config
from service.models.published import PUBLISHED
from service.models.registry import architecture_of
from service.models.templates import count, without_choices
from service.requests.checkpoints.forms import Written, read_written
from service.requests.checkpoints.initialized import Initialized, recipe_names
from service.requests.checkpoints.recipe_parameters import RecipeParameters
from service.requests.checkpoints.request import UnknownCheckpoint, document_of_token
from service.requests.faults import Fault, InvalidRequest
from service.tensors.dtypes import DTYPES

_LONGEST_ID = LONGEST_URL - 128
"""Characters of an id: a file and a seed follow it in a URL."""


@dataclass(frozen=True)
class NamedModel:
    """A model, and what is counted of it."""

    name: str
    config: Mapping[str, Any]
    parameters: int
    """Numbers in its tensors, those of tied ones once, and of buffers not."""
    tensors: int
    nbytes: Mapping[str, int]
    """Of its tensors, by their dtypes."""
    recipes: tuple[str, ...]
    """Those that may initialize it."""

    @property
    def model_type(self) -> str:
        """The family of its architecture."""
        return Config(self.config).model_type


def named(name: str, members: Mapping[str, Any]) -> NamedModel:
    """Return the model of a configuration. Raises UnknownFamily and InvalidConfig."""
    config = Config(members)
    parameters = tensors = 0
    nbytes: Counter[str] = Counter()
    architecture = architecture_of(config)
    for template, entry in architecture.tensors.items():
        number = sum(map(count, without_choices(template)))
        elements = number * math.prod(entry["shape"])
        dtype = entry.get("dtype") or config.dtype or "float32"
        parameters += 0 if template in architecture.buffers else elements
        tensors += number
        nbytes[dtype] += elements * DTYPES[dtype].storage.itemsize
    return NamedModel(name, members, parameters, tensors, nbytes, recipe_names(config.model_type))


@functools.cache
def published_model(name: str) -> NamedModel:
    """Return a published model. Raises KeyError."""
    return named(name, PUBLISHED[name].config)


def posted_model(document: Any) -> NamedModel:
    """Return the model of a body: a configuration as it is, or in `config`. Raises InvalidRequest."""
    written = read_written(document if _has_config(document) else {"config": None})
    if written.general:
        faults = [Fault(name, "is not known here: a model is its config, and no more") for name in written.general]
        raise InvalidRequest(faults, True)
    model = _checked(written, "")
    return replace(model, name=identifier(model.config))


def model_of_id(name: str, limit: int) -> NamedModel | None:
    """Return the model of an id that a reply to POST /models has; None where it is none."""
    try:
        document, _ = document_of_token(name, limit)
        return model_of_manifest(name, document)
    except UnknownCheckpoint:
        return None


def model_of_manifest(name: str, document: Any) -> NamedModel | None:
    """Return the model of a manifest that is kept under a name; None of one that has no configuration."""
    if not _has_config(document):
        return None
    try:
        return _checked(read_written(document), name)
    except InvalidRequest:
        return None


def identifier(config: Mapping[str, Any]) -> str:
    """Return the id of a configuration, which has all of it. Raises InvalidRequest."""
    text = canonical_text({"config": config})
    name = encode(text) if len(text) <= LONGEST_TEXT else ""
    if not name or len(name) > _LONGEST_ID:
        detail = (
            "is too long for a URL: leave out members that say nothing of the tensors, such as id2label, for which "
            "num_labels stands, or keep it as NAME.json in the server's folder FANIN_MODELS, where it is /models/NAME"
        )
        raise InvalidRequest([Fault("config", detail)], True)
    return name


def _has_config(document: Any) -> bool:
    return isinstance(document, dict) and ("model_type" in document or "config" in document)


def _checked(written: Written, name: str) -> NamedModel:
    """Return the model of what is written. Raises InvalidRequest."""
    if written.config is None:
        raise InvalidRequest([Fault("config", "must be the config.json of a model")], True)
    Initialized(RecipeParameters()).tensors(written.config, written.place)
    return named(name, written.config.members)
