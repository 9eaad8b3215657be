from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.delivery.negotiation import NotAcceptable, choose_format, parse_accept
from service.formats.registry import FORMATS
from service.tensors.dtypes import DTYPES

FLOAT32 = DTYPES["float32"]

# Which formats can hold a dtype: NumPy has no narrow types, and JSON no complex numbers.
HOLDERS = {
    "float32": {"json", "npy", "safetensors", "raw"},
    "float64": {"json", "npy", "safetensors", "raw"},
    "float16": {"json", "npy", "safetensors", "raw"},
    "bfloat16": {"json", "safetensors", "raw"},
    "float8_e4m3fn": {"json", "safetensors", "raw"},
    "float8_e5m2": {"json", "safetensors", "raw"},
    "complex64": {"npy", "safetensors", "raw"},
    "complex128": {"npy", "raw"},
    **{dtype: {"json", "npy", "safetensors", "raw"} for dtype in ("int64", "int32", "uint8", "bool")},
}


FOUR = {"json", "npy", "safetensors", "raw"}


def _holders(dtype):
    """Return the formats that can hold a dtype: of these four, as the table has it; others by their own word."""
    return HOLDERS[dtype] | {
        f.name for f in FORMATS.values() if f.holds(DTYPES[dtype]) and f.name not in FOUR and not f.is_picture
    }


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("application/*", "json"),
        ("application/json", "json"),
        ("application/x-npy", "npy"),
        ("application/x-numpy", "npy"),
        ("APPLICATION/X-NPY", "npy"),
        ("application/vnd.safetensors", "safetensors"),
        ("application/x-safetensors", "safetensors"),
        ("application/octet-stream", "raw"),
        ("text/html, application/x-npy", "npy"),
        ("application/json;q=0.5, application/x-npy", "npy"),
        ("application/json; q=0.5 , application/x-npy;q=0.4", "json"),
        ("application/x-npy;q=0.2, */*;q=0.1", "npy"),
        ("*/*, application/x-npy", "npy"),
        ("application/json;q=0, */*", "npy"),
        ("application/*;q=0.1, application/octet-stream;q=0.2", "raw"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("image/svg+xml", "svg"),
        ("image/*", "svg"),
        ("image/png,image/svg+xml;q=0.5", "png"),
        # What Chromium and Firefox ask for in the place of an image.
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "svg"),
        ("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "svg"),
        ("application/json;charset=utf-8", "json"),
        ("nonsense", "json"),
        ("application/x-npy;Q=0.9, application/json;q=0.8", "npy"),
        ("application/x-npy;q=abc, application/json;q=0.1", "json"),
        ("application/x-npy;q=1.5, application/json;q=0.1", "json"),
        ("application/x-npy;q=-1, application/json;q=0.1", "json"),
        ("application/x-npy;q=nan", "json"),
    ],
)
def test_accept_decides(accept, name):
    assert choose_format(None, accept, FLOAT32).name == name


@pytest.mark.parametrize(
    "accept",
    ["text/html", "audio/*", "application/json;q=0", "*/*;q=0", "font/*, image/jpeg;q=0.5"],
)
def test_an_accept_that_allows_none_is_refused(accept):
    with pytest.raises(NotAcceptable, match="Accept") as caught:
        choose_format(None, accept, FLOAT32)

    assert {f.name for f in caught.value.supported} == _holders("float32") | {"svg", "png"}


@pytest.mark.parametrize("name", ["json", "npy", "safetensors", "raw"])
def test_format_beats_accept(name):
    assert choose_format(name, "text/html, application/json;q=0", FLOAT32).name == name


@pytest.mark.parametrize("name", ["json", "npy", "safetensors", "raw"])
@pytest.mark.parametrize("dtype", HOLDERS)
def test_a_format_is_had_exactly_where_it_holds_the_dtype(dtype, name):
    if name in HOLDERS[dtype]:
        assert choose_format(name, None, DTYPES[dtype]).name == name
    else:
        with pytest.raises(NotAcceptable, match=f"{name} cannot hold {dtype}") as caught:
            choose_format(name, None, DTYPES[dtype])
        assert {f.name for f in caught.value.supported} == _holders(dtype)


@pytest.mark.parametrize(
    ("name", "accept", "dtype", "other"),
    [
        ("safetensors", None, "complex128", "complex64"),
        (None, "application/vnd.safetensors", "complex128", "complex64"),
        ("json", None, "complex128", "float32"),
        ("json", None, "complex64", "float32"),
        ("npy", None, "bfloat16", "float32"),
    ],
)
def test_the_other_dtype_that_is_named_is_one_that_the_format_holds(name, accept, dtype, other):
    with pytest.raises(NotAcceptable, match=f"another dtype, such as {other}"):
        choose_format(name, accept, DTYPES[dtype])


@pytest.mark.parametrize("accept", [None, "*/*", "application/json;q=0.5, application/*;q=0.4"])
def test_without_a_name_a_format_that_holds_the_dtype_is_taken(accept):
    assert choose_format(None, accept, DTYPES["complex64"]).name == "npy"


def test_parameters_are_passed_over_and_so_are_ranges_whose_weight_is_none():
    ranges = parse_accept("a/b;level=1;q=0.7, c/d;q=0.000, e/f;q=x, i/j;q=7, k/l;q=-1, m/n;q=1e-1, /g, h/, ,")

    assert [(r.type, r.subtype, r.weight) for r in ranges] == [("a", "b", 0.7), ("c", "d", 0.0)]


@pytest.mark.parametrize(
    ("url", "accept", "vary"),
    [
        ("/weights/zeros?shape=2", "image/jpeg", "Accept"),
        ("/advise?layer=Linear", "image/jpeg", "Accept"),
        ("/weights/zeros?shape=2&dtype=bfloat16", "application/x-npy", "Accept"),
        ("/weights/zeros.npy?shape=2&dtype=bfloat16", "image/jpeg", None),
        ("/weights/zeros?shape=2&dtype=bfloat16&format=npy", "*/*", None),
    ],
)
def test_a_refusal_varies_by_what_decided_it(client, url, accept, vary):
    reply = client.get(url, headers={"Accept": accept})

    assert (reply.status_code, reply.headers.get("Vary")) == (406, vary)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text("*/,;=q.01 application/json", max_size=60))
def test_any_accept_is_answered_or_refused(accept):
    with suppress(NotAcceptable):
        assert choose_format(None, accept, FLOAT32).name in HOLDERS["float32"]


def test_a_media_type_that_is_never_served_is_not_blamed_on_the_dtype():
    with pytest.raises(NotAcceptable) as caught:
        choose_format(None, "text/csv", DTYPES["float32"])

    assert "text/csv" not in str(caught.value)
    assert "dtype" not in str(caught.value)
    assert "application/x-npy" in str(caught.value)
