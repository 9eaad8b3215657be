"""What a request may say of NumPy's streams besides the seed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from service.framework_streams.framework_stream import StreamParameters
from service.framework_streams.numpy.operations import parse, write

LARGEST_SKIP_OF_RANDOM_STATE = 2**34
"""Words: each is twisted, which takes a few seconds for so many."""
LARGEST_SKIP_OF_GENERATOR = 2**53
"""Words, which are jumped over."""
_LONGEST_OPERATIONS = 320


def _operations(text: str) -> str:
    return write(parse(text))


Operations = Annotated[
    str,
    AfterValidator(_operations),
    Field(
        max_length=_LONGEST_OPERATIONS,
        description="What is done to the array after it is drawn, in this order: over:28,minus:0.5. Of times, over, "
        "plus, minus and from (the number minus the array) with a number each, negative, float16, float32 and float64.",
    ),
]


class RandomStateParameters(StreamParameters):
    """Those of `numpy_legacy`."""

    operations: Operations = ""
    skip: Annotated[
        int,
        Field(
            ge=0, le=LARGEST_SKIP_OF_RANDOM_STATE, description="Words of 32 bits that were taken since np.random.seed."
        ),
    ] = 0
    cached: Annotated[
        int | None,
        Field(
            ge=0,
            le=LARGEST_SKIP_OF_RANDOM_STATE,
            description="Which word the pair of normals was drawn from whose second one is kept for the next.",
        ),
    ] = None


class GeneratorParameters(StreamParameters):
    """Those of `numpy`."""

    operations: Operations = ""
    drawn_in: Annotated[
        Literal["float32", "float64"],
        Field(description="float32 for random and standard_normal with dtype=np.float32, which draw other numbers."),
    ] = "float64"
    skip: Annotated[
        int,
        Field(
            ge=0, le=LARGEST_SKIP_OF_GENERATOR, description="Words of 64 bits that were taken since default_rng(seed)."
        ),
    ] = 0
    cached: Annotated[
        int | None,
        Field(
            ge=0,
            le=LARGEST_SKIP_OF_GENERATOR,
            description="Which word's upper half is kept for the next number in single precision.",
        ),
    ] = None
