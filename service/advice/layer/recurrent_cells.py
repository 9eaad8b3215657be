"""What is known of recurrent cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.layer.description import LayerDescription
from service.advice.layer.storage import StoredTensor, Weight, is_recurrent_part
from service.advice.layer.vocabulary import LayerKind, fold_layer_word
from service.frameworks.layers import TensorRole
from service.tensors.layout import Axes

GATES: Mapping[LayerKind, int] = {"rnn": 1, "gru": 3, "lstm": 4}
"""How many gates a cell has. Their matrices, with a row for each unit of the state, are stacked on the out axis."""


_NUMBERED = frozenset(("PyTorch", "Paddle", "candle"))
"""Frameworks whose recurrent layers are stacks, with the number of a layer in the names of its tensors."""


@dataclass(frozen=True)
class Cell:
    """A recurrent cell as its tensors are stored."""

    gates: int
    """How many are stacked in each of its tensors."""
    is_by_gate: bool = False
    """Whether each of several gates has tensors of its own."""


def find_cell(description: LayerDescription, weight: Weight, axes: Axes | None) -> Cell:
    """Return the cell whose weight has these axes; None where no shape is given."""
    gates, stored = GATES[weight.kind], weight.stored
    if gates == 1 or stored is None:
        return Cell(gates)
    is_by_gate = not stored.record.gates
    if not is_by_gate and description.tensor in {None, "recurrent", "input"}:
        single = _of_one_gate(stored, weight.part)
        is_by_gate = single is not None and _is_of_one_gate(description, stored, axes)
    return Cell(1, is_by_gate=True) if is_by_gate else Cell(gates)


def _is_of_one_gate(description: LayerDescription, stored: StoredTensor, axes: Axes | None) -> bool:
    """Return whether a weight is of one gate, where the framework has both, all gates in one and each by itself."""
    if description.layer.rpartition(".")[2] in stored.layers.unfused:
        return True
    if axes is None:
        return False
    if description.units is not None:
        return axes.out == description.units
    is_square = axes.out == axes.in_ and description.tensor != "input"
    return is_square or axes.out % len(stored.record.gates) != 0


def is_numbered(word: str, weight: Weight) -> bool:
    """Return whether the tensors of a recurrent layer end in the number of the layer in a stack."""
    stored = weight.own or weight.stored
    is_cell = fold_layer_word(word).endswith("cell")
    return weight.kind in GATES and not is_cell and stored is not None and stored.layers.title in _NUMBERED


def of_cell(weight: Weight, cell: Cell) -> Weight:
    """Return the weight, which is of one gate in a cell whose gates have tensors of their own."""
    if not cell.is_by_gate:
        return weight
    tensors = (weight.stored, weight.own)
    stored, own = (None if tensor is None else _of_one_gate(tensor, weight.part) or tensor for tensor in tensors)
    return replace(weight, stored=stored, own=own)


def _of_one_gate(stored: StoredTensor, part: TensorRole) -> StoredTensor | None:
    if not stored.record.gates:
        return stored
    return stored.with_role("recurrent_gate_weight" if is_recurrent_part(part) else "gate_weight")
