from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make
from tests.oracles import LAYOUTS, stored_shape

TRUNCATED_STD = stats.truncnorm(-2, 2).std()

# (out, in) = (256, 784), so that fan_in is 784 and fan_out is 256.
STDS = [
    ("glorot_uniform", {}, math.sqrt(2 / 1040)),
    ("glorot_normal", {}, math.sqrt(2 / 1040)),
    ("glorot_normal", {"distribution": "truncated_normal"}, math.sqrt(2 / 1040)),
    ("glorot_uniform", {"gain": 5 / 3}, 5 / 3 * math.sqrt(2 / 1040)),
    ("glorot_uniform", {"nonlinearity": "tanh", "gain_rule": "pytorch"}, 5 / 3 * math.sqrt(2 / 1040)),
    ("he_uniform", {}, math.sqrt(2 / 784)),
    ("he_normal", {}, math.sqrt(2 / 784)),
    ("he_normal", {"mode": "fan_out"}, math.sqrt(2 / 256)),
    ("he_uniform", {"mode": "fan_avg"}, math.sqrt(2 / 520)),
    ("he_normal", {"mode": "fan_geo_avg"}, math.sqrt(2 / 448)),
    ("he_normal", {"distribution": "truncated_normal"}, math.sqrt(2 / 784)),
    ("he_normal", {"gain": 1.0}, math.sqrt(1 / 784)),
    ("he_uniform", {"nonlinearity": "leaky_relu", "negative_slope": math.sqrt(5)}, math.sqrt(1 / (3 * 784))),
    ("lecun_uniform", {}, math.sqrt(1 / 784)),
    ("lecun_normal", {}, math.sqrt(1 / 784)),
    ("lecun_normal", {"distribution": "truncated_normal"}, math.sqrt(1 / 784)),
    ("variance_scaling", {}, math.sqrt(1 / 784)),
    ("variance_scaling", {"scale": 3.0, "mode": "fan_out"}, math.sqrt(3 / 256)),
    ("variance_scaling", {"mode": "fan_avg", "distribution": "uniform"}, math.sqrt(1 / 520)),
    ("variance_scaling", {"mode": "fan_geo_avg", "distribution": "truncated_normal"}, math.sqrt(1 / 448)),
]


def _distribution(name, parameters, std):
    kind = parameters.get("distribution", "uniform" if name.endswith("uniform") else "normal")
    if kind == "uniform":
        return stats.uniform(-math.sqrt(3) * std, 2 * math.sqrt(3) * std)
    if kind == "normal":
        return stats.norm(0, std)
    before = std / TRUNCATED_STD
    return stats.truncnorm(-2, 2, 0, before)


@pytest.mark.parametrize(("name", "parameters", "std"), STDS)
def test_the_std_is_that_of_the_formula(name, parameters, std):
    assert initialize(name, (256, 784), **parameters).facts["std"] == pytest.approx(std, rel=1e-14)


@pytest.mark.parametrize(("name", "parameters", "std"), STDS)
def test_the_bound_is_that_of_the_distribution(name, parameters, std):
    facts, distribution = initialize(name, (256, 784), **parameters).facts, _distribution(name, parameters, std)
    bound = facts.get("bound", math.inf)

    assert bound == pytest.approx(distribution.support()[1], rel=1e-12)


@pytest.mark.parametrize(("name", "parameters", "std"), STDS)
def test_the_values_are_of_the_distribution_told(name, parameters, std):
    values = make(name, (256, 784), **parameters).reshape(-1).astype(float)
    facts = initialize(name, (256, 784), **parameters).facts

    assert stats.kstest(values, _distribution(name, parameters, std).cdf).pvalue > 1e-3
    assert values.std() == pytest.approx(facts["std"], rel=6 / math.sqrt(2 * values.size))
    assert np.abs(values).max() <= facts.get("bound", 8.3 * std)


def test_the_published_glorot_bound():
    """Glorot and Bengio (2010), equation 16."""
    assert initialize("glorot_uniform", (256, 784)).facts["bound"] == pytest.approx(math.sqrt(6) / math.sqrt(784 + 256))


def test_the_default_of_pytorchs_linear_layer():
    """kaiming_uniform_(a=sqrt(5)) is U(-1/sqrt(fan_in), 1/sqrt(fan_in))."""
    facts = initialize("he_uniform", (256, 784), nonlinearity="leaky_relu", negative_slope=math.sqrt(5)).facts

    assert facts["bound"] == pytest.approx(1 / 28, rel=1e-14)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("kernel", "blocks", "fan_in", "fan_out"),
    [
        ((), {}, 12, 24),
        ((5,), {}, 60, 120),
        ((3, 3), {"groups": 4}, 108, 54),
        ((2, 3, 4), {"groups": 2, "gates": 3}, 288, 96),
    ],
)
def test_the_layout_the_groups_and_the_gates_decide_the_fans(kernel, blocks, fan_in, fan_out, layout):
    facts = initialize("glorot_normal", stored_shape(24, 12, kernel, layout), layout=layout, **blocks).facts

    assert (facts["fan_in"], facts["fan_out"]) == (fan_in, fan_out)
    assert facts["std"] == pytest.approx(math.sqrt(2 / (fan_in + fan_out)))


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "lecun_normal", "variance_scaling"])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (0,)])
def test_a_shape_without_fans_is_refused_with_the_way_out(name, shape):
    with pytest.raises(InvalidParameter, match="give fan_in explicitly") as caught:
        initialize(name, shape)

    assert caught.value.parameter == "shape"


def test_explicit_fans_serve_a_bias():
    assert initialize("he_normal", (7,), fan_in=50).facts["std"] == pytest.approx(math.sqrt(2 / 50))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (5, 4, 0), (5, 0, 3)])
@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal"])
def test_a_tensor_without_elements_has_any_fans(name, shape):
    assert make(name, shape).shape == shape


@pytest.mark.parametrize("parameters", [{"gain": 0.0}, {"gain": 0.0, "distribution": "truncated_normal"}])
def test_a_gain_of_zero_makes_zeros(parameters):
    assert not make("he_normal", (3, 4), **parameters).any()


@pytest.mark.parametrize(
    ("parameters", "culprit"),
    [
        ({"gain": 2.0, "nonlinearity": "relu"}, "nonlinearity"),
        ({"gain": 2.0, "negative_slope": 0.1}, "negative_slope"),
        ({"negative_slope": 0.1}, "negative_slope"),
        ({"nonlinearity": "tanh", "negative_slope": 0.1}, "negative_slope"),
        ({"nonlinearity": "gelu", "gain_rule": "pytorch"}, "gain_rule"),
        ({"nonlinearity": "swiglu", "gain_rule": "backward"}, "gain_rule"),
        ({"groups": 5}, "groups"),
        ({"gates": 5}, "gates"),
    ],
)
def test_parameters_that_contradict_each_other_or_the_shape_are_refused(parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("he_normal", (8, 12), **parameters)

    assert caught.value.parameter == culprit


def test_a_gain_rule_beside_a_gain_is_refused():
    """A parameter that has no effect must not pass silently."""
    with pytest.raises(InvalidParameter) as caught:
        initialize("he_normal", (8, 12), gain=2.0, gain_rule="pytorch")

    assert caught.value.parameter == "gain_rule"


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize(
    ("name", "parameters", "variance"),
    [
        ("he_normal", {}, 2 / 784),
        ("he_normal", {"distribution": "truncated_normal"}, 2 / 784),
        ("lecun_normal", {"distribution": "truncated_normal"}, 1 / 784),
        ("he_uniform", {}, 2 / 784),
        ("glorot_uniform", {}, 2 / (256 + 784)),
        ("lecun_uniform", {}, 1 / 784),
        ("variance_scaling", {"scale": 3.0, "distribution": "uniform"}, 3 / 784),
    ],
)
def test_a_complex_scheme_has_the_variance_of_a_real_one(name, parameters, variance, dtype):
    values = make(name, (256, 784), dtype=dtype, **parameters)
    facts = initialize(name, (256, 784), dtype=dtype, **parameters).facts

    assert np.mean(np.abs(values) ** 2) == pytest.approx(variance, rel=6 / math.sqrt(values.size))
    assert facts["std"] == pytest.approx(math.sqrt(variance), rel=1e-15)
    assert np.abs(values.astype(complex)).max() < facts.get("bound", math.inf)


# What JAX 0.10.2's variance_scaling(1.0, "fan_in", distribution)(key(0), (1000, 2000), complex64) makes, times
# sqrt(1000): the means of |w|, |w|² and |w|⁴, and the largest |w|. It divides its truncated normal by
# sqrt(1 - 5 exp(-4)), where sqrt(1 - 4/(exp(4) - 1)) would give the standard deviation that it promises.
OF_JAX = {
    "uniform": (0.9425651736797889, 0.9996344495085282, 1.3328043248662693, 1.4142134341527408),
    "truncated_normal": (0.9033332071341297, 1.0182790442436773, 1.8801203497082217, 2.0983854288744936),
}
JAX_EXCESS = {"uniform": 1.0, "truncated_normal": math.sqrt((1 - 4 / math.expm1(4)) / (1 - 5 * math.exp(-4)))}


@pytest.mark.parametrize("distribution", OF_JAX)
def test_a_complex_weight_is_what_jax_makes_but_for_its_factor(distribution):
    values = make("variance_scaling", (300, 2000), dtype="complex64", fan_in=1000, distribution=distribution)
    modulus = np.abs(values.astype(complex)) * math.sqrt(1000) * JAX_EXCESS[distribution]

    made = [np.mean(modulus), np.mean(modulus**2), np.mean(modulus**4)]
    assert made == pytest.approx(OF_JAX[distribution][:3], rel=5e-3)
    assert modulus.max() == pytest.approx(OF_JAX[distribution][3], rel=1e-4)


@pytest.mark.parametrize(
    "parameters",
    [{"groups": 0}, {"gates": -1}, {"fan_in": 0}, {"fan_out": -3}, {"gain": -1.0}, {"gain": math.nan},
     {"fan_in": math.inf}, {"layout": "in"}, {"mode": "fan"}, {"distribution": "uniform"},
     {"gain_rule": "forwards"}, {"scale": 1.0}, {"nonlinearity": "rulu"},
     {"nonlinearity": ""}, {"fan_in": 1e-7}, {"fan_in": 1e16}],
)  # fmt: skip
def test_a_parameter_out_of_its_range_is_refused(parameters):
    with pytest.raises(ValidationError):
        initialize("he_normal", (8, 12), **parameters)


@pytest.mark.parametrize(("fan", "std"), [(1e15, 10**-7.5), (1e-6, 1e3)])
def test_explicit_fans_reach_from_the_tiny_to_the_huge(fan, std):
    facts = initialize("variance_scaling", (2, 3), dtype="float64", mode="fan_geo_avg", fan_in=fan, fan_out=fan).facts

    assert facts["std"] == pytest.approx(std)


# Trabelsi et al., arXiv:1705.09792, section 3.6: |W| ~ Rayleigh(σ), σ = 1/sqrt(n_in + n_out) or 1/sqrt(n_in).
RAYLEIGH = [("glorot_normal", 1 / math.sqrt(300 + 200)), ("he_normal", 1 / math.sqrt(300))]


@pytest.mark.parametrize(("name", "scale"), RAYLEIGH)
def test_a_complex_weight_has_a_rayleigh_modulus_at_a_uniform_phase(name, scale):
    values = make(name, (200, 300), dtype="complex64").reshape(-1)

    assert stats.kstest(np.abs(values), stats.rayleigh(scale=scale).cdf).pvalue > 1e-3
    assert stats.kstest(np.angle(values), stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3
