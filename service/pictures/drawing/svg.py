"""What makes Matplotlib's SVG one for people: its size, a title and a description that are read out, a dark theme.

SVG 2 (https://www.w3.org/TR/SVG2/struct.html#DescriptionAndTitleElements), the Graphics Accessibility API Mappings
(https://www.w3.org/TR/svg-aam-1.0/), and Media Queries Level 5 for `prefers-color-scheme`.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from service.pictures.drawing.palette import changes

_ROOT = re.compile(r'<svg [^>]*?viewBox="0 0 ([0-9.]+) ([0-9.]+)"[^>]*>')

_FAMILY = re.compile(r"'DejaVu Sans'[^;\"]*")
_FAMILIES = "'DejaVu Sans', Verdana, sans-serif"
"""Verdana's letters are as wide; no file of a font is asked for."""

_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def finish(drawn: str, title: str, description: str, *, has_both_themes: bool) -> bytes:
    """Return Matplotlib's document, whose colours are those of the light theme where it is to have both."""
    found = _ROOT.search(drawn)
    if found is None:
        raise ValueError("Matplotlib has written an SVG without a view box")
    width, height = (float(size) for size in found.groups())
    root = (
        f'<svg {_NAMESPACES} width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" version="1.1" '
        f'role="img" aria-labelledby="title description">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}</desc>\n'
    )
    style = _dark_style() if has_both_themes else ""
    body = _FAMILY.sub(_FAMILIES, drawn[found.end() :])
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}{style}{body}'.encode()


def _dark_style() -> str:
    """Return the rules by which a reader with a dark theme has the dark colours.

    Each names a colour where it stands, so that a viewer that knows no rules shows the light theme.
    """
    rules = [
        f'[style*="{what}: {light}"]{{{what}:{dark}!important}}'
        for light, dark in changes()
        for what in ("fill", "stroke")
    ]
    return f"<style>@media (prefers-color-scheme: dark){{{''.join(rules)}}}</style>\n"
