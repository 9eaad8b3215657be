from __future__ import annotations

import pytest

from service.formats.registry import BY_MEDIA_TYPE, FORMATS
from tests.formats.tensors import described


def test_json_is_the_first():
    assert list(FORMATS)[:4] == ["json", "npy", "safetensors", "raw"]


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/json", "json"),
        ("application/x-npy", "npy"),
        ("application/x-numpy", "npy"),
        ("application/vnd.safetensors", "safetensors"),
        ("application/x-safetensors", "safetensors"),
        ("application/octet-stream", "raw"),
        ("image/svg+xml", "svg"),
        ("image/png", "png"),
    ],
)
def test_formats_are_found_by_media_type(media_type, name):
    assert BY_MEDIA_TYPE[media_type] is FORMATS[name]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_has_ranges_when_its_bodies_do(name):
    body = FORMATS[name].body(described((2, 3)))
    assert body.supports_ranges == FORMATS[name].has_ranges == (body.length is not None)


def test_a_body_without_ranges_has_no_part():
    with pytest.raises(NotImplementedError):
        FORMATS["json"].body(described((2, 3))).part(0, 1)
