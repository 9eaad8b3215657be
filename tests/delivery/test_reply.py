from __future__ import annotations

import re
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from service.delivery.admission import Admission
from service.delivery.executors import Executors
from service.delivery.reply import reply
from service.delivery.tensor_representation import TensorRepresentation
from service.formats.registry import FORMATS
from tests.formats.tensors import OF_ELEMENTS, described, sliced, tensor

SIZES = [(), (0, 3), (2, 3), (2**12,), (2**12 + 1,), (2**14,), (2**14 + 1,), (2**18 + 1,), (3, 2**17)]
"""Some are made at once, some in pieces."""

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture(scope="module")
def executors():
    executors = Executors(2, Admission(10, 2**30))
    yield executors
    executors.close()


@pytest.fixture
def ask(executors):
    """Return what a client gets of a representation."""

    def ask(representation, method="GET", **headers):
        async def application(scope, receive, send):
            request = Request(scope, receive)
            await reply(representation, request, executors)(scope, receive, send)

        return TestClient(application).request(method, "/weights/held", headers=headers)

    return ask


def _lasting(response):
    return {key: value for key, value in response.headers.items() if key != "server-timing"}


def test_the_url_is_the_canonical_query_with_the_format():
    url = TensorRepresentation(tensor((2, 3), name="a.b"), FORMATS["npy"]).url

    assert url == "/weights/held?shape=2,3&seed=42&name=a.b&dtype=float32&stream=1&format=npy"


@pytest.mark.parametrize(("flat", "ending"), [(True, "&format=json&flat=true"), (False, "&format=json")])
def test_flat_stands_in_the_url_when_asked_for(flat, ending):
    assert TensorRepresentation(tensor((2,)), FORMATS["json"], flat=flat).url.endswith(ending)


@pytest.mark.parametrize(
    ("text", "flat", "ending"), [("1:,:2", False, "&format=json&slice=1:2,0:2"), ("0", True, "&slice=0&flat=true")]
)
def test_a_slice_stands_in_the_url_in_one_spelling(text, flat, ending):
    assert TensorRepresentation(sliced(tensor((2, 3)), text), FORMATS["json"], flat=flat).url.endswith(ending)


def test_the_root_path_stands_before_the_location():
    headers = TensorRepresentation(tensor((2,)), FORMATS["raw"]).validators("/fanin")

    assert headers["Content-Location"].startswith("/fanin/weights/held?")


def test_every_fact_stands_in_a_header():
    headers = TensorRepresentation(tensor((2, 3)), FORMATS["npy"]).description()

    assert headers.items() >= {
        "Content-Type": "application/x-npy", "Fanin-Shape": "2,3", "Fanin-Dtype": "float32",
        "Fanin-Initializer": "held",
        "Fanin-Seed": "42", "Fanin-Std": "0.1", "Fanin-Fan-In": "3", "Fanin-Stream": "1",
    }.items()  # fmt: skip


def test_the_headers_of_a_slice_tell_both_shapes():
    headers = TensorRepresentation(sliced(tensor((2, 3)), "1:,:2"), FORMATS["npy"]).description()

    assert headers.items() >= {"Fanin-Shape": "1,2", "Fanin-Whole-Shape": "2,3", "Fanin-Slice": "1:2,0:2"}.items()


@pytest.mark.parametrize(
    ("name", "format", "expected"),
    [
        ("", "npy", 'attachment; filename="held-2-seed42.npy"'),
        ("a.b", "safetensors", 'attachment; filename="a.b.safetensors"'),
        ("a/b\\c", "raw", 'attachment; filename="a_b_c.raw"'),
        ('a"b', "npy", "attachment; filename=\"a_b.npy\"; filename*=UTF-8''a%22b.npy"),
        ("é", "npy", "attachment; filename=\"_.npy\"; filename*=UTF-8''%C3%A9.npy"),
        ("a\r\nSet-Cookie: x", "npy",
        "attachment; filename=\"a__Set-Cookie: x.npy\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x.npy"),
    ],
)  # fmt: skip
def test_a_binary_reply_is_a_file_named_for_the_tensor(name, format, expected):  # noqa: A002
    headers = TensorRepresentation(tensor((2,), name=name), FORMATS[format]).description()

    assert headers["Content-Disposition"] == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (tensor(()), "held-scalar-seed42.npy"),
        (tensor((2, 3, 4)), "held-2x3x4-seed42.npy"),
        (tensor((0, 3)), "held-0x3-seed42.npy"),
        (tensor((2, 3), seed=None), "held-2x3.npy"),
        (sliced(tensor((2, 3)), "1:"), "held-2x3-seed42-1-2.npy"),
        (sliced(tensor((2, 3)), ":,0:2"), "held-2x3-seed42--,0-2.npy"),
        (sliced(tensor((2, 3), name="a.b"), "0:1"), "a.b-0-1.npy"),
        (sliced(tensor((2, 3), name="a.b"), ":"), "a.b.npy"),
        (tensor((2,), name="n" * 256), "n" * 240 + ".npy"),
    ],
)
def test_a_file_is_named_for_what_distinguishes_its_tensor(made, expected):
    headers = TensorRepresentation(made, FORMATS["npy"]).description()

    assert headers["Content-Disposition"] == f'attachment; filename="{expected}"'


def test_the_name_of_a_file_is_no_longer_than_file_systems_take():
    made = described((2**13,) * 4, name="é☃" * 128)
    header = TensorRepresentation(made, FORMATS["safetensors"]).description()["Content-Disposition"]

    assert len(unquote(header.rpartition("''")[2]).encode()) <= 255


def test_json_is_to_be_read_and_no_file():
    assert "Content-Disposition" not in TensorRepresentation(tensor((2,)), FORMATS["json"]).description()


@settings(derandomize=True, max_examples=200, deadline=None)
@given(NAMES)
def test_headers_are_plain_ascii_whatever_the_name(name):
    headers = TensorRepresentation(tensor((2,), name=name), FORMATS["npy"]).description()

    assert all(re.fullmatch(r"[ -~]*", value) for value in headers.values())
    assert unquote(headers.get("Fanin-Name", "")) == name


@pytest.mark.parametrize("format", OF_ELEMENTS)
@pytest.mark.parametrize("shape", SIZES)
def test_the_body_is_what_the_format_renders(ask, shape, format):  # noqa: A002
    response = ask(TensorRepresentation(tensor(shape), FORMATS[format]))

    assert response.status_code == 200
    assert response.content == FORMATS[format].body(tensor(shape)).render()


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
@pytest.mark.parametrize("shape", SIZES)
def test_the_length_of_a_binary_body_is_told_whatever_its_size(ask, shape, format):  # noqa: A002
    response = ask(TensorRepresentation(tensor(shape), FORMATS[format]))

    assert response.headers["Content-Length"] == str(len(response.content))


def test_a_flat_reply_is_one_list(ask):
    whole = tensor((2, 3), values=np.arange(6.0))

    assert ask(TensorRepresentation(whole, FORMATS["json"], flat=True)).json()["data"] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
@pytest.mark.parametrize("shape", [(2, 3), (2**18 + 1,)])
def test_a_head_has_the_headers_of_the_get(ask, shape, format):  # noqa: A002
    representation = TensorRepresentation(tensor(shape, name="é"), FORMATS[format])
    get, head = ask(representation), ask(representation, "HEAD")

    assert _lasting(head) == _lasting(get)
    assert head.content == b""


def test_a_head_of_json_leaves_out_the_length_that_it_does_not_know(ask):
    representation = TensorRepresentation(tensor((2, 3)), FORMATS["json"])
    get, head = ask(representation), ask(representation, "HEAD")

    assert _lasting(head) == {key: value for key, value in _lasting(get).items() if key != "content-length"}


def test_a_head_makes_nothing(ask):
    response = ask(TensorRepresentation(described((2**48, 2**48)), FORMATS["raw"]), "HEAD")

    assert response.headers["Content-Length"] == str(4 * 2**96)


@pytest.mark.parametrize("shape", [(8,), (2**18 + 1,)])
def test_a_range_is_a_part_with_its_place(ask, shape):
    """In a small reply, made at once, and in one that is made in pieces."""
    representation = TensorRepresentation(tensor(shape), FORMATS["raw"])
    whole = ask(representation)
    part = ask(representation, Range="bytes=5-9")

    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert "Content-Range" not in whole.headers
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(whole.content)}"
    assert part.headers["Content-Length"] == "5"


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_only_a_get_has_ranges(ask, method):
    """RFC 9110 section 14.2."""
    response = ask(TensorRepresentation(tensor((8,)), FORMATS["raw"]), method, Range="bytes=5-9")

    assert response.status_code == 200
    assert "Content-Range" not in response.headers


@pytest.mark.parametrize(("format", "is_drawn"), [("json", False), ("raw", True)])
def test_bytes_that_may_differ_the_next_time_have_no_ranges(ask, format, is_drawn):  # noqa: A002
    response = ask(TensorRepresentation(tensor((8,)), FORMATS[format], is_drawn=is_drawn), Range="bytes=5-9")

    assert (response.status_code, response.headers["Accept-Ranges"]) == (200, "none")


@pytest.mark.parametrize(("tag", "status"), [("{}", 206), ('"another"', 200)])
def test_a_range_counts_if_the_client_has_the_same_bytes(ask, tag, status):
    representation = TensorRepresentation(tensor((8,)), FORMATS["raw"])
    condition = {"If-Range": tag.format(representation.tag)}

    assert ask(representation, Range="bytes=5-9", **condition).status_code == status


@pytest.mark.parametrize(("method", "status"), [("GET", 304), ("HEAD", 304), ("POST", 200)])
def test_what_the_client_has_already_is_not_sent_again(ask, method, status):
    representation = TensorRepresentation(tensor((8,)), FORMATS["raw"])
    response = ask(representation, method, **{"If-None-Match": str(representation.tag)})

    assert response.status_code == status
    assert (response.headers.get("ETag"), response.headers["Cache-Control"]) == (
        (str(representation.tag), "public, max-age=31536000, immutable") if status == 304 else (None, "no-store")
    )


def test_a_seed_that_was_drawn_is_not_to_be_kept_and_known_by_no_tag(ask):
    representation = TensorRepresentation(tensor((8,)), FORMATS["raw"], is_drawn=True)
    response = ask(representation, **{"If-None-Match": "*"})

    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in response.headers


@pytest.mark.parametrize(("is_negotiated", "vary"), [(True, "Accept"), (False, None)])
def test_a_format_that_was_negotiated_varies_with_accept(ask, is_negotiated, vary):
    response = ask(TensorRepresentation(tensor((8,)), FORMATS["raw"], is_negotiated=is_negotiated))

    assert response.headers.get("Vary") == vary


def test_of_a_representation_nothing_is_drawn_or_negotiated_unless_it_is_said():
    representation = TensorRepresentation(tensor((8,)), FORMATS["raw"])

    assert (representation.is_drawn, representation.is_negotiated, representation.flat) == (False, False, False)
