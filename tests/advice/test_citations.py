"""The works that an answer names: those of its rule, and those of what it predicts."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask

POOLE, SCHOENHOLZ, HANIN, YANG, PRETORIUS, MISHKIN = (
    "1606.05340", "1611.01232", "1812.05994", "1902.08129", "1811.00293", "1511.06422",
)  # fmt: skip
HE = "1502.01852"
ARXIV = "https://arxiv.org/abs/"


def works(layer, **members):
    return [work["url"].removeprefix(ARXIV) for work in ask(layer, **members)["references"]]


@pytest.mark.parametrize(
    ("layer", "members", "present", "absent"),
    [
        ("dense", {"activation": "sigmoid"}, {POOLE, SCHOENHOLZ, MISHKIN}, {HANIN, YANG, PRETORIUS}),
        ("dense", {"activation": "sigmoid", "depth": 5}, {HANIN}, {YANG}),
        ("dense", {"activation": "sigmoid", "normalization": "batch", "depth": 5}, {YANG}, {HANIN}),
        ("dense", {"activation": "sigmoid", "normalization": "layer"}, set(), {YANG}),
        ("dense", {"activation": "sigmoid", "dropout": 0.1}, {PRETORIUS}, {YANG}),
        ("head", {}, {MISHKIN}, {POOLE, SCHOENHOLZ, HANIN}),
    ],
)
def test_the_works_of_a_prediction_are_named_where_it_is_made(layer, members, present, absent):
    found = {*works(layer, **members)}

    assert present <= found
    assert not absent & found


def test_each_work_is_named_once_the_rules_own_first():
    found = works("dense", activation="relu", depth=50)

    assert found[0] == HE
    assert len(found) == len({*found})
