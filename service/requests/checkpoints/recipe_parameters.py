"""What a request says of how the tensors of a model start."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.advice.layer.description import ArchitectureName
from service.models.recipes.registry import RECIPES
from service.requests.checkpoints import advised

BY_NAME = "by_name"
FRAMEWORK = "framework"

RECIPE_NAMES = (FRAMEWORK, *RECIPES, advised.NAME)
"""Of all recipes for models, the library's own first."""

RecipeName = Literal[RECIPE_NAMES]  # type: ignore[valid-type]


class RecipeParameters(BaseModel):
    """Which recipe initializes the tensors, and what that depends on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    initialize: Annotated[
        Literal[(BY_NAME, *RECIPE_NAMES)] | None,  # type: ignore[valid-type]
        Field(
            description="by_name: tensors that nothing else says how to initialize are by their names and ranks. The "
            "others are for a model's configuration: framework, what transformers' code does, the recipe of those who "
            "pretrain, where its family has it, or advise, what /advise recommends."
        ),
    ] = None
    base_width: Annotated[
        int | None,
        Field(ge=1, le=2**31, description="Of mup: the width at which hyperparameters were tuned."),
    ] = None
    architecture: Annotated[
        ArchitectureName | None,
        Field(description="Of advise: the kind of network or the family of models that advice is asked for."),
    ] = None
