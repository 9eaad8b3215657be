"""What a request for advice may say besides the description of a layer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from service.requests.tensor_parameters import SeedField
from service.tensors.dtypes import DTYPES

MAX_LAYER_NAME = 200
"""Characters in a layer's name: followed by a tensor's, it is still the name of a tensor."""


class LinkParameters(BaseModel):
    """What the links to tensors, and the manifest, say besides the initializer."""

    seed: Annotated[
        SeedField | None,
        Field(description="Of the links, which draw one without it, and of a network's manifest, 0 without it."),
    ] = None
    dtype: Annotated[
        Literal[tuple(DTYPES)],  # type: ignore[valid-type]
        Field(description="Of the links."),
    ] = "float32"


class LayerParameters(BaseModel):
    """What is said of a layer besides its description."""

    name: Annotated[
        str,
        Field(max_length=MAX_LAYER_NAME, description="The layer's name, which the names of its tensors begin with."),
    ] = ""
    current: Annotated[
        str | dict[str, Any] | None,
        Field(
            description="What the weights have now, to be judged: an initializer's name, with parameters as in a URL "
            "(normal?std=1), or as a call, or default for the framework's; in JSON also an object with initializer and "
            "its parameters."
        ),
    ] = None
