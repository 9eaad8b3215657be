"""The specification says of every entry of the catalogue which of its sections makes it, and says so rightly."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from service.catalogue.catalogue import CATALOGUE
from service.frameworks.default_initializer import DefaultInitializer
from service.initializers.initializer import Initialization
from service.streams.philox import stream
from service.tensors.source import ConstantSource, NormalSource, UniformSource
from tests.catalogue.samples import SAMPLES
from tests.initializers.making import initialize

FOLDER = Path(stream.__file__).parent
PAGE = (FOLDER / "SPECIFICATION.md").read_text(encoding="utf-8")
TENSORS = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))["tensors"]

_TABLE = PAGE.partition("### Which section makes which scheme")[2].partition("\n\nA parameter")[0]
_LINES = re.findall(r"^\| (`.+?) \| (.+) \|$", _TABLE, re.MULTILINE)
ROWS = [(re.findall(r"`(\w+)`", schemes), made_by) for schemes, made_by in _LINES]
MADE_BY = {scheme: made_by for schemes, made_by in ROWS for scheme in schemes}
KINDS = {kind.name: kind for kind in CATALOGUE}

WITHOUT_RANDOMNESS = "17 (nothing is drawn)"
OF_A_SCHEME = "that of the `scheme` that the reply tells"
OF_A_LAW = ("3, complex: 7", "4, complex: 7", "5, 6, complex: 7", "3 to 7, by the `distribution` that the reply tells")


def test_the_page_names_every_entry_once_and_nothing_else():
    named = [scheme for schemes, _ in ROWS for scheme in schemes]
    assert sorted(named) == sorted(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_what_draws_nothing_is_told_to_draw_nothing(name):
    if issubclass(KINDS[name], DefaultInitializer):
        assert MADE_BY[name] == OF_A_SCHEME
    else:
        assert (MADE_BY[name] == WITHOUT_RANDOMNESS) == (not KINDS[name].random)


@pytest.mark.parametrize("name", [name for name in KINDS if not issubclass(KINDS[name], DefaultInitializer)])
def test_independent_draws_are_of_the_sections_of_distributions_and_only_those(name):
    shape, parameters = SAMPLES[name]
    made: Initialization = initialize(name, shape, **parameters)
    is_drawn_from_a_law = isinstance(made.source, (UniformSource, NormalSource)) and KINDS[name].random
    assert is_drawn_from_a_law == (MADE_BY[name] in OF_A_LAW) or isinstance(made.source, ConstantSource)


@pytest.mark.parametrize("name", [name for name, made_by in MADE_BY.items() if re.fullmatch(r"\d+", made_by)])
def test_every_section_that_is_named_exists(name):
    assert f"\n## {MADE_BY[name]}. " in PAGE


OF_FORMULAS = {
    "mamba_a_log", "zero_init", "bilinear", "stft", "hippo", "s4d", "linspace", "arange", "sinusoidal", "slstm_bias",
    "rwkv7",
    *(name for name, made_by in MADE_BY.items() if made_by in {"8", "9", "11", "12", "13", "14", "15", "16"}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(OF_FORMULAS))
def test_a_scheme_with_a_formula_of_its_own_has_a_vector(name):
    assert any(entry["initializer"] == name for entry in TENSORS)


@pytest.mark.parametrize("name", sorted({entry["initializer"] for entry in TENSORS}))
def test_a_vector_says_every_parameter_that_has_a_default(name):
    fields = KINDS[name].model_fields
    defaults = {key for key, field in fields.items() if not field.is_required() and field.default is not None}
    for entry in TENSORS:
        if entry["initializer"] == name:
            assert defaults | {"shape", "seed", "name", "dtype"} <= entry.keys()


def test_the_bits_of_a_reservoir_without_a_radius_are_those_of_0_1_0():
    made = initialize(
        "reservoir", (2, 2), seed=33, density=1, spectral_radius=0, distribution="bernoulli", scaling="circular_law"
    )
    assert isinstance(made.source, ConstantSource)
    assert str(made.source.value) == "0.0"
