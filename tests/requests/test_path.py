from __future__ import annotations

import pytest

from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE, UnknownInitializer
from service.formats.registry import FORMATS
from service.requests.path import split_extension
from service.requests.spellings.table import ENUMERATIONS


@pytest.mark.parametrize(
    ("step", "name", "format_"),
    [
        ("he_normal", "he_normal", None),
        ("he_normal.npy", "he_normal", "npy"),
        ("he_normal.json", "he_normal", "json"),
        ("he_normal.safetensors", "he_normal", "safetensors"),
        ("he_normal.raw", "he_normal", "raw"),
        ("he_normal.NPY", "he_normal", "npy"),
        ("HeNormal.Json", "HeNormal", "json"),
        ("he_normal.bin", "he_normal", "raw"),
        ("he_normal.st", "he_normal", "safetensors"),
        ("he_normal.numpy", "he_normal", "npy"),
        ("torch.nn.init.trunc_normal_.bytes", "torch.nn.init.trunc_normal_", "raw"),
        ("torch.nn.init.trunc_normal_", "torch.nn.init.trunc_normal_", None),
        ("torch.nn.init.trunc_normal_.npy", "torch.nn.init.trunc_normal_", "npy"),
        ("keras.initializers.HeNormal.raw", "keras.initializers.HeNormal", "raw"),
        ("zeros.npy.json", "zeros.npy", "json"),
        ("nothing.csv", "nothing.csv", None),
        ("nothing.", "nothing.", None),
        ("lsuv.csv", "lsuv.csv", None),
        (".npy", ".npy", None),
        ("npy", "npy", None),
        ("", "", None),
    ],
)
def test_an_extension_is_told_from_a_name_with_points(step, name, format_):
    found, of_path = split_extension(step)

    assert (found, of_path and of_path.name) == (name, format_)


@pytest.mark.parametrize("step", ["he_normal.csv", "HeNormal.txt", "he_normal.", "torch.nn.init.trunc_normal_.pt"])
def test_the_extension_of_no_format_leads_to_those_that_there_are(step):
    with pytest.raises(UnknownInitializer) as caught:
        split_extension(step)

    name = step.rpartition(".")[0]
    assert caught.value.nearest == tuple(f"{name}.{f.extension}" for f in FORMATS.values())


@pytest.mark.parametrize(
    ("extension", "formats"),
    [
        ("f32", ["raw"]),
        ("float16", ["raw"]),
        ("f8", ["raw"]),
        ("npz", ["npy"]),
        ("nyp", ["npy"]),
        ("jsn", ["json"]),
        ("safetnsors", ["safetensors"]),
    ],
)
def test_an_extension_that_is_near_a_format_or_is_a_dtype_leads_to_one(extension, formats):
    with pytest.raises(UnknownInitializer) as caught:
        split_extension(f"he_normal.{extension}")

    assert caught.value.nearest == tuple(f"he_normal.{format_}" for format_ in formats)


def test_every_spelling_of_a_format_is_an_extension():
    spellings = {spelling: name for name in FORMATS for spelling in ENUMERATIONS["format"][name]}

    for spelling, value in spellings.items():
        if "/" not in spelling:
            assert split_extension(f"he_normal.{spelling.lstrip('.')}") == ("he_normal", FORMATS[value])


def test_no_initializer_has_a_name_that_ends_in_an_extension():
    names = {alias for kind in CATALOGUE for group in aliases_of(kind).values() for alias in group}

    assert all(split_extension(name) == (name, None) for name in names | {kind.name for kind in CATALOGUE})


def test_every_format_has_an_extension_of_its_own():
    assert [split_extension(f"zeros.{f.extension}") for f in FORMATS.values()] == [
        ("zeros", f) for f in FORMATS.values()
    ]
