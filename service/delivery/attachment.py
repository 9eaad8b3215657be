"""The Content-Disposition of a file (RFC 6266)."""

from __future__ import annotations

from urllib.parse import quote


def attachment(name: str) -> str:
    """Return the field value with which a client saves the body as `name`, slashes replaced."""
    plain = name.replace("/", "_").replace("\\", "_")
    ascii_name = "".join(c if " " <= c < "\x7f" and c != '"' else "_" for c in plain)
    if ascii_name == plain:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"
