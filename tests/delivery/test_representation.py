from __future__ import annotations

import math
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.conditional import EntityTag
from service.delivery.tensor_representation import TensorRepresentation
from service.formats.npy import Npy
from service.formats.registry import FORMATS
from tests.formats.tensors import OF_ELEMENTS, described, sliced

BINARY = ["npy", "safetensors", "raw"]


def _representation(shape=(2, 3), format="npy", *, flat=False, is_drawn=False, part=None, **members):  # noqa: A002
    tensor = described(shape, **members)
    if part is not None:
        tensor = sliced(tensor, part)
    return TensorRepresentation(tensor, FORMATS[format], flat, is_drawn=is_drawn)


@pytest.mark.parametrize("part", [":", ":,:", "...", "0:2", "-2:,:3"])
def test_a_slice_that_takes_all_is_none(part):
    whole, all_of_it = _representation(), _representation(part=part)

    assert (all_of_it.url, all_of_it.tag) == (whole.url, whole.tag)


@pytest.mark.slow
@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_the_url_keeps_any_name(name):
    url = _representation(name=name).url

    assert re.fullmatch(r"[!-~]*", url)
    assert parse_qs(urlsplit(url).query, errors="strict")["name"] == [name]


@pytest.mark.parametrize("format", OF_ELEMENTS)
def test_the_tag_is_strong(format):  # noqa: A002
    assert not _representation(format=format).tag.weak


@pytest.mark.parametrize("format", ["svg", "png"])
def test_a_picture_may_be_drawn_otherwise_by_another_version(format):  # noqa: A002
    representation = _representation(format=format)

    assert representation.tag.weak
    assert representation.validators("")["Cache-Control"] == "public, max-age=86400"


def test_the_tag_is_one_that_a_header_can_hold():
    assert re.fullmatch(r'"[!#-~]+"', str(_representation().tag))


def test_the_tag_is_the_same_the_next_time():
    assert _representation().tag == _representation().tag


def test_no_two_tags_are_the_same():
    others = [
        _representation((3, 2)),
        _representation((6,)),
        _representation((2, 3), "safetensors"),
        _representation((2, 3), "raw"),
        _representation((2, 3), "json"),
        _representation((2, 3), "json", flat=True),
        _representation(dtype="float64"),
        _representation(seed=43),
        _representation(seed=None),
        _representation(name="a"),
        _representation(part="0"),
        _representation(part="1"),
        _representation(part="0:1"),
    ]

    assert len({item.tag.opaque for item in (_representation(), *others)}) == 1 + len(others)


def test_another_header_of_the_file_has_another_tag():
    """So that a release that writes another header is not mixed with this one."""

    class Other(Npy):
        def header(self, tensor):
            return super().header(tensor).replace(b"False", b"0    ")

    tensor = described((2, 3))

    assert TensorRepresentation(tensor, Other()).tag != TensorRepresentation(tensor, Npy()).tag


def test_what_safetensors_tells_of_the_tensor_is_part_of_the_tag():
    one, other = (_representation(format="safetensors", facts={"std": std}) for std in (0.1, 0.2))

    assert one.tag != other.tag


@pytest.mark.parametrize("format", FORMATS)
def test_the_tag_takes_nothing_made(format):  # noqa: A002
    huge = _representation((2**20, 2**20), format, source=object())

    assert isinstance(huge.tag, EntityTag)


def test_a_given_seed_is_to_be_kept_for_ever():
    representation = _representation()

    assert representation.validators("") == {
        "Content-Location": representation.url,
        "ETag": str(representation.tag),
        "Cache-Control": "public, max-age=31536000, immutable",
    }


def test_a_drawn_seed_is_told_and_not_to_be_kept():
    representation = _representation(is_drawn=True)

    assert representation.validators("") == {"Content-Location": representation.url, "Cache-Control": "no-store"}
    assert "&seed=42&" in representation.url


@pytest.mark.parametrize(
    ("format", "is_drawn", "unit"),
    [*((name, False, "bytes") for name in BINARY), ("json", False, "none"), ("npy", True, "none"),
     ("json", True, "none")],
)  # fmt: skip
def test_only_bytes_that_stay_the_same_have_ranges(format, is_drawn, unit):  # noqa: A002
    representation = _representation(format=format, is_drawn=is_drawn)

    assert representation.ranges == unit
    assert representation.has_ranges == (unit == "bytes")


@pytest.mark.parametrize("format", BINARY)
@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2**40, 2**13)])
def test_the_length_of_a_binary_body_is_known_before_it_is_made(shape, format):  # noqa: A002
    body = _representation(shape, format, source=object()).body

    assert body.length == body.length == len(body.frame) + 4 * math.prod(shape)
