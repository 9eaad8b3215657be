"""Members of a description that contradict each other."""

from __future__ import annotations

import pytest

from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask


@pytest.mark.parametrize(
    ("members", "classes"),
    [
        ({"shape": [10, 512], "role": "head"}, 100),
        ({"in_features": 512, "out_features": 10, "role": "head"}, 1000),
        ({"shape": [50257, 768], "role": "lm_head"}, 60000),
        ({"shape": [3, 512], "role": "head"}, 2),
    ],
)
def test_classes_that_the_shape_has_not_are_refused(members, classes):
    with pytest.raises(InvalidParameter, match=f"is {classes}, and the layer has"):
        ask("Linear", classes=classes, **members)


@pytest.mark.parametrize(
    ("layer", "members", "classes"),
    [
        ("Linear", {"shape": [10, 512], "role": "head"}, 10),
        # One logit may stand for two classes, a detector has several boxes, and a vocabulary is filled up.
        ("Linear", {"shape": [1, 512], "role": "head"}, 2),
        ("Conv2d", {"shape": [720, 256, 3, 3], "role": "detector_head"}, 80),
        ("Linear", {"shape": [50304, 768], "role": "lm_head"}, 50257),
        ("Linear", {"role": "head"}, 100),
    ],
)
def test_classes_that_fit_are_taken(layer, members, classes):
    assert ask(layer, classes=classes, **members)["layer"]["role"] == members["role"]
