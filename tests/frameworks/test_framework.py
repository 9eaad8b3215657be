from __future__ import annotations

import importlib
import pkgutil

import pytest

import service.frameworks
from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE
from service.frameworks.framework import Call, Framework
from service.frameworks.layers import TensorRole
from service.frameworks.registry import DEFAULT_INITIALIZERS, DESCRIBED, FRAMEWORKS, PARAMETER_NAMES
from service.initializers.constant import Ones, Zeros
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer
from service.requests.tensor_parameters import TensorParameters
from tests.frameworks.described import LAYERS_OF

CALLS = Framework(
    "example", "Example", layout="in_out", shapes="Kernels stand otherwise.",
    calls=(
        Call("nn::init.zeros_(w)", Zeros()),
        Call("Fill { value: 1 }", Ones(), is_alias=False),
        Call("orthogonal()", OrthogonalInitializer(gain=2.0), "Not Haar."),
        Call("as_stored()", OrthogonalInitializer(), layout="out_in"),
        Call("orthogonal(1)", OrthogonalInitializer()),
    ),
    aliases={OrthogonalInitializer: ("ortho", "orthogonal"), NormalInitializer: ("randn",)},
)  # fmt: skip


def test_calls_have_names_without_modules_and_arguments():
    assert [call.name for call in CALLS.calls] == ["zeros_", "Fill", "orthogonal", "as_stored", "orthogonal"]


def test_aliases_are_the_calls_names_and_then_those_listed():
    assert list(CALLS.names()) == [
        (Zeros, "zeros_"), (OrthogonalInitializer, "as_stored"), (OrthogonalInitializer, "ortho"),
        (OrthogonalInitializer, "orthogonal"), (NormalInitializer, "randn"),
    ]  # fmt: skip


def test_a_scheme_has_the_axes_where_the_framework_has_them():
    schemes = [CALLS.scheme(call) for call in CALLS.calls]

    assert schemes[0] == Zeros()
    assert schemes[2] == OrthogonalInitializer(gain=2.0, layout="in_out")
    assert schemes[3] == OrthogonalInitializer()


def test_what_to_know_of_shapes_is_told_where_axes_matter():
    notes = [CALLS.note(call) for call in CALLS.calls]

    assert notes == ["", "", "Not Haar. Kernels stand otherwise.", "", "Kernels stand otherwise."]


def test_every_framework_of_the_room_is_listed():
    modules = [
        importlib.import_module(f"service.frameworks.{module.name}")
        for module in pkgutil.iter_modules(service.frameworks.__path__)
    ]
    defined = {
        record.name for module in modules for record in vars(module).values() if isinstance(record, Framework)
    } | {paper.name for paper in service.frameworks.papers.PAPERS}

    assert defined == {framework.name for framework in FRAMEWORKS}


def test_every_framework_is_listed_once():
    assert len({framework.name for framework in FRAMEWORKS}) == len(FRAMEWORKS)
    assert len({framework.title for framework in FRAMEWORKS}) == len(FRAMEWORKS)


def test_those_whose_layers_are_known_are_described():
    assert {name for name, framework in DESCRIBED.items() if framework.layers is not None} == set(DESCRIBED)
    assert {framework.name for framework in FRAMEWORKS if framework.layers is not None} == set(DESCRIBED)


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework.name)
def test_aliases_are_of_entries_of_the_catalogue(framework):
    assert {kind for kind, _ in framework.names()} <= set(CATALOGUE)


@pytest.mark.parametrize("kind", DEFAULT_INITIALIZERS, ids=lambda kind: kind.name)
def test_defaults_have_their_frameworks_name(kind):
    (framework,) = (framework for framework in FRAMEWORKS if kind in framework.aliases)

    assert kind.name == f"{framework.name}_default"
    assert aliases_of(kind) == {framework.title: (f"{framework.name}_defaults",)}
    assert framework.default is kind
    assert framework.layers is kind.layers


@pytest.mark.parametrize(("name", "meanings"), PARAMETER_NAMES.items())
def test_parameters_names_mean_parameters(name, meanings):
    own = {field for kind in CATALOGUE for field in kind.model_fields}

    assert name == name.lower()
    assert set(meanings) <= own | set(TensorParameters.model_fields)


def test_frameworks_mean_different_parameters_by_one_name():
    assert set(PARAMETER_NAMES["scale"]) == {"gain", "high", "std"}
    assert PARAMETER_NAMES["a"] == ("negative_slope", "low")
    assert PARAMETER_NAMES["alpha"] == ("negative_slope", "gain")


@pytest.mark.parametrize("framework", DESCRIBED.values(), ids=DESCRIBED)
def test_every_type_is_a_layer_that_has_a_weight(framework):
    assert framework.layers is not None
    for type_, layer in framework.layers.types.items():
        assert layer in framework.layers.layers
        assert framework.layers.names(type_, "weight") is not None


# A weight's axes, as the framework stores and reads them.
STORED = [
    ("pytorch", "Linear", "weight", "out_in"),
    ("pytorch", "Linear", "bias", None),
    ("keras", "Conv", "kernel", "in_out"),
    ("flax", "Dense", "kernel", "in_out"),
    ("burn", "Linear", "weight", "in_out"),
    ("burn", "Conv", "weight", "out_in"),
    ("candle", "Linear", "weight", "out_in"),
    ("dl4j", "DenseLayer", "W", "in_out"),
    ("mindspore", "Dense", "weight", "out_in"),
    ("mlx", "Conv", "weight", "out_kernel_in"),
    ("haiku", "Linear", "w", "in_out"),
    ("transformers", "Linear", "weight", "out_in"),
]


@pytest.mark.parametrize(("framework", "layer", "tensor", "layout"), STORED)
def test_how_a_tensor_is_stored_stands_next_to_its_default(framework, layer, tensor, layout):
    layers = DESCRIBED[framework].layers
    assert layers is not None
    assert layers.layers[layer][tensor].layout == layout


GATES = [("pytorch", "LSTM", "ifgo"), ("pytorch", "GRU", "rzn"), ("keras", "LSTM", "ifgo"), ("keras", "GRU", "zrn"),
         ("candle", "GRU", "rzn"), ("mlx", "LSTM", "ifgo"), ("mlx", "GRU", "rzn"),
         ("flux", "LSTM", "ifgo"), ("flux", "GRU", "rzn"), ("mindspore", "GRU", "rzn")]  # fmt: skip


@pytest.mark.parametrize(("framework", "layer", "gates"), GATES)
def test_stacked_gates_have_an_order(framework, layer, gates):
    layers = LAYERS_OF[framework]
    roles: tuple[TensorRole, ...] = ("weight", "recurrent_weight", "bias")
    names = [layers.names(layer.lower(), role) for role in roles]

    assert {layers.layers[name[0]][name[1]].gates for name in names} == {gates}
