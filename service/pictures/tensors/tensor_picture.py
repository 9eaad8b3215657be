"""From a tensor to what a picture of it shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from service.lazy import lazy
from service.pictures.picture import Density, Doubles, HeatMap, Histogram, Panel, Picture, SingularValues
from service.pictures.tensors.densities import density_of, density_of_orthogonal, density_of_parts
from service.pictures.tensors.marchenko_pastur import marchenko_pastur
from service.pictures.tensors.sample import (
    FARTHEST,
    MOST_CELLS,
    MOST_ELEMENTS,
    MOST_SINGULAR_VALUES,
    block,
    block_sides,
    has_out_last,
    matrix_sides,
    sampled,
)
from service.tensors.laws import Law
from service.tensors.tensor import Tensor

Plot = Literal["all", "histogram", "heat_map", "singular_values"]
PLOTS: tuple[Plot, ...] = get_args(Plot)

_OF_ONE_MATRIX = frozenset(("gain", "layout"))
"""The parameters of an orthogonal tensor that leave it one matrix."""

_NOT_IN_SUBTITLE = frozenset(("initializer", "name", "notes", "stream", "whole_shape"))
_LONGEST_FACT, _MOST_FACTS = 40, 12
_LONGEST_NAME = 48


@dataclass(frozen=True)
class TensorPicture:
    """A tensor, and which plots of it are asked for."""

    tensor: Tensor
    plot: Plot

    @lazy
    def plots(self) -> tuple[Plot, ...]:
        """The plots that are drawn: all that there are of such a tensor, where none is named."""
        if self.plot != "all":
            return (self.plot,)
        if not self.has_matrix:
            return ("histogram",)
        return ("histogram", "heat_map") if self.tensor.is_constant else PLOTS[1:]

    @property
    def has_matrix(self) -> bool:
        """Whether the tensor is a matrix, or can be taken for one."""
        return len(self.tensor.shape) > 1 and self.tensor.size > 0

    @lazy
    def elements(self) -> int:
        """How many elements are made for it."""
        of_plot = {"histogram": min(self.tensor.size, MOST_ELEMENTS)}
        if self.has_matrix:
            of_plot |= {"heat_map": math.prod(self._cells), "singular_values": math.prod(self._block)}
        return sum(of_plot.get(plot, 0) for plot in self.plots)

    @lazy
    def multiplications(self) -> int:
        """What the singular values take, about: the Gram matrix, and four times its size for its eigenvalues."""
        if "singular_values" not in self.plots:
            return 0
        shorter, longer = sorted(self._block)
        return shorter * shorter * (longer + 4 * shorter)

    def picture(self) -> Picture:
        """Return the picture, for which the elements are made; it blocks."""
        return Picture(self._title, self._subtitle, tuple(self._panels()), " ".join(self._notes()))

    def _panels(self) -> Iterator[Panel]:
        for plot in self.plots:
            if plot == "histogram":
                yield Histogram(sampled(self.tensor), self._density, self._count)
            elif plot == "heat_map":
                yield self._heat_map()
            else:
                yield self._singular_values()

    @property
    def _count(self) -> str:
        size = self.tensor.size
        return f"{size:,} elements" if size <= MOST_ELEMENTS else f"{MOST_ELEMENTS:,} of {size:,} elements"

    @property
    def _density(self) -> Density | None:
        law = self.tensor.law
        if self.tensor.spec.dtype.is_complex:
            return density_of_parts(law)
        known = density_of(law)
        if known is None and self._is_orthogonal:
            return density_of_orthogonal(self._whole_sides, self._gain)
        return known

    def _heat_map(self) -> HeatMap:
        rank = len(self.tensor.shape)
        others = ", ".join(str(axis) for axis in (range(rank - 1) if self._has_out_last else range(1, rank)))
        several = f"axes {others} as one" if rank > 2 else f"axis {others}"
        names = (several, f"axis {rank - 1}") if self._has_out_last else ("axis 0", several)
        return HeatMap(block(self.tensor, self._cells), *names)

    def _singular_values(self) -> SingularValues:
        rows, columns = self._block
        expected, law = self._spectrum()
        return SingularValues(block(self.tensor, self._block), f"a matrix of {rows} × {columns}", expected, law)

    def _spectrum(self) -> tuple[Doubles | None, str]:
        law, shorter = self.tensor.law, min(self._block)
        if self._is_orthogonal and self.tensor.selection is None and self._block == self._sides:
            return np.full(shorter, self._gain), f"all {self._gain:g}: the matrix is orthogonal"
        if isinstance(law, Law) and law.std and not law.mean:
            return np.minimum(
                marchenko_pastur(self._block, law.std), FARTHEST
            ), "Marchenko–Pastur, independent elements"
        return None, ""

    def _notes(self) -> Iterator[str]:
        size, sides = self.tensor.size, self._sides if self.has_matrix else (0, 0)
        if size > MOST_ELEMENTS and "histogram" in self.plots:
            yield (
                f"The histogram counts {self._count}, in stretches at equal distances from the first to the last; "
                "the curve is scaled to as many."
            )
        dtype = self.tensor.spec.dtype
        if dtype.itemsize == 1 and not dtype.is_integer and "histogram" in self.plots:
            yield f"Bins between two numbers of {dtype.name} are empty."
        if "heat_map" in self.plots and self._cells != sides:
            of_all = f"{sides[0]:,} and {sides[1]:,}"
            yield f"The heat map shows {_ranges(self._cells)} of {of_all}; the parameter slice shows others."
        if "singular_values" in self.plots and self._block != sides:
            yield f"The singular values are those of {_ranges(self._block)}."

    @property
    def _title(self) -> str:
        spec = self.tensor.spec
        shape = " × ".join(map(str, self.tensor.shape)) or "a scalar"
        name = f"{_shortened(spec.name, _LONGEST_NAME)}: " if spec.name else ""
        return f"{name}{spec.initializer}, {_shortened(shape, _LONGEST_NAME)}, {spec.dtype.name}"

    @property
    def _subtitle(self) -> str:
        facts = [(key, value) for key, value in self.tensor.facts().items() if key not in _NOT_IN_SUBTITLE]
        return ", ".join(f"{key} {_shortened(_text(value), _LONGEST_FACT)}" for key, value in facts[:_MOST_FACTS])

    @lazy
    def _sides(self) -> tuple[int, int]:
        return matrix_sides(self.tensor)

    @lazy
    def _has_out_last(self) -> bool:
        return has_out_last(self.tensor)

    @lazy
    def _cells(self) -> tuple[int, int]:
        rows, columns = self._sides
        return min(rows, MOST_CELLS), min(columns, MOST_CELLS)

    @lazy
    def _block(self) -> tuple[int, int]:
        return block_sides(self._sides, MOST_SINGULAR_VALUES, MOST_ELEMENTS)

    @property
    def _is_orthogonal(self) -> bool:
        """Whether the whole tensor is one matrix whose rows or columns are orthonormal but for the gain."""
        spec = self.tensor.spec
        return spec.initializer == "orthogonal" and {name for name, _ in spec.parameters} <= _OF_ONE_MATRIX

    @property
    def _gain(self) -> float:
        return float(dict(self.tensor.spec.parameters).get("gain", 1.0))

    @property
    def _whole_sides(self) -> tuple[int, int]:
        shape = self.tensor.spec.shape
        alone = shape[-1] if self._has_out_last else shape[0]
        return alone, math.prod(shape) // max(alone, 1)


def _ranges(sides: tuple[int, int]) -> str:
    return f"rows 0 to {sides[0] - 1} and columns 0 to {sides[1] - 1}"


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _shortened(text: str, most: int) -> str:
    """Return a text whose middle is left out where it is long, and whose letters can all be written."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    if len(plain) <= most:
        return plain
    return f"{plain[: most // 2]}…{plain[-(most // 2 - 1) :]}"
