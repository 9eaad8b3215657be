"""What people write for the weights that they have."""

from __future__ import annotations

import pytest

from service.requests.advice_request import parse_layer
from service.requests.faults import InvalidRequest
from service.requests.members import Members


def _network_layer(**members):
    return parse_layer(Members({"layer": "Linear", **members}, in_body=False), "")


@pytest.mark.parametrize(
    ("current", "framework", "name"),
    [
        ("pytorch", "pytorch", "pytorch_default"),
        ("torch default", "pytorch", "pytorch_default"),
        ("PyTorch's default", "pytorch", "pytorch_default"),
        ("keras_default", "keras", "keras_default"),
        ("tf defaults", "tensorflow", "keras_default"),
    ],
)
def test_a_frameworks_default_is_that_of_the_layer(current, framework, name):
    understood = _network_layer(current=current)

    assert understood.layer.description.framework == framework
    assert understood.layer.assumed["framework"] == framework
    assert understood.current.name in {name, "glorot_uniform"}


def test_a_default_of_another_framework_is_refused():
    with pytest.raises(InvalidRequest) as caught:
        _network_layer(current="torch default", framework="keras")

    (fault,) = caught.value.faults
    assert (fault.parameter, "framework is keras" in fault.detail) == ("current", True)


@pytest.mark.parametrize(("current", "value"), [("0", 0.0), ("0.01", 0.01), ("-1e-3", -0.001), (".5", 0.5)])
def test_a_number_is_a_constant(current, value):
    assert _network_layer(current=current).current.value == value


@pytest.mark.parametrize(
    ("current", "std"),
    [
        ("np.random.randn(784, 256) * 0.01", 0.01),
        ("randn * 0.1", 0.1),
        ("normal(0, 0.02)", 0.02),
        ("nn.init.normal_(m.weight, std=0.02)", 0.02),
        ("m.weight.data.normal_(0, 0.02)", 0.02),
    ],
)
def test_a_normal_is_that_of_the_code(current, std):
    assert _network_layer(current=current).current.std == pytest.approx(std)


@pytest.mark.parametrize(
    "current",
    [
        "torch.empty(10, 10).normal_(0, 0.01)",
        "normal?std=1&shape=10,10",
        "np.eye(10)",
        "np.random.randn(784, 256) * 0.01",
    ],
)
def test_a_shape_that_is_not_the_layers_is_refused_with_both(current):
    with pytest.raises(InvalidRequest) as caught:
        _network_layer(current=current, shape="256,784")

    (fault,) = caught.value.faults
    assert fault.parameter == "current"
    assert "256,784" in fault.detail
    assert ("the other way round" in fault.detail) == ("784, 256" in current)


@pytest.mark.parametrize("current", ["np.random.randn(64, 32) * 0.01", "normal?shape=64,32&std=0.01"])
def test_a_layer_without_sizes_has_those_of_its_weights(current):
    understood = _network_layer(current=current)

    assert understood.layer.shape == (64, 32)
    assert "64,32" in understood.layer.assumed["shape_from"]


def test_a_shape_that_the_layer_cannot_have_is_the_fault_of_current():
    with pytest.raises(InvalidRequest) as caught:
        _network_layer(current="np.random.randn(64) * 0.01")

    (fault,) = caught.value.faults
    assert fault.parameter == "current"


@pytest.mark.parametrize(
    ("current", "unused"),
    [
        ("normal?std=1&seed=3", ["seed"]),
        ("he_normal?name=w&dtype=float16", ["name", "dtype"]),
        ("torch.randn(512, 512, device='cuda')", ["device"]),
        ("np.random.default_rng(0).normal(size=(512, 512))", ["seed"]),
    ],
)
def test_what_judges_no_weights_is_told(current, unused):
    assert _network_layer(current=current).layer.assumed["unused_in_current"] == unused


@pytest.mark.parametrize(("name", "here", "there"), [("seed", "3", "4"), ("dtype", "float16", "bfloat16")])
def test_what_the_request_says_otherwise_is_refused(name, here, there):
    with pytest.raises(InvalidRequest) as caught:
        _network_layer(current=f"normal?std=1&{name}={here}", **{name: there})

    (fault,) = caught.value.faults
    assert here in fault.detail
    assert there in fault.detail
