from __future__ import annotations

import math

import numpy as np
import pytest

from tests.initializers.making import initialize, make

# Yang et al., arXiv:2203.03466, Table 3, with widths four times the base's.
TABLE_3 = [
    ("input", "adam", 1 / 1024, 1.0),
    ("hidden", "adam", 1 / 1024, 1 / 4),
    ("output", "adam", 256 / 1024**2, 1 / 4),
    ("input", "sgd", 1 / 1024, 4.0),
    ("hidden", "sgd", 1 / 1024, 1.0),
    ("output", "sgd", 256 / 1024**2, 1 / 4),
]


@pytest.mark.parametrize(("role", "optimizer", "variance", "learning_rate"), TABLE_3)
def test_mup_is_the_papers_table(role, optimizer, variance, learning_rate):
    base = {"base_fan_in": 256, "base_fan_out": 128}
    facts = initialize("mup", (512, 1024), role=role, optimizer=optimizer, **base).facts

    assert facts["std"] == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert facts["learning_rate_multiplier"] == pytest.approx(learning_rate, rel=1e-12)


@pytest.mark.parametrize("role", ["input", "hidden", "output"])
def test_at_the_base_width_mup_is_lecuns_scheme(role):
    np.testing.assert_allclose(make("mup", (30, 40), role=role), make("lecun_normal", (30, 40)), rtol=1e-6)


@pytest.mark.parametrize("members", [{}, {"layout": "in_out"}, {"layout": "io"}])
@pytest.mark.parametrize("width", [64, 256, 1024])
def test_an_embeddings_input_is_its_vocabulary_at_every_width(width, members):
    facts = initialize("mup", (5000, width), role="embedding", optimizer="sgd", base_fan_out=64, **members).facts

    assert (facts["fan_in"], facts["fan_out"]) == (5000, width)
    assert facts["std"] == pytest.approx(1 / math.sqrt(5000), rel=1e-12)
    # Table 3: the learning rate of an input weight grows with its fan_out.
    assert facts["learning_rate_multiplier"] == width / 64


@pytest.mark.parametrize(
    ("role", "members", "fan_in"),
    [
        ("embedding", {"layout": "out_in"}, 64),
        ("input", {}, 64),
        ("input", {"layout": "in_out"}, 5000),
    ],
)
def test_a_layout_that_is_given_and_the_other_roles_are_read_as_they_stand(role, members, fan_in):
    assert initialize("mup", (5000, 64), role=role, **members).facts["fan_in"] == fan_in


def test_an_embedding_is_the_input_weight_that_is_stored_the_other_way_about():
    np.testing.assert_array_equal(
        make("mup", (50, 8), role="embedding"), make("mup", (50, 8), role="input", layout="in_out")
    )


# graphcore-research/unit-scaling: functional.py's linear and linear_readout, optim.py's lr_scale_func_adam.
UNIT_SCALING = [
    ("hidden", None, 1 / 32, 1 / 32),
    ("hidden", 16, 1 / 32, 1 / 128),
    ("output", None, 1 / 1024, 1.0),
    ("embedding", None, 1.0, 1 / 32),
]


@pytest.mark.parametrize(("role", "layers", "output", "learning_rate"), UNIT_SCALING)
def test_u_mup_has_unit_weights_and_the_librarys_multipliers(role, layers, output, learning_rate):
    facts = initialize("u_mup", (512, 1024), role=role, layers=layers).facts

    assert facts["std"] == 1.0
    assert facts["output_multiplier"] == pytest.approx(output, rel=1e-15)
    assert facts["learning_rate_multiplier"] == pytest.approx(learning_rate, rel=1e-15)


def test_u_mup_takes_an_embeddings_width_from_its_last_axis():
    of_layouts = [
        initialize("u_mup", (50257, 256), role="embedding", layout=layout).facts for layout in ("out_in", "in_out")
    ]

    assert [facts["learning_rate_multiplier"] for facts in of_layouts] == [1 / 16, 1 / 16]


# EleutherAI/nanoGPT-mup, branch completep, model.py at 3904404, for twice the width and eight times the layers.
COMPLETEP = [
    (
        "hidden", 1.0, 0.02 / math.sqrt(2),
        {"residual": 1 / 8, "learning_rate": 1 / 2, "weight_decay": 2, "epsilon": 1 / 16},
    ),
    (
        "hidden", 0.5, 0.02 / math.sqrt(2),
        {"residual": 8**-0.5, "learning_rate": 8**-0.5 / 2, "weight_decay": 2, "epsilon": 8**-0.5 / 2},
    ),
    ("embedding", 1.0, 0.02, {"learning_rate": 1, "weight_decay": 1, "epsilon": 1 / 2}),
    ("output", 1.0, 0.02, {"output": 1 / 2, "learning_rate": 1, "weight_decay": 1, "epsilon": 1 / 2}),
]  # fmt: skip


@pytest.mark.parametrize(("role", "alpha", "std", "multipliers"), COMPLETEP)
def test_completep_is_its_code(role, alpha, std, multipliers):
    given = {"role": role, "alpha": alpha, "width_multiplier": 2.0, "depth_multiplier": 8.0}
    facts = initialize("completep", (512, 1024), **given).facts

    assert facts["std"] == pytest.approx(std, rel=1e-15)
    found = {name.removesuffix("_multiplier"): value for name, value in facts.items() if name.endswith("_multiplier")}
    del found["width"], found["depth"]
    assert found == pytest.approx(multipliers, rel=1e-13)
