from __future__ import annotations

import pytest

from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE, UnknownInitializer

MEANINGS = [
    (framework, alias, kind.name)
    for kind in CATALOGUE
    for framework, aliases in aliases_of(kind).items()
    for alias in aliases
]

# Each framework's own list of names, from its documentation.
NAMES_IN_FRAMEWORKS = {
    "torch.nn.init": {
        "uniform_": "uniform", "normal_": "normal", "trunc_normal_": "truncated_normal", "constant_": "constant",
        "ones_": "ones", "zeros_": "zeros", "eye_": "identity", "dirac_": "dirac", "orthogonal_": "orthogonal",
        "xavier_uniform_": "glorot_uniform", "xavier_normal_": "glorot_normal",
        "kaiming_uniform_": "he_uniform", "kaiming_normal_": "he_normal",
    },
    "jax.nn.initializers": {
        "zeros": "zeros", "ones": "ones", "constant": "constant", "uniform": "uniform", "normal": "normal",
        "truncated_normal": "truncated_normal", "variance_scaling": "variance_scaling", "orthogonal": "orthogonal",
        "glorot_uniform": "glorot_uniform", "xavier_uniform": "glorot_uniform", "glorot_normal": "glorot_normal",
        "xavier_normal": "glorot_normal", "he_uniform": "he_uniform", "kaiming_uniform": "he_uniform",
        "he_normal": "he_normal", "kaiming_normal": "he_normal", "lecun_uniform": "lecun_uniform",
        "lecun_normal": "lecun_normal",
    },
    "keras.initializers": {
        "Zeros": "zeros", "Ones": "ones", "Constant": "constant", "RandomUniform": "uniform", "RandomNormal": "normal",
        "TruncatedNormal": "truncated_normal", "VarianceScaling": "variance_scaling", "Orthogonal": "orthogonal",
        "Identity": "identity", "GlorotUniform": "glorot_uniform", "GlorotNormal": "glorot_normal",
        "HeUniform": "he_uniform", "HeNormal": "he_normal", "LecunUniform": "lecun_uniform",
        "LecunNormal": "lecun_normal",
    },
    "DL4J": {
        "ZERO": "zeros", "ONES": "ones", "IDENTITY": "identity", "XAVIER": "glorot_normal",
        "XAVIER_UNIFORM": "glorot_uniform", "RELU": "he_normal", "RELU_UNIFORM": "he_uniform",
        "LECUN_NORMAL": "lecun_normal", "XAVIER_FAN_IN": "lecun_normal",
    },
}  # fmt: skip


@pytest.mark.parametrize(("framework", "alias", "name"), MEANINGS)
def test_every_alias_finds_its_entry(framework, alias, name):
    assert CATALOGUE.get(alias).name == name


@pytest.mark.parametrize(
    ("framework", "alias", "name"),
    [(framework, alias, name) for framework, names in NAMES_IN_FRAMEWORKS.items() for alias, name in names.items()],
)
def test_a_frameworks_own_name_finds_its_scheme(framework, alias, name):
    assert CATALOGUE.get(alias).name == name


@pytest.mark.parametrize("spelling", ["he_normal", "HeNormal", "he-normal", "HE_NORMAL", "henormal", "Kaiming_Normal_"])
def test_case_underscores_and_hyphens_do_not_matter(spelling):
    assert CATALOGUE.get(spelling).name == "he_normal"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("nn.init.kaiming_normal_", "he_normal"),
        ("keras.initializers.HeNormal", "he_normal"),
        ("jax.nn.initializers.glorot_uniform", "glorot_uniform"),
        ("dt_proj.bias", "dt_bias"),
    ],
)
def test_a_module_before_a_name_does_not_matter(typed, name):
    assert CATALOGUE.get(typed).name == name


def test_names_that_differ_in_case_only_can_mean_different_schemes():
    assert CATALOGUE.get("XAVIER").name == "glorot_normal"
    assert CATALOGUE.get("Xavier").name == "glorot_uniform"


@pytest.mark.parametrize(
    ("bare", "meant", "other"),
    [
        ("he", "he_normal", "he_uniform"),
        ("Kaiming", "he_normal", "kaiming_uniform_"),
        ("xavier", "glorot_uniform", "glorot_normal"),
        ("glorot", "glorot_uniform", "glorot_normal"),
        ("LeCun", "lecun_normal", "lecun_uniform"),
        ("LoRA", "lora_a", "zeros"),
        ("conv_orthogonal", "convolution_orthogonal", "delta_orthogonal"),
    ],
)
def test_the_bare_name_of_a_family_is_one_of_it_and_a_note_names_another(bare, meant, other):
    meaning = CATALOGUE.meaning(bare)

    assert meaning.kind.name == meant
    assert len(meaning.notes) == 1
    assert other in meaning.notes[0]


@pytest.mark.parametrize(
    ("bare", "meant"), [("ortho", "orthogonal"), ("randn", "normal"), ("rand", "uniform"), ("eye", "identity")]
)
def test_a_short_name_with_one_meaning_needs_no_note(bare, meant):
    meaning = CATALOGUE.meaning(bare)

    assert (meaning.kind.name, meaning.notes) == (meant, ())


@pytest.mark.parametrize("name", ["lammas", "table", "rows", "foo.he"])
def test_what_is_like_no_name_has_no_nearest(name):
    with pytest.raises(UnknownInitializer) as caught:
        CATALOGUE.get(name)

    assert caught.value.nearest == ()


def test_the_nearest_are_slips_or_longer_names_and_no_others():
    with pytest.raises(UnknownInitializer) as caught:
        CATALOGUE.get("llama")

    assert "lora_a" not in caught.value.nearest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("he_norml", "he_normal"), ("kaimming_normal", "he_normal"), ("ortogonal", "orthogonal"), ("zerros", "zeros")],
)
def test_a_misspelt_name_is_answered_with_the_nearest(typed, meant):
    with pytest.raises(UnknownInitializer) as caught:
        CATALOGUE.get(typed)

    assert caught.value.nearest[0] == meant


@pytest.mark.parametrize(
    ("typed", "several"), [("random", {"uniform", "normal"}), ("Default", {"pytorch_default", "keras_default"})]
)
def test_a_name_that_says_less_than_a_scheme_is_answered_with_those_that_may_be_meant(typed, several):
    with pytest.raises(UnknownInitializer) as caught:
        CATALOGUE.get(typed)

    assert several <= {*caught.value.nearest} <= {kind.name for kind in CATALOGUE}
    assert "reservoir" not in caught.value.nearest


@pytest.mark.parametrize("name", ["", "_", "x" * 100_000, "\ud800", "he normal\n"])
def test_a_name_that_is_nothing_like_one_is_unknown(name):
    with pytest.raises(UnknownInitializer):
        CATALOGUE.get(name)
