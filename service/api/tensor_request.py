"""From a request's members to a tensor in a format: what every tensor takes, and what its initializer takes."""

from __future__ import annotations

import difflib
import math
import re
import secrets
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from service.api.requests import Fault, Members
from service.api.texts import read_texts
from service.initializers.catalogue import CATALOGUE
from service.initializers.entry import Initializer, Target
from service.streams.stream import LARGEST_SEED, PhiloxStream
from service.tensors.dtypes import DTYPES, Dtype
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape
from service.tensors.spec import LARGEST_EXACT_INTEGER, TensorSpec
from service.tensors.tensor import Tensor

MAX_RANK = 32
"""NumPy's limit for most of its life, and that of most readers of .npy."""

MAX_SIZE = LARGEST_EXACT_INTEGER
"""Elements, and the product of the axes that are not empty: more is beyond any server, and any double."""

MAX_NAME = 256
"""Characters in a tensor's name: percent-encoded in three headers, they stay below what clients take."""

SHAPE_EXPECTED = "must be the sizes of the axes with commas between them, such as 256,784; the empty string is a scalar"


def _shape(value: Any) -> Any:
    """Take a list, as JSON and `read_texts` have it."""
    if not isinstance(value, list):
        raise ValueError(SHAPE_EXPECTED)  # noqa: TRY004 (Pydantic reports ValueError only)
    return tuple(value)


def _countable(shape: Shape) -> Shape:
    if math.prod(max(axis, 1) for axis in shape) > MAX_SIZE:
        raise ValueError(f"has more than {MAX_SIZE} elements (the product of its axes that are not zero)")
    return shape


def _seed(value: Any) -> Any:
    """Read a seed: an integer, or a decimal string, which JSON needs past 2**53."""
    seed = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,40}", value) else value
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"must be an integer from 0 to {LARGEST_SEED}")
    return seed


def _name(value: str) -> str:
    if value == "__metadata__":
        raise ValueError("is reserved by the safetensors format; take another name")
    return value


Axis = Annotated[int, Field(ge=0, le=MAX_SIZE)]
ShapeField = Annotated[
    tuple[Axis, ...],
    BeforeValidator(_shape),
    AfterValidator(_countable),
    Field(max_length=MAX_RANK, description="The sizes of the axes; none for a scalar."),
]
SeedField = Annotated[
    int,
    BeforeValidator(_seed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
                {"type": "string", "pattern": "^[0-9]{1,20}$"},
            ]
        }
    ),
]


class TensorParameters(BaseModel):
    """What every tensor takes, whatever its initializer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: ShapeField
    seed: Annotated[
        SeedField | None,
        Field(description="0 to 2**64 - 1; a string where numbers lose digits. Absent: one is drawn, and told."),
    ] = None
    name: Annotated[
        str,
        AfterValidator(_name),
        Field(max_length=MAX_NAME, description="The tensor's own stream within the seed, such as encoder.0.weight."),
    ] = ""
    dtype: Annotated[
        Literal[tuple(DTYPES)],  # type: ignore[valid-type]
        Field(description="The element type; the narrower ones are the float32 tensor rounded."),
    ] = "float32"
    stream: Annotated[Literal["1"], Field(description="The version of the random stream.")] = "1"


class DeliveryParameters(BaseModel):
    """How the tensor is to be sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Annotated[
        Literal["json", "npy", "safetensors", "raw"] | None,
        Field(description="Beats the Accept header, which decides without it; JSON when neither says."),
    ] = None
    flat: Annotated[bool, Field(description="JSON only: one flat row-major list instead of nested ones.")] = False


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
