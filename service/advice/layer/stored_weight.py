"""The weight of a description as it is stored: its shape, what its axes are, the blocks that are stacked in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.layer.description import LayerDescription
from service.advice.layer.fused_projections import fused_blocks
from service.advice.layer.recurrent_cells import Cell, find_cell, of_cell
from service.advice.layer.shape import given_shape, is_input_matrix, usual_shape
from service.advice.layer.storage import RECURRENT_KINDS, Weight, find_weight, is_recurrent_part
from service.advice.layer.vocabulary import LayerKind, LayerRole, dimensions
from service.advice.layer.weight_axes import usual_layout, weight_letters
from service.frameworks.storage import letters
from service.tensors.blocks import Gates
from service.tensors.errors import InvalidParameter
from service.tensors.layout import WEIGHTS, Axes, Layout, Shape, axes

_FEWEST_AXES: Mapping[LayerKind, int] = {
    "dense": 2, "conv": 3, "conv_transpose": 3, "subpixel_conv": 3, "embedding": 2, "rnn": 2, "lstm": 2, "gru": 2,
    "attention": 2, "lora": 2, "graph": 2,
}  # fmt: skip


_MATRIX_RANK = 2


@dataclass(frozen=True)
class StoredWeight:
    """A weight as it is stored. `description` has the tensor that was assumed; `assumed` says all that was."""

    description: LayerDescription
    weight: Weight
    shape: Shape
    layout: Layout
    cell: Cell | None
    blocks: Gates
    assumed: Mapping[str, object]

    @property
    def units(self) -> int:
        """The size of the out axis; that of a stack, where each channel has a kernel of its own."""
        if len(self.shape) < _MATRIX_RANK:
            return self.shape[0]
        sides = axes(self.shape, self.layout)
        return sides.out * sides.stack


def stored_weight(description: LayerDescription, kind: LayerKind, role: LayerRole) -> StoredWeight:
    """Return the weight of a layer of some kind and role. Raises InvalidParameter."""
    weight = find_weight(description, kind, role)
    is_recurrent = weight.kind in RECURRENT_KINDS
    if description.shape is not None:
        shape, assumed = given_shape(description, weight)
    else:
        gates = find_cell(description, weight, None).gates if is_recurrent else 1
        shape, assumed = usual_shape(description, weight, gates)
    _check_rank(description, weight, len(shape))
    layout, sides = description.layout or usual_layout(description.framework), None
    if len(shape) > 1:
        found = weight_letters(description, weight, shape)
        layout, sides = WEIGHTS.canonical(found, len(shape)), axes(shape, found)
        if weight.kind == "conv" and "k" not in found:
            # GPT-2's Conv1D is a linear layer.
            weight = replace(weight, kind="dense")
        if description.layout is None and description.shape is not None:
            assumed["layout"] = layout
    if is_recurrent:
        return _of_cell(description, weight, sides, StoredWeight(description, weight, shape, layout, None, 1, assumed))
    weight = _of_one_projection(description, weight, sides, assumed)
    blocks = fused_blocks(description, weight, sides)
    return StoredWeight(description, weight, shape, layout, None, blocks, assumed)


def _of_cell(description: LayerDescription, weight: Weight, sides: Axes | None, stored: StoredWeight) -> StoredWeight:
    """Return the weight of a recurrent layer, which is the input's where its shape can be no other's."""
    cell, assumed = find_cell(description, weight, sides), stored.assumed
    is_projected = sides is not None and description.proj_size == sides.in_
    is_open = description.tensor is None and not is_projected and not weight.is_of_inputs_and_state
    if is_open and sides is not None and is_input_matrix(cell.gates, sides):
        description = description.model_copy(update={"tensor": "input"})
        assumed = {**assumed, "tensor": "input"}
        weight = find_weight(description, weight.kind, weight.role)
    elif description.tensor not in {None, "recurrent", "input"}:
        tensor = "recurrent" if is_recurrent_part(weight.part) else "input"
        description = description.model_copy(update={"tensor": tensor})
    return replace(stored, description=description, weight=of_cell(weight, cell), cell=cell, assumed=assumed)


def _of_one_projection(
    description: LayerDescription, weight: Weight, sides: Axes | None, assumed: dict[str, object]
) -> Weight:
    """Return the weight of attention; one that is square, or has an axis of heads, is not that of all projections."""
    is_single = sides is not None and (sides.out == sides.in_ or len(sides.shape) > _MATRIX_RANK)
    stored, own = weight.stored, weight.own
    if not is_single or description.tensor is not None or stored is None or stored.record.gates != "qkv":
        return weight
    own = own if own is None or own.record.gates != "qkv" else own.with_role("query_weight") or own
    if own is not None and own != weight.own:
        assumed["tensor"] = own.tensor
    return replace(weight, stored=stored.with_role("query_weight") or stored, own=own)


def _check_rank(description: LayerDescription, weight: Weight, rank: int) -> None:
    fewest = _FEWEST_AXES.get(weight.kind, 1)
    fits = weight.stored is not None and letters(weight.stored.record.axes, rank) is not None
    if rank < fewest and not fits:
        is_matrix = dimensions(description.layer) == 1 and rank == _MATRIX_RANK
        hint = "; that of GPT-2's Conv1D, a matrix (in, out), is known with framework=transformers" if is_matrix else ""
        raise InvalidParameter("shape", f"the weight of a {weight.kind} layer has at least {fewest} axes{hint}")
