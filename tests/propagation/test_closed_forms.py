"""What is measured and predicted, against what papers derive on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

DEPTH = 50


def _ask(client, **members):
    response = client.post("/propagation", json=members)
    assert response.status_code == 200, response.text
    return response.json()


def _courses(client, candidate, **members):
    members = {"depth": DEPTH, "width": 256, "seeds": 4, **members}
    (found,) = _ask(client, candidates=[candidate], **members)["candidates"]
    return found


def _is_within(course):
    """Whether the middle of the draws is in the interval that is told for one."""
    low, middle, high = (np.array(course[name]) for name in ("predicted_low", "measured", "predicted_high"))
    return bool(np.all((low <= middle) & (middle <= high)))


@pytest.mark.slow
def test_relu_with_he_keeps_signal_and_gradient(client):
    """He et al. (arXiv:1502.01852), section 2.2: the variance of each layer is that of the one before."""
    found = _courses(client, "he_normal", activation="relu")

    for name in ("signal", "gradient"):
        assert found[name]["predicted"] == [1.0] * DEPTH
        assert _is_within(found[name])
    # Hanin and Nica (arXiv:1812.05994): the logarithm's variance is 5 / n a layer, forwards.
    spread = 2.0 * 1.96 * math.sqrt(5.0 * (DEPTH - 1) / 256)
    told = math.log(found["signal"]["predicted_high"][-1] / found["signal"]["predicted_low"][-1])
    assert told == pytest.approx(spread, rel=0.05)
    assert found["verdict"]["word"] == "stable"


def test_relu_with_pytorchs_default_keeps_a_sixth_a_layer(client):
    """Its bound is 1 / sqrt(fan_in), a variance of 1 / (3 fan_in), of which ReLU leaves one half."""
    found = _courses(client, "pytorch default", activation="relu")

    sixths = [float(f"{6.0**-step:.4g}") for step in range(DEPTH)]
    assert found["signal"]["predicted"] == sixths
    assert found["gradient"]["predicted"] == sixths[::-1]
    assert _is_within(found["signal"])
    assert _is_within(found["gradient"])
    assert found["initializer"] == "pytorch_default"
    assert found["verdict"]["signal"] == {
        "word": "vanishes", "layer": 3, "factor": found["signal"]["measured"][-1], "judgement": "reject",
    }  # fmt: skip


def test_pytorchs_biases_hold_the_signal_of_relu_at_two_fifths_of_a_unit(client):
    """q = q / 6 + 1 / (3 n) has the fixed point 2 / (5 n)."""
    found = _courses(client, "pytorch default", activation="relu", bias=True)

    for name in ("predicted", "measured"):
        assert found["signal"][name][-1] == pytest.approx(0.4 / 256, rel=0.2)


@pytest.mark.slow
def test_tanh_with_glorot_decays_as_one_over_twice_the_layer(client):
    """E[tanh(z)^2] = q - 2 q^2 + 17/3 q^3 ...: q of layer l goes as 1 / (2 l)."""
    found = _courses(client, "glorot_normal", activation="tanh", width=512)

    assert found["signal"]["predicted"][-1] == pytest.approx(1.0 / (2 * DEPTH), rel=0.12)
    assert found["signal"]["measured"][-1] == pytest.approx(1.0 / (2 * DEPTH), rel=0.25)
    assert _is_within(found["signal"])
    assert _is_within(found["gradient"])


def test_linear_layers_multiply_by_n_var_w(client):
    found = _courses(client, "normal?std=0.1", activation="linear", width=64, depth=11)

    factors = [0.64**step for step in range(11)]
    assert found["signal"]["predicted"] == pytest.approx(factors, rel=1e-3)
    assert _is_within(found["signal"])


def test_an_orthogonal_matrix_keeps_every_norm(client):
    found = _courses(client, "orthogonal", activation="linear", width=64, depth=20)

    for name in ("signal", "gradient"):
        for numbers in found[name].values():
            assert numbers == pytest.approx([1.0] * 20, abs=1e-3)


def test_zeros_leave_nothing(client):
    found = _courses(client, "zeros", depth=4, width=32)

    assert found["signal"]["measured"] == [1.0, 0.0, 0.0, 0.0]
    assert found["gradient"]["measured"] == [0.0, 0.0, 0.0, 1.0]
    assert found["verdict"]["word"] == "vanishes"
    assert found["verdict"]["signal"]["layer"] == 2
    assert found["verdict"]["gradient"]["layer"] == 3


@pytest.mark.slow
def test_what_grows_without_end_is_told_as_far_as_numbers_go(client):
    found = _courses(client, "normal?std=1000", depth=120, width=64, seeds=1)

    assert found["signal"]["measured"][-1] == 1e300
    assert found["verdict"]["word"] == "explodes"
    assert found["verdict"]["signal"]["layer"] == 2


@pytest.mark.slow
def test_batch_normalisation_lets_gradients_explode(client):
    """Yang et al. (arXiv:1902.08129): by pi / (pi - 1) a layer with ReLU."""
    found = _courses(client, "he_normal", activation="relu", normalization="batch", depth=20, batch_size=128)

    assert found["gradient"]["predicted"][0] == pytest.approx((math.pi / (math.pi - 1)) ** 19, rel=1e-3)
    assert found["gradient"]["measured"][0] == pytest.approx(found["gradient"]["predicted"][0], rel=0.35)
    assert found["gradient"]["predicted_low"] is None


@pytest.mark.parametrize(
    "members",
    [
        {"residual": True},
        {"residual": True, "residual_scale": 0.2},
        {"residual": True, "layers_per_branch": 1, "activation": "tanh"},
        {"residual": True, "normalization": "layer", "norm_position": "pre"},
        {"residual": True, "normalization": "rms", "norm_position": "post", "residual_scale": 0.5},
        {"normalization": "layer"},
        {"widths": [64, 512, 256, 512, 128, 512], "activation": "gelu"},
        {"activation": "selu"},
        {"activation": "siren", "omega": 30},
    ],
    ids=str,
)
def test_what_is_drawn_is_about_what_is_predicted(client, members):
    candidate = "siren" if "omega" in members else "he_normal"
    members = members if "widths" in members else {"width": 256, "depth": 8, **members}
    (found,) = _ask(client, candidates=[candidate], seeds=6, **members)["candidates"]

    for name in ("signal", "gradient"):
        course = found[name]
        assert _is_within(course), course


@pytest.mark.parametrize("candidate", ["normal?std=0.02&mean=0.01", "ones", "identity", "permutation"])
def test_weights_with_a_mean_and_such_as_mix_nothing_are_predicted_too(client, candidate):
    found = _courses(client, candidate, depth=6, width=256)

    for name in ("signal", "gradient"):
        np.testing.assert_allclose(
            np.log(found[name]["measured"]), np.log(found[name]["predicted"]), atol=0.5, err_msg=name
        )


def test_zeros_let_nothing_through_by_theory_too(client):
    found = _courses(client, "zeros", activation="relu", width=8, depth=3)

    assert found["signal"]["measured"] == found["signal"]["predicted"] == [1.0, 0.0, 0.0]
    assert found["gradient"]["measured"] == found["gradient"]["predicted"] == [0.0, 0.0, 1.0]
