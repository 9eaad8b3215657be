"""The formats, by name and by media type."""

from __future__ import annotations

from service.formats.format import Format
from service.formats.json import Json
from service.formats.npy import Npy
from service.formats.picture import Png, Svg
from service.formats.raw import Raw
from service.formats.safetensors import Safetensors

FORMATS: dict[str, Format] = {f.name: f for f in (Json(), Npy(), Safetensors(), Raw(), Svg(), Png())}
"""Every format, the default first."""

BY_MEDIA_TYPE: dict[str, Format] = {
    media_type: f for f in FORMATS.values() for media_type in (f.media_type, *f.media_type_aliases)
}
