"""Rows of cells as lines of text whose columns are aligned."""

from __future__ import annotations

from collections.abc import Sequence


def lines_of(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the lines of rows, of which each has as many cells."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
