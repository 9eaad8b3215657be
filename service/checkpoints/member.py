"""The tensors of a checkpoint: each is a name, a seed, and what many have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from service.formats.binary import BinaryBody
from service.formats.body import Buffer, Cost
from service.lazy import lazy
from service.tensors.tensor import Tensor

_BEGUN = 2e-5
"""Seconds of processor time, about, before the first element of a tensor is made."""

_STACKED = 2e-6
"""The same where those of many names are made at once."""


class Draft(Protocol):
    """A tensor of which all is said but the seed and the name."""

    def tensor(self, seed: int | None, name: str) -> Tensor:
        """Return the tensor of a seed and a name; nothing of it is made."""
        ...

    def stack(self, seed: int | None, names: tuple[str, ...]) -> Tensor | None:
        """Return the tensors of a seed and some names as one, by a first axis; None where each is made by itself."""
        ...


@dataclass(frozen=True, eq=False)
class Kind:
    """Tensors that differ in nothing but their names and seeds."""

    draft: Draft
    sample: Tensor
    """One of them."""

    @lazy
    def body(self) -> BinaryBody:
        """The elements of one of them."""
        return BinaryBody(b"", self.sample)

    @lazy
    def cost(self) -> Cost:
        """What each of them takes, once its stream has come to where its numbers are."""
        cost = self.body.cost
        begun = _STACKED if self.is_stacked else _BEGUN
        return replace(cost, filling=cost.filling - self.reach + begun)

    @lazy
    def reach(self) -> float:
        """Seconds, about, to come to where its stream has its numbers, which tensors of one stream share."""
        return self.sample.pace.reach

    @lazy
    def is_stacked(self) -> bool:
        """Whether those of many names are made at once."""
        return self._stack(self.sample.spec.seed, ("",)) is not None

    def read_into(self, out: Buffer, seed: int | None, names: tuple[str, ...]) -> None:
        """Put the elements of those of a seed and some names end to end into `out`."""
        elements = out.view(self.sample.spec.dtype.storage)
        stack = self._stack(seed, names)
        if stack is not None:
            stack.read_into(elements)
            return
        size = self.sample.size
        for index, name in enumerate(names):
            self.draft.tensor(seed, name).read_into(elements[index * size : (index + 1) * size])

    def _stack(self, seed: int | None, names: tuple[str, ...]) -> Tensor | None:
        return self.sample if self.sample.is_constant else self.draft.stack(seed, names)

    @lazy
    def nbytes(self) -> int:
        """The size of the elements of each."""
        return self.sample.nbytes

    @lazy
    def is_whole(self) -> bool:
        """Whether each can only be made all at once."""
        return self.sample.work > 0


class Member(NamedTuple):
    """A tensor of a checkpoint, of which nothing is made."""

    name: str
    """In the file."""
    kind: Kind
    seed: int | None
    stream_name: str
    """What its stream is named by: the name in the file, unless a manifest says otherwise."""

    def tensor(self) -> Tensor:
        """Return the tensor."""
        return self.kind.draft.tensor(self.seed, self.stream_name)
