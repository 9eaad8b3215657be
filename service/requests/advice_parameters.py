"""What a request for advice may say besides the description of a layer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.pictures.picture import Theme
from service.requests.tensor_parameters import THEMES, SeedField
from service.tensors.dtypes import FRACTIONAL

MAX_LAYER_NAME = 200
"""Characters in a layer's name: followed by a tensor's, it is still the name of a tensor."""


class LinkParameters(BaseModel):
    """What the links to tensors, and the manifest, say besides the initializer."""

    model_config = ConfigDict(frozen=True)

    seed: Annotated[
        SeedField | None,
        Field(description="Of the links, which draw one without it, and of a network's manifest, 0 without it."),
    ] = None
    dtype: Annotated[
        Literal[FRACTIONAL],  # type: ignore[valid-type]
        Field(description="Of the links."),
    ] = "float32"


AnswerFormatName = Annotated[
    Literal["json", "text", "svg", "png"] | None,
    Field(
        description="text is for reading in a terminal, svg and png are pictures. Without it Accept decides, and "
        "json is the default."
    ),
]
Pretty = Annotated[bool, Field(description="JSON in indented lines.")]


class AnswerParameters(BaseModel):
    """How the answer is told."""

    model_config = ConfigDict(frozen=True)

    format: AnswerFormatName = None
    theme: Annotated[Theme | None, Field(description=THEMES)] = None
    evidence: Annotated[
        Literal["full", "short"] | None,
        Field(
            description="How much JSON tells of the alternatives, the framework's default and the current weights: "
            "short, the default, leaves out what docs/advising.md lists. The recommendation's evidence is always full."
        ),
    ] = None
    pretty: Pretty = False


class CurrentParameters(BaseModel):
    """What is said of weights that there are."""

    model_config = ConfigDict(frozen=True)

    current: Annotated[
        str | dict[str, Any] | None,
        Field(
            description="What the weights have now, to be judged: an initializer's name, with parameters as in a URL "
            "(normal?std=1), or as a call, or default for the framework's; in JSON also an object with initializer and "
            "its parameters."
        ),
    ] = None


class LayerParameters(CurrentParameters):
    """What is said of a layer besides its description."""

    name: Annotated[
        str,
        Field(max_length=MAX_LAYER_NAME, description="The layer's name, which the names of its tensors begin with."),
    ] = ""
