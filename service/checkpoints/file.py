"""A file of many tensors: their order, and where the bytes of each stand.

The order is that of the safetensors library's writer, by dtype, the widest first, and by name: it does not depend on
the manifest's, and every tensor is aligned.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter

from service.checkpoints.container import SAFETENSORS, Container
from service.checkpoints.member import Kind, Member
from service.formats.binary import FIRST_BYTES
from service.formats.body import Cost
from service.formats.entry import Entry

_ORDER = ("I64", "F64", "C64", "F32", "I32", "BF16", "F16", "F8_E4M3", "F8_E5M2", "U8", "BOOL")
"""Of dtypes in a file of the library (`Dtype` in its `tensor.rs`, from the last to the first)."""

_FILLING = 3
"""The place of the seconds of filling among totals."""

_FEW = 256
"""Tensors whose costs are looked at for each range."""


@dataclass(frozen=True)
class CheckpointFile:
    """The layout of one file; nothing of a tensor is made."""

    members: Sequence[Member]
    """In the order of their bytes."""
    metadata: Mapping[str, str]
    container: Container = SAFETENSORS

    @cached_property
    def ends(self) -> list[int]:
        """Where each tensor's bytes end, its padding included, counted from the end of the header."""
        return list(accumulate(self.container.padded(member.kind.nbytes) for member in self.members))

    @cached_property
    def header(self) -> bytes:
        """What stands before the elements. Raises HeaderTooLarge and Unwritable."""
        starts = (0, *self.ends)
        return self.container.header(self.metadata, [*map(_entry, self.members, starts)])

    @cached_property
    def digest(self) -> bytes:
        """That of the header."""
        return hashlib.blake2b(self.header, digest_size=16).digest()

    @property
    def elements_bytes(self) -> int:
        """The size of all elements, with their padding."""
        return self.ends[-1] if self.ends else 0

    @property
    def nbytes(self) -> int:
        """The size of the file."""
        return len(self.header) + self.elements_bytes

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """What tensors it has."""
        return frozenset(member.kind for member in self.members)

    @cached_property
    def whole(self) -> list[int]:
        """Which tensors can only be made all at once."""
        return [index for index, member in enumerate(self.members) if member.kind.is_whole]

    @cached_property
    def _totals(self) -> list[tuple[int, int, float, float]]:
        """Elements, multiplications, and the seconds of materializing and of filling of the tensors before each."""
        totals = [(0, 0, 0.0, 0.0)]
        for member in self.members:
            cost, (elements, multiplications, materializing, filling) = member.kind.cost, totals[-1]
            totals.append(
                (
                    elements + cost.elements,
                    multiplications + cost.multiplications,
                    materializing + cost.materializing,
                    filling + cost.filling,
                )
            )
        return totals

    @cached_property
    def _dearest(self) -> Cost:
        """The most that materializing any of its tensors takes."""
        costs = [kind.cost for kind in self.kinds]
        return Cost(
            elements=0,
            materialized_elements=max((cost.materialized_elements for cost in costs), default=0),
            memory=max((cost.memory for cost in costs), default=0),
        )

    @cached_property
    def buffer_bytes(self) -> int:
        """What a piece of any of its tensors needs of a buffer."""
        return max((2 * FIRST_BYTES, *(kind.body.buffer_bytes for kind in self.kinds)))

    def cost(self, indices: range) -> Cost:
        """Return what some tensors take, of which each that can only be made all at once is made alone."""
        first, end = self._totals[indices.start], self._totals[indices.stop]
        among = self.whole_among(indices)
        whole = [self.members[index].kind.cost for index in among] if len(among) <= _FEW else [self._dearest]
        return Cost(
            elements=end[0] - first[0],
            multiplications=end[1] - first[1],
            materialized_elements=max((cost.materialized_elements for cost in whole), default=0),
            materializing=max(end[2] - first[2], 0.0),
            filling=max(end[3] - first[3], 0.0) + self._reach(indices),
            memory=max((cost.memory for cost in whole), default=0),
        )

    @cached_property
    def _furthest(self) -> float:
        """Seconds to come to the furthest of the numbers of all tensors."""
        return max((kind.reach for kind in self.kinds), default=0.0)

    def _reach(self, indices: range) -> float:
        """Return the seconds to come to the furthest of the numbers of some tensors; of many, that of all."""
        if len(indices) > _FEW or not self._furthest:
            return self._furthest if indices else 0.0
        return max((self.members[index].kind.reach for index in indices), default=0.0)

    def whole_among(self, indices: range) -> list[int]:
        """Return which of some tensors can only be made all at once."""
        return self.whole[bisect_left(self.whole, indices.start) : bisect_left(self.whole, indices.stop)]

    def batch_end(self, indices: range, nbytes: int, seconds: float) -> int:
        """Return the end of as many tensors, from the first of `indices` on, as have so many bytes and take so long.

        It is one at least.
        """
        by_bytes = bisect_right(self.ends, self.start(indices.start) + nbytes, indices.start, indices.stop)
        filled = self._totals[indices.start][_FILLING] + seconds
        by_seconds = bisect_right(self._totals, filled, indices.start, indices.stop + 1, key=itemgetter(_FILLING)) - 1
        return max(indices.start + 1, min(by_bytes, by_seconds))

    def prepare(self) -> None:
        """Work out what replies ask of it, which takes a while where there are many tensors.

        Raises HeaderTooLarge and Unwritable.
        """
        _ = self.header, self.digest, self.ends, self.kinds, self.whole, self._totals, self._dearest, self.buffer_bytes

    def start(self, index: int) -> int:
        """Return where the bytes of a tensor begin, counted from the end of the header."""
        return self.ends[index - 1] if index else 0

    def touched(self, first: int, end: int) -> range:
        """Return which tensors have some of the bytes first ... end of all elements; empty ones have none."""
        if first >= end:
            return range(0)
        return range(bisect_right(self.ends, first), bisect_left(self.ends, end) + 1)


def in_order(members: Iterable[Member]) -> list[Member]:
    """Return tensors in the order in which their bytes stand."""
    return sorted(members, key=_place)


def _place(member: Member) -> tuple[int, str]:
    return _ORDER.index(member.kind.sample.spec.dtype.safetensors_name or ""), member.name


def _entry(member: Member, start: int) -> Entry:
    sample = member.kind.sample
    return Entry(member.name, sample.spec.dtype, sample.shape, start, sample.nbytes)
