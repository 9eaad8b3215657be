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


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("llama-tiny", {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"}),
        ("bert-base", {"config.json", "tokenizer.json", "tokenizer_config.json"}),
        ("vit-b16", {"config.json", "preprocessor_config.json"}),
        ("clip-tiny", {"config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"}),
    ],
)
def test_each_model_has_the_files_that_its_library_asks_for(name, files):
    assert files_of(PUBLISHED[name], "float32").keys() == files
