"""What every request for a tensor may say, whatever its initializer."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from service.formats.registry import FORMATS
from service.framework_streams.registry import FRAMEWORK_STREAMS
from service.pictures.picture import Theme
from service.pictures.tensors.tensor_picture import Plot
from service.requests.decimal_pattern import at_most
from service.requests.explanations import EXPECTED
from service.streams.registry import DEFAULT_STREAM, STREAMS
from service.streams.stream import LARGEST_SEED
from service.tensors.dtypes import DTYPES
from service.tensors.layout import Shape
from service.tensors.spec import LARGEST_EXACT_INTEGER

THEMES = "SVG and PNG only: the colours. auto, the default, is as the reader's screen is for SVG, and light for PNG."

MAX_RANK = 32
"""NumPy's limit for most of its life, and that of most readers of .npy."""

MAX_SIZE = LARGEST_EXACT_INTEGER
"""Elements, and the product of the axes that are not empty: more is beyond any server, and any double."""

MAX_TENSOR_NAME = 256
"""Characters in a tensor's name: percent-encoded in three headers, they stay below what clients take."""


def _shape(value: Any) -> Any:
    """Take a list, as JSON and the readers of texts have it."""
    if not isinstance(value, list):
        raise ValueError(EXPECTED["shape"])  # noqa: TRY004 (Pydantic reports ValueError only)
    return tuple(value)


def _countable(shape: Shape) -> Shape:
    if math.prod(max(axis, 1) for axis in shape) > MAX_SIZE:
        raise ValueError(f"has more than {MAX_SIZE} elements (the product of its axes that are not zero)")
    return shape


def _seed(value: Any) -> Any:
    """Read a seed: an integer, or a decimal string, which JSON needs past 2**53."""
    seed = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,40}", value) else value
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        raise ValueError(EXPECTED["seed"])
    return seed


def _name(value: str) -> str:
    if value == "__metadata__":
        raise ValueError("is reserved by the safetensors format; take another name")
    return value


STREAM_NAMES = (*STREAMS, *FRAMEWORK_STREAMS)
"""What `stream` may be."""

SEED_PATTERN = at_most(LARGEST_SEED)
"""Of a seed as a text."""

Axis = Annotated[int, Field(ge=0, le=MAX_SIZE)]
ShapeField = Annotated[
    # The length stands first, where the schema of an array has it.
    tuple[Axis, ...],
    Field(max_length=MAX_RANK),
    BeforeValidator(_shape),
    AfterValidator(_countable),
    Field(description="The sizes of the axes; none for a scalar."),
]
SeedField = Annotated[
    int,
    BeforeValidator(_seed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
                {"type": "string", "pattern": SEED_PATTERN},
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
        Field(
            description="0 to 2**64 - 1; a string where numbers lose digits. Absent: one is drawn; the reply has it."
        ),
    ] = None
    name: Annotated[
        str,
        AfterValidator(_name),
        Field(
            max_length=MAX_TENSOR_NAME,
            description="The tensor's own stream within the seed, such as encoder.0.weight. Without it a framework's "
            "default takes the name of its tensor; all others share the stream without a name.",
        ),
    ] = ""
    dtype: Annotated[
        Literal[tuple(DTYPES)],  # type: ignore[valid-type]
        Field(description="The element type; the narrower ones are the float32 tensor rounded."),
    ] = "float32"
    slice: Annotated[
        str | None,
        Field(
            max_length=1024,
            description="The part of the tensor to send, as it stands in the whole: 0:128,: in NumPy's basic "
            "notation, with steps of 1.",
        ),
    ] = None
    stream: Annotated[
        Literal[STREAM_NAMES],  # type: ignore[valid-type]
        Field(
            description="The version of the service's own random stream, or a framework's: the numbers that it makes "
            "itself from the seed."
        ),
    ] = DEFAULT_STREAM.name


class DeliveryParameters(BaseModel):
    """How the tensor is to be sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Annotated[
        Literal[tuple(FORMATS)] | None,  # type: ignore[valid-type]
        Field(description="Beats the Accept header, which decides without it; JSON when neither says."),
    ] = None
    flat: Annotated[bool, Field(description="JSON only: one flat row-major list instead of nested ones.")] = False
    plot: Annotated[
        Plot,
        Field(description="SVG and PNG only: one plot; all, the default, are those that there are of the tensor."),
    ] = "all"
    theme: Annotated[Theme, Field(description=THEMES)] = "auto"
