"""A tensor ready to be made: what it is, what writes it, and what another program needs to check it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.lazy import lazy
from service.tensors.laws import ElementMoments
from service.tensors.layout import Shape
from service.tensors.pace import COPY, Pace
from service.tensors.slicing import Selection
from service.tensors.source import ArraySource, ConstantSource, Source, WholeSource, pace_of_array
from service.tensors.spec import Scalar, TensorSpec

MULTIPLICATIONS_A_SECOND = 10**10
"""In single precision, of one thread in the orthogonal matrices, as `python -m scripts.measure_orthogonal` has it."""

_BEGUN, _MOVED = 2e-4, 8e-10
"""Seconds that materializing takes before the first multiplication, and for each byte of the elements, by rank: they
are drawn, and moved to where the axes have them, which takes the longer the more axes there are."""

_COUNTABLE = 2**128
"""Multiplications, at most, whose seconds are told: a product of any sizes may be no double."""

_ROUNDED_AT_ONCE = 2**17
"""Elements that wait, in a cache, to be rounded to a narrower dtype. Between two lots a thread needs the interpreter,
which others may hold."""


@dataclass(frozen=True)
class Tensor:
    """A specification with its source, and the part of it that is wanted; nothing is computed before `read`."""

    spec: TensorSpec
    source: Source | WholeSource
    parameters: Mapping[str, Scalar]
    """The initializer's parameters, given or assumed, and the numbers derived from them (fans, std, bound)."""
    selection: Selection | None = None
    """The part that is wanted; None for the whole."""
    notes: tuple[str, ...] = ()
    """A sentence on each thing that was understood otherwise than the request's words may suggest."""
    law: ElementMoments | None = None
    """That of each element; None where it is not one and the same for all, or not known."""

    @lazy
    def shape(self) -> Shape:
        """The shape of the part that is wanted."""
        return self.spec.shape if self.selection is None else self.selection.shape

    @lazy
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)

    @lazy
    def nbytes(self) -> int:
        """The size of its elements, without any header."""
        return self.size * self.spec.dtype.itemsize

    @property
    def work(self) -> int:
        """Multiplications, about, before the first element is there: 0 where any stretch can be had at once."""
        return self.source.work if isinstance(self.source, WholeSource) else 0

    @property
    def single_work(self) -> int:
        """The same in multiplications in single precision: a double is half as fast."""
        return self.work * self.spec.dtype.part.itemsize // 4

    @property
    def seconds(self) -> float:
        """What that takes one thread, about, with the draws and the copies of the elements; 0 where it is no work."""
        if not self.work:
            return 0.0
        # Complex ones are worked out in parts, and in double precision.
        nbytes = self.spec.dtype.working.itemsize * (3 if self.spec.dtype.is_complex else 1)
        moved = _MOVED * nbytes * (4 + len(self.spec.shape))
        elements = Pace(moved, _BEGUN).seconds(self.spec.size)
        return elements + min(self.single_work, _COUNTABLE) / MULTIPLICATIONS_A_SECOND

    @lazy
    def pace(self) -> Pace:
        """How long it takes to fill arrays with its elements, once it is materialized."""
        dtype, source, view = self.spec.dtype, self.source, None if self.selection is None else self.selection.view
        if isinstance(source, WholeSource):
            pace = pace_of_array(view)
        else:
            pace = (source if view is None else source.part(view)).pace(dtype.working)
        return pace if dtype.rounding is None else pace.slower(2 * COPY)

    @property
    def memory(self) -> int:
        """Bytes, about, that materializing it takes: 0 where any stretch can be had at once."""
        if not isinstance(self.source, WholeSource):
            return 0
        return self.spec.size * self.spec.dtype.working.itemsize * self.source.arrays + self.source.workspace

    @property
    def is_constant(self) -> bool:
        """Whether all elements are known to be the same."""
        return isinstance(self.source, ConstantSource)

    def materialize(self) -> Tensor:
        """Return the tensor with its elements in an array if it can only be made all at once, to be copied from."""
        if not isinstance(self.source, WholeSource):
            return self
        return replace(self, source=ArraySource(self.source.materialize(self.spec.dtype.working)))

    def read(self, start: int = 0, count: int | None = None) -> NDArray[Any]:
        """Return `count` elements (all that follow by default) from `start` in C order, as the dtype stores them."""
        out = np.empty(self.size - start if count is None else count, self.spec.dtype.storage)
        self.read_into(out, start)
        return out

    def read_into(self, out: NDArray[Any], start: int = 0) -> None:
        """Put elements start, start + 1, ... into `out` (1-D, contiguous, of the dtype's storage type)."""
        dtype, source = self.spec.dtype, self._filler
        if dtype.rounding is None:
            source.fill(out, start)
            return
        bits = out.view(f"u{dtype.itemsize}")
        working = np.empty(min(out.size, _ROUNDED_AT_ONCE), dtype.working)
        for done in range(0, out.size, _ROUNDED_AT_ONCE):
            piece = bits[done : done + _ROUNDED_AT_ONCE]
            source.fill(working[: piece.size], start + done)
            dtype.rounding(working[: piece.size], piece)

    @lazy
    def _filler(self) -> Source:
        source = self.source
        if isinstance(source, WholeSource):
            source = ArraySource(source.materialize(self.spec.dtype.working))
        return source if self.selection is None else source.part(self.selection.view)

    def facts(self) -> dict[str, Scalar]:
        """Return what describes the tensor, in the order in which every format tells it."""
        spec = self.spec
        facts: dict[str, Scalar] = {"initializer": spec.initializer}
        if spec.seed is not None:
            facts["seed"] = str(spec.seed)
        if spec.name:
            facts["name"] = spec.name
        facts = {**facts, **self.parameters, "stream": spec.stream, **dict(spec.of_stream)}
        if self.selection is not None:
            facts |= {"slice": self.selection.text, "whole_shape": ",".join(map(str, spec.shape))}
        if self.notes:
            facts["notes"] = " ".join(self.notes)
        return facts

    @property
    def label(self) -> str:
        """What formats that name their tensors call it."""
        return self.spec.name or "weight"
