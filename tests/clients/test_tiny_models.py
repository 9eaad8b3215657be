"""Models by name through transformers, from a real server: the tiny ones loaded, held against their classes and used.

`make hub` installs the library; one process loads all of them.
"""

from __future__ import annotations

import pytest

from service.models.published import PUBLISHED
from service.models.resnet import TORCHVISION
from service.models.tiny import TINY
from tests.clients.hub_programs import run

pytestmark = pytest.mark.hub


@pytest.fixture(scope="module")
def answers(server, tmp_path_factory):
    return run(server, tmp_path_factory.mktemp("tiny"), "newest", "tiny_models.py", *TINY)


@pytest.mark.parametrize("name", TINY)
def test_all_tensors_are_loaded_and_no_others(answers, name):
    assert answers[name]["loading"] == {}


@pytest.mark.parametrize("name", TINY)
def test_each_tensor_is_initialized_as_by_its_class(answers, name):
    assert answers[name]["differences"] == []


@pytest.mark.parametrize("name", TINY)
def test_a_forward_pass_is_finite(answers, name):
    assert answers[name]["is_finite"]


@pytest.mark.parametrize("name", TINY)
def test_texts_and_images_are_read(answers, name):
    used = answers[name]["used"]
    if "text" in used:
        assert (used["text"], used["other_ids"]) == ("Hello, wörld!\n", [])
    assert used.get("begins", "Hello") == "Hello"
    assert used.get("guesses", 5) == 5
    assert used.get("shape", [1, 3, 32, 32]) == [1, 3, 32, 32]
    assert used.get("labels", 2) in (2, 5)


def test_the_classes_of_published_models_have_as_many_parameters(server, tmp_path):
    counts = {
        name: model.parameters
        for name, model in PUBLISHED.items()
        if name not in TINY and model.config["architectures"] != [TORCHVISION]
    }
    assert run(server, tmp_path, "newest", "published_models.py", *counts) == counts
