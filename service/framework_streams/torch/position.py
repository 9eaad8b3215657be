"""What a request may say of where torch's generator stands."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.framework_streams.framework_stream import StreamParameters
from service.tensors.spec import LARGEST_EXACT_INTEGER


class TorchPosition(StreamParameters):
    """Where the generator stands before the tensor is drawn."""

    skip: Annotated[
        int,
        Field(
            ge=0,
            le=LARGEST_EXACT_INTEGER,
            description="Words of 32 bits that were drawn since the seeding: the next_skip of the tensor before.",
        ),
    ] = 0
    cached: Annotated[
        int | None,
        Field(
            ge=0,
            le=LARGEST_EXACT_INTEGER,
            description="Which word the pair of normals was drawn from whose second one is kept for the next tensor of "
            "fewer than 16: the next_cached of the tensor before.",
        ),
    ] = None
