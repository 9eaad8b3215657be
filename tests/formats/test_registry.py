from __future__ import annotations

import pytest

from service.formats.registry import BY_MEDIA_TYPE, FORMATS


def test_json_is_the_first():
    assert list(FORMATS) == ["json", "npy", "safetensors", "raw"]


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/json", "json"),
        ("application/x-npy", "npy"),
        ("application/x-numpy", "npy"),
        ("application/vnd.safetensors", "safetensors"),
        ("application/x-safetensors", "safetensors"),
        ("application/octet-stream", "raw"),
    ],
)
def test_formats_are_found_by_media_type(media_type, name):
    assert BY_MEDIA_TYPE[media_type] is FORMATS[name]
