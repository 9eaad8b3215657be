"""Colours by what they are for, in a light and a dark theme.

Series have those of Okabe and Ito, "Color Universal Design" (2008), https://jfly.uni-koeln.de/color/, which people with
any colour vision tell apart; on each background those that stand out from it come first.
"""

from __future__ import annotations

from dataclasses import dataclass

BLUE, SKY, GREEN, YELLOW = "#0072b2", "#56b4e9", "#009e73", "#f0e442"
ORANGE, VERMILLION, PURPLE = "#e69f00", "#d55e00", "#cc79a7"


@dataclass(frozen=True)
class Palette:
    """No two roles share a colour, so that each can be changed where it stands in an SVG."""

    background: str
    text: str
    frame: str
    grid: str
    series: tuple[str, ...]


LIGHT = Palette(
    "#ffffff", "#1f2328", "#6e7781", "#e4e8ec", (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, "#24292e", "#8c8c00")
)
DARK = Palette(
    "#0d1117", "#e6edf3", "#8b949e", "#262c36", (SKY, ORANGE, GREEN, PURPLE, YELLOW, VERMILLION, "#f0f3f6", "#a8b1ff")
)

DIVERGING = ("#00304d", BLUE, "#f7f7f7", VERMILLION, "#662d00")
"""From the least to the greatest, by way of zero."""

SEQUENTIAL = ("#f7f7f7", SKY, BLUE, "#00304d")


def changes() -> list[tuple[str, str]]:
    """Return each colour of the light theme with that of the dark one."""
    pairs = [(getattr(LIGHT, role), getattr(DARK, role)) for role in ("background", "text", "frame", "grid")]
    return [*pairs, *zip(LIGHT.series, DARK.series, strict=True)]
