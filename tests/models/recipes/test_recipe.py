from __future__ import annotations

import pytest

from service.checkpoints.names import NameTemplate
from service.models.config import Config
from service.models.published import PUBLISHED
from service.models.recipes.recipe import MissingPart, Recipe, tensors_of
from service.models.recipes.registry import RECIPES, recipes_of
from service.models.recipes.schemes import ZEROS
from service.models.registry import FAMILIES, architecture_of
from tests.models.recipes.models import LLAMA


def _shapes(tensors):
    return {name: entry["shape"] for key, entry in tensors.items() for name in NameTemplate(key)}


@pytest.mark.parametrize(
    ("model", "recipe"),
    [(model, recipe.name) for model in PUBLISHED for recipe in recipes_of(PUBLISHED[model].config["model_type"])],
)
def test_a_recipe_has_every_tensor_of_the_model_and_no_other(model, recipe):
    config = Config(PUBLISHED[model].config)
    architecture = architecture_of(config)
    made = tensors_of(RECIPES[recipe].groups(config, architecture, 256))
    assert _shapes(made) == _shapes(architecture.tensors)


def test_a_tensor_of_which_it_says_nothing_is_an_error():
    config = Config(LLAMA)
    recipe = Recipe("own", {"llama": {"token_embedding": ZEROS, "scale": ZEROS}})
    with pytest.raises(MissingPart, match=r"own says nothing of .*q_proj"):
        recipe.groups(config, architecture_of(config))


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_each_table_has_a_family_and_a_source(recipe):
    assert recipe.tables.keys() <= FAMILIES.keys()
    assert recipe.sources.keys() == recipe.tables.keys()
