"""From a request's members to a tensor, and how it is to be sent."""

from __future__ import annotations

import difflib
import secrets
from typing import Any

from pydantic import BaseModel, ValidationError

from service.api.parameters import SHAPE_EXPECTED, DeliveryParameters, TensorParameters
from service.api.requests import Fault, Members
from service.api.texts import read_texts
from service.initializers.catalogue import CATALOGUE
from service.initializers.entry import Initializer, Target
from service.streams.stream import PhiloxStream
from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.spec import TensorSpec
from service.tensors.tensor import Tensor


def parse(name: str, members: Members, threads: int) -> tuple[Tensor, DeliveryParameters]:
    """Return the tensor that `name` and `members` describe, and how it is to be sent.

    Raises UnknownInitializer and InvalidRequest.
    """
    kind = CATALOGUE.get(name)
    taken = {model: dict[str, Any]() for model in (TensorParameters, DeliveryParameters, kind)}
    unknown = []
    for key, value in members.values.items():
        model = next((m for m in taken if key in m.model_fields), None)
        if model is None:
            unknown.append(Fault(key, _unknown(key, kind)))
        else:
            taken[model][key] = value
    faults = list(unknown)
    parts = [
        _validate(model, values if members.in_body else read_texts(model, values), faults)
        for model, values in taken.items()
    ]
    if faults:
        members.refuse(*faults)
    general, delivery, initializer = parts
    try:
        return _tensor(general, initializer, threads), delivery
    except InvalidParameter as error:
        members.refuse(Fault(error.parameter, error.detail))


def _unknown(key: str, kind: type[Initializer]) -> str:
    taken = [*kind.model_fields, *TensorParameters.model_fields, *DeliveryParameters.model_fields]
    nearest = difflib.get_close_matches(key[:64], taken, n=1)
    meant = f"did you mean {nearest[0]}? It takes" if nearest else "it takes"
    return f"{kind.entry.name} takes no such parameter; {meant} {', '.join(taken)}"


def _validate(model: type[BaseModel], values: dict[str, Any], faults: list[Fault]) -> Any:
    """Return the model, or None with what is wrong added to `faults`."""
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            place = str(item["loc"][0]) if item["loc"] else None
            faults.append(Fault(place, _advice(item, place)))
        return None


def _advice(item: Any, place: str | None) -> str:
    if item["type"] == "missing":
        return f"is required: {SHAPE_EXPECTED}" if place == "shape" else "is required"
    message = str(item["msg"]).removeprefix("Value error, ").replace("Input should", "must")
    return message[:1].lower() + message[1:]


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
            f"the tensor can reach ±{built.largest:.4g}, and {dtype.name} holds numbers up to {dtype.largest:.4g}",
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
    return Tensor(spec, built.source, {**dict(spec.parameters), **built.facts})
