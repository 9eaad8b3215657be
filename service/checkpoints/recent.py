"""The checkpoints that were asked for last: one is downloaded by many ranges."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from service.checkpoints.checkpoint import Checkpoint

_MOST = 64
"""That are kept."""

_MOST_TENSORS = 2**18
"""In all that are kept: a few hundred bytes each."""

_MOST_TEXT = 2**23
"""Bytes of manifests in all that are kept."""


class RecentCheckpoints:
    """Checkpoints by what determines them; the oldest go first."""

    def __init__(self) -> None:
        self._checkpoints: OrderedDict[Hashable, Checkpoint] = OrderedDict()

    def find(self, question: Hashable) -> Checkpoint | None:
        """Return a checkpoint; None where it is not kept."""
        checkpoint = self._checkpoints.get(question)
        if checkpoint is not None:
            self._checkpoints.move_to_end(question)
        return checkpoint

    def keep(self, question: Hashable, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint in the place of the oldest."""
        self._checkpoints[question] = checkpoint
        while self._is_over():
            self._checkpoints.popitem(last=False)

    def _is_over(self) -> bool:
        kept = self._checkpoints.values()
        is_many = len(kept) > _MOST or sum(len(checkpoint.members) for checkpoint in kept) > _MOST_TENSORS
        return is_many or sum(len(checkpoint.text) for checkpoint in kept) > _MOST_TEXT
