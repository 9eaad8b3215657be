"""What people write for the weights that they have."""

from __future__ import annotations

import pytest

from service.requests.advice_request import parse_layer, parse_network
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


# keras/src/initializers/random_initializers.py, haiku/_src/initializers.py, jax/_src/nn/initializers.py,
# mindspore/common/initializer.py, tfjs-layers/src/initializers.ts, torch/nn/init.py
@pytest.mark.parametrize(
    ("framework", "current", "std"),
    [
        ("keras", "random_normal", 0.05),
        ("keras", "RandomNormal()", 0.05),
        ("keras", "normal", 0.05),
        ("tensorflow", "RandomNormal()", 0.05),
        ("tensorflow_js", "randomNormal", 0.05),
        ("haiku", "RandomNormal()", 1.0),
        ("flax", "normal()", 0.01),
        ("jax", "normal(0.02)", 0.02),
        ("mindspore", "Normal()", 0.01),
        ("mindspore", "normal", 0.01),
        ("mindspore", "Normal(0.02, 0.0)", 0.02),
        ("pytorch", "normal_", 1.0),
        ("timm", "normal_", 1.0),
        (None, "RandomNormal()", 1.0),
    ],
)
def test_a_name_means_the_function_of_the_layers_framework(framework, current, std):
    said = {} if framework is None else {"framework": framework}

    assert _network_layer(current=current, **said).current.std == pytest.approx(std)


@pytest.mark.parametrize(
    ("current", "low", "high"), [("random_uniform", -0.05, 0.05), ("uniform(-0.1, 0.1)", -0.1, 0.1)]
)
def test_keras_uniform_is_around_zero(current, low, high):
    found = _network_layer(current=current, framework="keras").current

    assert (found.low, found.high) == (low, high)


def test_mindspores_first_argument_is_the_slope():
    found = _network_layer(current="HeUniform(math.sqrt(5))", framework="mindspore").current

    assert found.negative_slope == pytest.approx(5.0**0.5)


def test_a_name_that_is_another_scheme_there_keeps_its_meaning_here():
    # DL4J's NORMAL is N(0, 1 / fan_in), and normal?std=0.02 is the catalogue's.
    assert _network_layer(current="normal?std=0.02", framework="dl4j").current.std == 0.02


@pytest.mark.parametrize(
    "current",
    [
        "Tensor.kaiming_uniform(256, 784, a=math.sqrt(5))",
        "Tensor.glorot_uniform(256, 784)",
        "Flux.kaiming_normal(256, 784)",
        "Flux.glorot_uniform(rng, 256, 784)",
        "Flux.kaiming_uniform(256, 784; gain=1)",
        "Flux.randn32(256, 784)",
    ],
)
def test_what_stands_in_the_place_of_sizes_is_the_shape(current):
    assert _network_layer(current=current).layer.shape == (256, 784)


def test_current_beside_a_list_is_each_layers_frameworks_function():
    members = {
        "layers": [
            {"layer": "Dense", "name": "a", "framework": "keras", "shape": [64, 64]},
            {"layer": "Dense", "name": "b", "framework": "flax", "shape": [64, 64]},
            {"layer": "Linear", "name": "c", "shape": [64, 64]},
        ],
        "current": "normal",
    }
    layers = parse_network(Members(members, in_body=True), "", 10).layers

    assert [getattr(layer.current, "std", None) for layer in layers] == [0.05, 0.01, 1.0]
