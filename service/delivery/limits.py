"""What one reply may cost."""

from __future__ import annotations

from dataclasses import dataclass

from service.delivery.representation import Representation
from service.formats.binary import BinaryFormat
from service.tensors.layout import Shape


class OverLimit(Exception):
    """A tensor over a limit; the text tells the limit and the way round it."""

    def __init__(self, requested: int, limit: int, what: str, way_round: str) -> None:
        super().__init__(f"{requested} {what}; this server makes at most {limit}: {way_round}")
        self.requested = requested
        self.limit = limit


@dataclass(frozen=True)
class Limits:
    """The limits of a server; `Settings` says what each counts."""

    elements: int
    json_elements: int
    matrix_work: int
    matrix_elements: int

    def check(self, representation: Representation) -> None:
        """Raise OverLimit when the tensor is over one of them."""
        tensor = representation.tensor
        size = tensor.size
        _require(size, self.elements, "elements in one reply", "make it in parts, each with a name of its own")
        if not isinstance(representation.format, BinaryFormat):
            way_round = "ask for a binary format: format=npy, safetensors or raw"
            _require(size, self.json_elements, "elements in one JSON reply", way_round)
            if not representation.flat:
                flatten = "ask for one flat list, flat=true, or for a binary format"
                _require(_lists(tensor.shape), self.json_elements, "lists in one JSON reply", flatten)
        if tensor.work:
            what = "multiplications for a tensor that is made whole"
            way_round = "ask for a smaller matrix, or, where the initializer takes them, for groups"
            _require(tensor.work, self.matrix_work, what, way_round)
            _require(tensor.spec.size, self.matrix_elements, "elements in a tensor that is made whole", way_round)


def _lists(shape: Shape) -> int:
    """Return how many lists JSON nests, the empty ones included."""
    total = outer = 1
    for axis in shape[:-1]:
        outer *= axis
        total += outer
    return total


def _require(requested: int, limit: int, what: str, way_round: str) -> None:
    if requested > limit:
        raise OverLimit(requested, limit, what, way_round)
