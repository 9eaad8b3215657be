"""A safetensors file of many tensors: their order, where each one's bytes stand, and the header.

https://github.com/huggingface/safetensors#format. The order is that of the library's own writer, by dtype, the widest
first, and by name: it does not depend on the manifest's, and every tensor is aligned.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from service.tensors.dtypes import Dtype
from service.tensors.layout import Shape

MAX_HEADER_BYTES = 100_000_000
"""More the library does not read (`MAX_HEADER_SIZE` of its `tensor.rs`)."""

_ORDER = ("F64", "C64", "F32", "BF16", "F16", "F8_E4M3", "F8_E5M2")
"""Of dtypes in a file of the library (`Dtype` in its `tensor.rs`, from the last to the first)."""

_ALIGNMENT = 8
_LENGTH_BYTES = 8


class HeaderTooLarge(ValueError):
    """A header that no reader takes."""


@dataclass(frozen=True)
class Member:
    """A tensor of a file, before anything of it is made."""

    name: str
    dtype: Dtype
    shape: Shape

    @cached_property
    def nbytes(self) -> int:
        """The size of its elements."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True)
class CheckpointFile:
    """The layout of one file; nothing of a tensor is made."""

    members: Sequence[Member]
    """In the order of their bytes."""
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, members: Iterable[Member], metadata: Mapping[str, str]) -> CheckpointFile:
        """Return the file of `members`, given in any order."""
        return cls(sorted(members, key=_place), metadata)

    @cached_property
    def ends(self) -> list[int]:
        """Where each tensor's bytes end, counted from the end of the header."""
        return list(accumulate(member.nbytes for member in self.members))

    @cached_property
    def header(self) -> bytes:
        """What stands before the elements: its length, and the JSON. Raises HeaderTooLarge."""
        entries: dict[str, object] = {"__metadata__": dict(sorted(self.metadata.items()))} if self.metadata else {}
        start = 0
        for member, end in zip(self.members, self.ends, strict=True):
            entries[member.name] = {
                "dtype": member.dtype.safetensors_name,
                "shape": member.shape,
                "data_offsets": (start, end),
            }
            start = end
        text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % _ALIGNMENT)
        if len(text) > MAX_HEADER_BYTES:
            raise HeaderTooLarge(f"the header has {len(text)} bytes, and readers take at most {MAX_HEADER_BYTES}")
        return len(text).to_bytes(_LENGTH_BYTES, "little") + text

    @property
    def nbytes(self) -> int:
        """The size of the file."""
        return len(self.header) + (self.ends[-1] if self.ends else 0)

    def at(self, offset: int) -> int:
        """Return the index of the tensor that has the byte `offset` of all elements; an empty tensor has none."""
        return bisect_right(self.ends, offset)


def _place(member: Member) -> tuple[int, str]:
    return _ORDER.index(member.dtype.safetensors_name or ""), member.name
