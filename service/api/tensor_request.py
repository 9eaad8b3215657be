"""From a request's members to a tensor, and how it is to be sent."""

from __future__ import annotations

import functools
import secrets
from typing import Any

from pydantic import BaseModel, ValidationError

from service.api.explanations import explain, unknown
from service.api.parameters import DeliveryParameters, TensorParameters
from service.api.requests import Fault, Members
from service.api.texts import read_texts
from service.initializers.catalogue import CATALOGUE
from service.initializers.entry import Initializer, Target
from service.streams.stream import PhiloxStream
from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.slicing import select
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor


def parse(name: str, members: Members, threads: int) -> tuple[Tensor, DeliveryParameters]:
    """Return the tensor that `name` and `members` describe, and how it is to be sent.

    Raises UnknownInitializer, NotOfShape and InvalidRequest.
    """
    kind = CATALOGUE.get(name)
    owners = _owners(kind)
    taken: dict[type[BaseModel], dict[str, Any]] = {TensorParameters: {}, DeliveryParameters: {}, kind: {}}
    faults: list[Fault] = []
    for key, value in members.values.items():
        owner = owners.get(key)
        if owner is None:
            faults.append(Fault(key, unknown(key, kind.entry.name, list(owners))))
        else:
            taken[owner][key] = value
    read = _read_values if members.in_body else _read_texts
    general, delivery, initializer = (read(model, values, faults) for model, values in taken.items())
    if faults:
        members.refuse(*dict.fromkeys(faults))
    try:
        return _tensor(general, initializer, threads), delivery
    except InvalidParameter as error:
        members.refuse(Fault(error.parameter, error.detail))


@functools.cache
def _owners(kind: type[Initializer]) -> dict[str, type[BaseModel]]:
    """Return the model that each name known to an initializer belongs to."""
    return {name: model for model in (kind, TensorParameters, DeliveryParameters) for name in model.model_fields}


def _read_values(model: type[BaseModel], values: dict[str, Any], faults: list[Fault]) -> Any:
    """Return the model, or None with what is wrong added to `faults`."""
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            place = str(item["loc"][0]) if item["loc"] else None
            faults.append(Fault(place, explain(item, place)))
        return None


def _read_texts(model: type[BaseModel], texts: dict[str, str], faults: list[Fault]) -> Any:
    """As `_read_values`, of a query."""
    try:
        # A seed or a name is seldom asked for twice, the rest of a request often.
        return _model(model, (*texts.items(),)) if model is not TensorParameters else _validated(model, texts)
    except ValidationError:
        return _read_values(model, read_texts(model, texts), faults)


@functools.lru_cache(maxsize=4096)
def _model(model: type[BaseModel], texts: tuple[tuple[str, str], ...]) -> BaseModel:
    return _validated(model, dict(texts))


def _validated(model: type[BaseModel], texts: dict[str, str]) -> BaseModel:
    return model.model_validate(read_texts(model, texts), strict=True)


def _tensor(general: TensorParameters, initializer: Initializer, threads: int) -> Tensor:
    entry = initializer.entry
    dtype: Dtype = DTYPES[general.dtype]
    seed = general.seed
    if entry.random and seed is None:
        seed = secrets.randbits(64)
    stream = PhiloxStream(seed or 0, general.name)
    built = initializer.build(Target(general.shape, dtype, stream, threads))
    if built.largest > dtype.largest:
        raise InvalidParameter(
            "dtype",
            f"the tensor can reach ±{built.largest:.6g}, and {dtype.name} holds numbers up to {dtype.largest:.6g}",
        )
    spec = TensorSpec(
        initializer=entry.name,
        shape=general.shape,
        dtype=dtype,
        seed=seed if entry.random else None,
        name=general.name,
        stream=stream.version,
        parameters=initializer.canonical,
    )
    selection = None if general.slice is None else select(general.slice, general.shape)
    return Tensor(spec, built.source, {**dict(spec.parameters), **built.facts}, selection)
