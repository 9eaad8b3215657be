"""The small files beside a model's tensors."""

from __future__ import annotations

import json

import pytest

from service.models.files import CONFIG, files_of
from service.models.published import PUBLISHED


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_configuration_is_that_of_the_model_in_the_dtype_of_its_tensors(name):
    model = PUBLISHED[name]
    config = json.loads(files_of(model, "float16")[CONFIG])
    assert config == {**model.config, "dtype": "float16", "torch_dtype": "float16"}
