"""What a picture shows: plain data, which the server makes and the process that draws reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Theme = Literal["auto", "light", "dark"]
"""auto: of an SVG as its reader has it (`prefers-color-scheme`); of a PNG light."""

FileType = Literal["svg", "png"]

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Density:
    """The density that theory gives the elements: at `values`, in rising order, straight lines between them."""

    label: str
    values: Doubles
    densities: Doubles


@dataclass(frozen=True)
class Histogram:
    """How many elements lie where."""

    elements: NDArray[Any]
    """Real or complex, in any shape; of complex ones the parts are counted."""
    density: Density | None
    """Of an element, or of its real part."""
    count: str
    """How many there are of how many, in words."""


@dataclass(frozen=True)
class HeatMap:
    """A matrix, a cell an element."""

    cells: NDArray[Any]
    row_label: str
    column_label: str


@dataclass(frozen=True)
class SingularValues:
    """The singular values of a matrix, the largest first."""

    matrix: NDArray[Any]
    label: str
    """Of what matrix they are."""
    expected: Doubles | None
    """What theory gives, one each; None where it says nothing."""
    law: str
    """Whose they are."""


@dataclass(frozen=True)
class Line:
    """What becomes of one thing over an axis."""

    label: str
    x: Doubles
    y: Doubles
    interval: tuple[float, float] | None = None
    """Between which two numbers the last point lies in 95 % of the draws."""
    low: Doubles | None = None
    high: Doubles | None = None
    """The ends of such an interval at every point."""
    is_measured: bool = False
    """Whether they are measured, so that they are told apart as points."""
    is_in_legend: bool = True
    style: int | None = None
    """Lines of one number have one colour; each its own without one."""


@dataclass(frozen=True)
class Curves:
    """Lines over an axis, positive numbers on a logarithmic one."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    x_names: tuple[str, ...] = ()
    """What the whole numbers of the axis are called, from 1 on; themselves where there are none."""


Panel = Histogram | HeatMap | SingularValues | Curves


@dataclass(frozen=True)
class Picture:
    """What is drawn side by side, under one title."""

    title: str
    subtitle: str
    panels: tuple[Panel, ...]
    note: str = ""
    """What is drawn of a thing that is too large to draw it all, for under the panels."""


@dataclass(frozen=True)
class Rendering:
    """In what form a picture is drawn."""

    file_type: FileType
    theme: Theme = "auto"
