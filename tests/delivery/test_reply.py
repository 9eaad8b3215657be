from __future__ import annotations

import re
from urllib.parse import unquote

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.reply import INLINE_ELEMENTS, reply
from service.delivery.representation import Representation
from service.formats.registry import FORMATS
from tests.formats.held import described, tensor

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def _reply(representation, *, head=False, root_path=""):
    async def ask():
        return await reply(representation, anyio.CapacityLimiter(1), root_path, head)

    return anyio.run(ask)


def test_the_url_is_the_canonical_query_with_the_format():
    url = Representation(tensor((2, 3), name="a.b"), FORMATS["npy"]).url

    assert url == "/weights/held?shape=2,3&seed=42&name=a.b&dtype=float32&stream=1&format=npy"


@pytest.mark.parametrize(("flat", "ending"), [(True, "&format=json&flat=true"), (False, "&format=json")])
def test_flat_stands_in_the_url_when_asked_for(flat, ending):
    assert Representation(tensor((2,)), FORMATS["json"], flat=flat).url.endswith(ending)


def test_the_root_path_stands_before_the_location():
    headers = Representation(tensor((2,)), FORMATS["raw"]).headers("/fanin")

    assert headers["Content-Location"].startswith("/fanin/weights/held?")


def test_every_fact_stands_in_a_header():
    headers = Representation(tensor((2, 3)), FORMATS["npy"]).headers("")

    assert headers.items() >= {
        "Content-Type": "application/x-npy", "Fanin-Shape": "2,3", "Fanin-Dtype": "float32",
        "Fanin-Initializer": "held",
        "Fanin-Seed": "42", "Fanin-Std": "0.1", "Fanin-Fan-In": "3", "Fanin-Stream": "1",
    }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("name", "format", "expected"),
    [
        ("", "npy", 'attachment; filename="weight.npy"'),
        ("a.b", "safetensors", 'attachment; filename="a.b.safetensors"'),
        ("a/b\\c", "raw", 'attachment; filename="a_b_c.bin"'),
        ('a"b', "npy", "attachment; filename=\"a_b.npy\"; filename*=UTF-8''a%22b.npy"),
        ("é", "npy", "attachment; filename=\"_.npy\"; filename*=UTF-8''%C3%A9.npy"),
        ("a\r\nSet-Cookie: x", "npy",
        "attachment; filename=\"a__Set-Cookie: x.npy\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x.npy"),
    ],
)  # fmt: skip
def test_a_binary_reply_is_a_file_named_for_the_tensor(name, format, expected):  # noqa: A002
    headers = Representation(tensor((2,), name=name), FORMATS[format]).headers("")

    assert headers["Content-Disposition"] == expected


def test_json_is_to_be_read_and_no_file():
    assert "Content-Disposition" not in Representation(tensor((2,)), FORMATS["json"]).headers("")


@settings(derandomize=True, max_examples=200, deadline=None)
@given(NAMES)
def test_headers_are_plain_ascii_whatever_the_name(name):
    headers = Representation(tensor((2,), name=name), FORMATS["npy"]).headers("")

    assert all(re.fullmatch(r"[ -~]*", value) for value in headers.values())
    assert unquote(headers.get("Fanin-Name", "")) == name


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (INLINE_ELEMENTS,), (INLINE_ELEMENTS + 1,)])
def test_the_body_is_what_the_format_renders(shape, format):  # noqa: A002
    response = _reply(Representation(tensor(shape), FORMATS[format]))

    assert bytes(response.body) == bytes(FORMATS[format].render(tensor(shape), False))
    assert response.headers["Content-Length"] == str(len(response.body))


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
def test_a_head_has_the_headers_of_the_get(format):  # noqa: A002
    representation = Representation(tensor((2, 3), name="é"), FORMATS[format])
    get, head = _reply(representation), _reply(representation, head=True)

    assert dict(head.headers) == dict(get.headers)
    assert head.body == b""


def test_a_head_of_json_leaves_out_the_length_that_it_does_not_know():
    representation = Representation(tensor((2, 3)), FORMATS["json"])
    get, head = _reply(representation), _reply(representation, head=True)

    assert dict(head.headers) == {key: value for key, value in get.headers.items() if key != "content-length"}


def test_a_head_makes_nothing():
    response = _reply(Representation(described((2**48, 2**48)), FORMATS["raw"]), head=True)

    assert response.headers["Content-Length"] == str(4 * 2**96)
