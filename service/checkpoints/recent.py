"""The checkpoints that were asked for last: one is downloaded by many ranges."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from service.checkpoints.checkpoint import Checkpoint

Item = TypeVar("Item")

_MOST = 64
"""That are kept."""

_MOST_TENSORS = 2**18
"""In all that are kept: a few hundred bytes each."""

_MOST_TEXT = 2**23
"""Bytes of manifests in all that are kept."""


class RecentCheckpoints(Generic[Item]):
    """Checkpoints, or what is made of them, by what determines them; the oldest go first."""

    def __init__(self, checkpoint_of: Callable[[Item], Checkpoint]) -> None:
        self._items: OrderedDict[Hashable, Item] = OrderedDict()
        self._checkpoint_of = checkpoint_of

    def find(self, question: Hashable) -> Item | None:
        """Return what was asked for; None where it is not kept."""
        item = self._items.get(question)
        if item is not None:
            self._items.move_to_end(question)
        return item

    def keep(self, question: Hashable, item: Item) -> None:
        """Keep an item in the place of the oldest."""
        self._items[question] = item
        while self._is_over():
            self._items.popitem(last=False)

    def _is_over(self) -> bool:
        kept = [*map(self._checkpoint_of, self._items.values())]
        is_many = len(kept) > _MOST or sum(len(checkpoint.members) for checkpoint in kept) > _MOST_TENSORS
        return is_many or sum(len(checkpoint.text) for checkpoint in kept) > _MOST_TEXT
