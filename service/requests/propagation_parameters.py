"""What a request for an experiment with signals may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.advice.experiments import DEEPEST, WIDEST
from service.pictures.picture import Theme
from service.requests.advice_parameters import AnswerFormatName, Pretty
from service.requests.tensor_parameters import THEMES, SeedField

MOST_CANDIDATES = 8
MOST_SEEDS = 32
MOST_INPUTS = 256
_MOST_WIDTHS = 100
"""Of a stack whose layers are told one by one."""

_Width = Annotated[int, Field(ge=1, le=WIDEST)]


class StackParameters(BaseModel):
    """The stack of layers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    widths: Annotated[
        list[_Width] | None,
        Field(
            min_length=2,
            max_length=_MOST_WIDTHS,
            description="Units of each layer, the inputs counted as the first; in place of width and depth.",
        ),
    ] = None
    width: Annotated[_Width | None, Field(description="Units of every layer; 256 when absent.")] = None
    depth: Annotated[
        int | None,
        Field(
            ge=2,
            le=DEEPEST,
            description="Layers, the inputs counted as the first; with residual the blocks. 20 when absent.",
        ),
    ] = None
    activation: Annotated[
        str | None,
        Field(min_length=1, max_length=128, description="The nonlinearity: relu, the default, tanh, GELU, ..."),
    ] = None
    negative_slope: Annotated[float | None, Field(ge=-1e3, le=1e3, description="Of leaky_relu and others.")] = None
    alpha: Annotated[float | None, Field(gt=0, le=1e3, description="Of elu and others.")] = None
    omega: Annotated[float | None, Field(gt=0, le=1e4, description="Of siren and others: the frequency.")] = None
    residual: Annotated[bool, Field(description="Whether the stack is one of residual blocks.")] = False
    layers_per_branch: Annotated[int, Field(ge=1, le=20, description="Weight layers in a residual branch.")] = 2
    residual_scale: Annotated[
        float, Field(ge=0, le=1e3, description="What a branch's output is multiplied with before it is added.")
    ] = 1.0
    normalization: Annotated[
        Literal["none", "batch", "layer", "rms"], Field(description="What normalises pre-activations, or branches.")
    ] = "none"
    norm_position: Annotated[
        Literal["pre", "post"] | None,
        Field(description="Of a residual stack: normalisation at the start of the branch, or after the sum."),
    ] = None


class ExperimentParameters(BaseModel):
    """What is drawn, and how often."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    candidates: Annotated[
        list[str | dict[str, Any]] | None,
        Field(
            min_length=1,
            max_length=MOST_CANDIDATES,
            description="The schemes that are compared, each an initializer's name, with parameters as in a URL "
            "(normal?std=1), or as a call, or a framework's default (pytorch default); in JSON also an object with "
            "initializer, its parameters and bias, which is another of these.",
        ),
    ] = None
    seed: Annotated[SeedField | None, Field(description="The first of the seeds; 0 when absent.")] = None
    seeds: Annotated[
        int, Field(ge=1, le=MOST_SEEDS, description="How many draws of each: of seed, seed + 1, and so on.")
    ] = 3
    batch_size: Annotated[
        int | None,
        Field(ge=1, le=MOST_INPUTS, description="Inputs of each draw; 16 when absent, 64 with normalization=batch."),
    ] = None
    bias: Annotated[
        bool, Field(description="Whether a framework's default draws the biases too that it has; others are zeros.")
    ] = False


class PropagationAnswerParameters(BaseModel):
    """How the answer is told."""

    model_config = ConfigDict(frozen=True)

    format: AnswerFormatName = None
    theme: Annotated[Theme | None, Field(description=THEMES)] = None
    pretty: Pretty = False
