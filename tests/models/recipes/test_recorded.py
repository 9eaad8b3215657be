"""What the sources themselves start small models at, as torch made them (`scripts/record_recipes.py`)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import safetensors.numpy

from service.checkpoints.names import NameTemplate
from tests.models.recipes.models import GPT2, LLAMA, RECORDED


@pytest.mark.parametrize(("recipe", "config"), [("nanogpt", GPT2), ("torchtitan", LLAMA)])
def test_the_elements_are_distributed_as_the_source_s_own(client, recipe, config):
    response = client.post("/checkpoints", json={"seed": 1, "initialize": recipe, "config": config})
    made = safetensors.numpy.load(response.content)
    for template, (mean, std, largest) in RECORDED[recipe].items():
        for name in NameTemplate(template):
            array = made[name].astype(np.float64)
            margin = 6 * math.sqrt(2 / array.size)
            assert array.std() == pytest.approx(std, rel=margin), name
            assert array.mean() == pytest.approx(mean, abs=margin * std + 1e-9), name
            # The largest of some thousand draws lies at three to five standard deviations, of a cut one at the cut.
            assert np.abs(array).max() == pytest.approx(largest, rel=0.45), name


def test_every_matrix_of_the_model_is_recorded(client):
    plan = client.post("/checkpoints/plan", json={"seed": 1, "initialize": "torchtitan", "config": LLAMA}).json()
    matrices = {tensor["name"] for tensor in plan["tensors"] if len(tensor["shape"]) == 2}
    assert {name for key in RECORDED["torchtitan"] for name in NameTemplate(key)} == matrices
