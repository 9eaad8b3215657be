"""Fewer than 16 normals, which torch draws in pairs, in binary64, and keeps one of for the next such tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.arithmetic.arrays import Doubles
from service.streams.mersenne_twister.generator import TWIST_SECONDS, generator
from service.streams.torch.normal64 import normal_pairs, scale64
from service.streams.torch.position import WORDS_OF_PAIR, Position


@dataclass(frozen=True)
class SmallNormals:
    """`normal_(mean, std)` of fewer than 16 numbers, from where the generator stands."""

    seed: int
    at: Position
    count: int
    mean: float = 0.0
    std: float = 1.0

    def values(self) -> Doubles:
        """Return the numbers, in binary64, before they are rounded to the tensor's dtype."""
        if not self.count:
            return np.empty(0, np.float64)
        kept = [] if self.at.cached is None else [self._pairs(self.at.cached, 1)[1:]]
        pairs = (self.count - len(kept) + 1) // 2
        values = np.concatenate([*kept, self._pairs(self.at.words, pairs)])[: self.count]
        scale64(values, self.mean, self.std)
        return values

    def reaching_seconds(self) -> float:
        """Return what it takes to come to the words."""
        return TWIST_SECONDS * (self.at.words + (self.at.cached or 0))

    def _pairs(self, word: int, count: int) -> Doubles:
        """Return so many pairs of standard normals, from a word on."""
        out = np.empty(2 * count, np.float64)
        normal_pairs(generator(self.seed).words(word, WORDS_OF_PAIR * count), out)
        return out
