"""From a request's members to a tensor, and how it is to be sent."""

from __future__ import annotations

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

    Raises UnknownInitializer and InvalidRequest.
    """
    kind = CATALOGUE.get(name)
    taken = {model: dict[str, Any]() for model in (TensorParameters, DeliveryParameters, kind)}
    known = [key for model in (kind, TensorParameters, DeliveryParameters) for key in model.model_fields]
    faults: list[Fault] = []
    for key, value in members.values.items():
        model = next((m for m in taken if key in m.model_fields), None)
        if model is None:
            faults.append(Fault(key, unknown(key, kind.entry.name, known)))
        else:
            taken[model][key] = value
    parts = [
        _validate(model, values if members.in_body else read_texts(model, values), faults)
        for model, values in taken.items()
    ]
    if faults:
        members.refuse(*dict.fromkeys(faults))
    general, delivery, initializer = parts
    try:
        return _tensor(general, initializer, threads), delivery
    except InvalidParameter as error:
        members.refuse(Fault(error.parameter, error.detail))


def _validate(model: type[BaseModel], values: dict[str, Any], faults: list[Fault]) -> Any:
    """Return the model, or None with what is wrong added to `faults`."""
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            place = str(item["loc"][0]) if item["loc"] else None
            faults.append(Fault(place, explain(item, place)))
        return None


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
        parameters=initializer.canonical(),
    )
    selection = None if general.slice is None else select(general.slice, general.shape)
    return Tensor(spec, built.source, {**dict(spec.parameters), **built.facts}, selection)
