"""All recipes, and those that a family has."""

from __future__ import annotations

from collections.abc import Mapping

from service.models.recipes.megatron import MEGATRON
from service.models.recipes.mup import MUP
from service.models.recipes.nanogpt import NANOGPT
from service.models.recipes.olmo import OLMO
from service.models.recipes.recipe import Recipe
from service.models.recipes.torchtitan import TORCHTITAN

RECIPES: Mapping[str, Recipe] = {recipe.name: recipe for recipe in (TORCHTITAN, MEGATRON, OLMO, NANOGPT, MUP)}


def recipes_of(model_type: str) -> tuple[Recipe, ...]:
    """Return the recipes that a family has."""
    return tuple(recipe for recipe in RECIPES.values() if model_type in recipe.tables)
