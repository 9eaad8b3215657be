"""How inputs are made of images and of sound."""

from __future__ import annotations

import pytest

from service.models.config import Config
from service.models.preprocessing import IMAGES, preprocessor_config
from service.models.published import PUBLISHED

OF_IMAGES = [name for name, model in PUBLISHED.items() if model.config["model_type"] in IMAGES]


@pytest.mark.parametrize("name", OF_IMAGES)
def test_images_have_the_size_that_the_model_takes(name):
    config = PUBLISHED[name].config
    document = preprocessor_config(Config(config))
    size = config.get("vision_config", config).get("image_size", 224)
    assert set(document["size"].values()) == {size}
    assert document.get("crop_size", document["size"]) in ({"height": size, "width": size}, {"shortest_edge": size})


def test_sound_has_as_many_bands_as_the_model_takes():
    assert preprocessor_config(Config(PUBLISHED["whisper-tiny"].config))["feature_size"] == 80


def test_text_alone_needs_none():
    assert preprocessor_config(Config(PUBLISHED["gpt2"].config)) is None
