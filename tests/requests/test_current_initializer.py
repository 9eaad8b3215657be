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
