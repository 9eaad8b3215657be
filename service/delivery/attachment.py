"""The Content-Disposition of a file (RFC 6266)."""

from __future__ import annotations

import re
from urllib.parse import quote

_LONGEST_STEM = 240
"""Bytes: with an extension within the 255 that file systems take."""

_PLAIN = re.compile(rf"[A-Za-z0-9_.-]{{1,{_LONGEST_STEM}}}")

_NOT_QUOTABLE = re.compile(r'[^ -~]|"')


def attachment(stem: str, extension: str) -> str:
    """Return the field value with which a client saves the body as `stem.extension`, slashes replaced."""
    if _PLAIN.fullmatch(stem):
        return f'attachment; filename="{stem}.{extension}"'
    cut = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
    plain = f"{cut}.{extension}".replace("/", "_").replace("\\", "_")
    ascii_name = _NOT_QUOTABLE.sub("_", plain)
    if ascii_name == plain:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"


def inline(name: str) -> str:
    """Return the field value with which a browser shows the body, and saves it by a plain name."""
    return f'inline; filename="{name}";'
