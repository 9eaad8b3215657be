"""Activations by name."""

from __future__ import annotations

import pytest

from service.activations.names import NAMES, UnknownActivation, find_activation
from service.activations.table import ACTIVATIONS
from service.tensors.errors import InvalidParameter


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ReLU", "relu"), ("LeakyReLU", "leaky_relu"), ("SiLU", "silu"), ("swish", "silu"), ("Hardswish", "hard_swish"),
     ("GELU", "gelu"), ("gelu_new", "gelu_tanh"), ("ELU", "elu"), ("Tanh", "tanh"), ("LogSigmoid", "log_sigmoid"),
     ("identity", "linear"), ("softmax", "linear"), ("SwiGLU", "swiglu"), ("relu-6", "relu6")],
)  # fmt: skip
def test_activations_are_known_as_frameworks_write_them(typed, meant):
    assert find_activation(typed).name == meant


def test_maxout_may_have_its_number_in_its_name():
    assert find_activation("maxout_4") == find_activation("maxout").with_parameters({"pieces": 4.0})


@pytest.mark.parametrize("typed", ["", "rleu", "table", "maxout_1", "maxout_65", "gelu\n\0", "é" * 128])
def test_an_unknown_activation_is_refused(typed):
    with pytest.raises((UnknownActivation, InvalidParameter)):
        find_activation(typed)


def test_an_unknown_activation_is_answered_with_the_nearest():
    with pytest.raises(UnknownActivation, match="did you mean relu"):
        find_activation("rleu")


def test_an_activation_takes_its_own_parameter_only():
    assert find_activation("elu").with_parameters({"alpha": 0.5}).value == 0.5
    with pytest.raises(InvalidParameter, match="relu has no alpha"):
        find_activation("relu").with_parameters({"alpha": 0.5})


def test_an_activation_takes_its_parameter_in_its_range_only():
    with pytest.raises(InvalidParameter, match="must be a number above 0 to 1000"):
        find_activation("elu").with_parameters({"alpha": 0.0})


def test_no_two_activations_have_a_name_in_common():
    for family in ACTIVATIONS:
        for name in (family.name, *family.other_names):
            assert find_activation(name).name == family.name


@pytest.mark.parametrize("name", NAMES)
def test_case_and_punctuation_and_a_module_do_not_matter(name):
    for typed in (name.upper(), name.replace("_", "-"), name.replace("_", ""), f"torch.nn.{name.title()}"):
        assert find_activation(typed).name == name
