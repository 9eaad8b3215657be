"""What one reply may cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from service.formats.body import Cost
from service.tensors.errors import OverLimit

_SECONDS = "seconds of processor time, about"

_SECONDS_A_BYTE = 2.0 / 2**30
"""Of processor time that a reply may take beyond the limit: draws of the usual laws take less."""

_BYTES_AN_ELEMENT = 4
"""At least, in that: the elements of narrower dtypes are float32 ones, rounded."""


@dataclass(frozen=True)
class Limits:
    """The limits of a server; `Settings` says what each counts."""

    elements: int
    json_elements: int
    matrix_work: int
    matrix_elements: int
    seconds: int = 5
    threads: int = 1
    checkpoint_bytes: int = 2**41

    def check(self, cost: Cost) -> None:
        """Raise OverLimit when a body that takes `cost` is over one of them, first over those of any format."""
        parts = "ask for parts of it with slice, such as slice=0:1024 of its first axis, bit for bit those of the whole"
        _require(cost.elements, self.elements, "elements in one reply", parts)
        if cost.multiplications > self.matrix_work or cost.materialized_elements > self.matrix_elements:
            self._refuse_matrix(cost)
        way_round = "ask for a binary format: format=npy, safetensors or raw"
        _require(cost.text_elements, self.json_elements, "elements in one JSON reply", way_round)
        flatten = "ask for one flat list, flat=true, or for a binary format"
        _require(cost.lists, self.json_elements, "lists in one JSON reply", flatten)
        self._check_filling(cost, "ask for parts of it with slice")

    def check_answer(self, seconds: float, way_round: str) -> None:
        """Raise OverLimit when an answer that takes so many seconds of processor time is over the limit."""
        if seconds > self.seconds:
            allows = f"{way_round}; an operator who sets FANIN_MAX_SECONDS={math.ceil(seconds)} allows it"
            raise OverLimit(math.ceil(seconds), self.seconds, _SECONDS, allows, "spends")

    def check_checkpoint(self, cost: Cost) -> None:
        """Raise OverLimit when a file of a checkpoint, or a range of one, that takes `cost` is over one of them."""
        way_round = "ask for files of less with max_shard_size, or for a part of the tensors with only or shard"
        _require(cost.sent, self.checkpoint_bytes, "bytes in one file", way_round)
        whole = "ask for it by ranges of bytes, or in parts with only: the tensors made whole are counted together"
        _require(cost.multiplications, self.matrix_work, "multiplications for tensors that are made whole", whole)
        what = "elements in a tensor that is made whole"
        _require(cost.materialized_elements, self.matrix_elements, what, "ask for a smaller matrix")
        self._check_filling(cost, "ask for it by ranges of bytes, or in parts with only")

    def _check_filling(self, cost: Cost, way_round: str) -> None:
        # A large reply costs little more than to send it, and its client has to take it meanwhile.
        sent = max(cost.sent, cost.elements * _BYTES_AN_ELEMENT) if cost.sent else 0
        if cost.filling > self.seconds + sent * _SECONDS_A_BYTE:
            allows = f"{way_round}; an operator who sets FANIN_MAX_SECONDS allows more"
            raise OverLimit(math.ceil(cost.filling), self.seconds, _SECONDS, allows, "spends")

    def _refuse_matrix(self, cost: Cost) -> None:
        way_round = (
            "ask for a smaller matrix, or, where the initializer takes them, for groups; an operator who sets "
            f"{self._settings(cost)} allows it, and it takes about {self._estimate(cost)}"
        )
        what = "multiplications for a tensor that is made whole"
        _require(cost.multiplications, self.matrix_work, what, way_round)
        what = "elements in a tensor that is made whole"
        _require(cost.materialized_elements, self.matrix_elements, what, way_round)

    def _settings(self, cost: Cost) -> str:
        needed = (
            ("FANIN_MAX_MATRIX_WORK", cost.multiplications, self.matrix_work),
            ("FANIN_MAX_MATRIX_ELEMENTS", cost.materialized_elements, self.matrix_elements),
        )
        return " and ".join(f"{name}={wanted}" for name, wanted, limit in needed if wanted > limit)

    def _estimate(self, cost: Cost) -> str:
        seconds, gibibytes = _two_digits(cost.materializing, self.threads), _two_digits(cost.memory, 2**30)
        return f"{seconds} seconds, with FANIN_THREADS={self.threads}, and {gibibytes} GiB"


def _two_digits(number: float, divisor: int) -> str:
    """Return a quotient, which may be too large for a float, to two significant digits."""
    return f"{Decimal(f'{Decimal(number) / divisor:.1e}'):f}"


def _require(requested: int, limit: int, what: str, way_round: str) -> None:
    if requested > limit:
        raise OverLimit(requested, limit, what, way_round)
