"""All tensors of a recurrent layer: of each layer of a stack, of each direction, of each gate that has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from service.advice.checkpoint.names import stored_tensor
from service.advice.layer.layer import Layer
from service.advice.layer.storage import StoredTensor
from service.advice.layer.vocabulary import LayerKind
from service.advice.recipe import Recipe
from service.advice.scheme import Scheme
from service.frameworks.layers import TensorRole
from service.tensors.layout import Shape

_BURN_GATES: Mapping[LayerKind, tuple[str, ...]] = {
    "lstm": ("input_gate", "forget_gate", "output_gate", "cell_gate"),
    "gru": ("update_gate", "reset_gate", "new_gate"),
    "rnn": ("gate",),
}
"""The modules of burn's cells, each with an input_transform and a hidden_transform (burn-nn, modules/rnn)."""

_FORGET_GATES = frozenset(("hf", "forget_gate"))


@dataclass(frozen=True)
class CellSchemes:
    """What the tensors of a cell start with."""

    inputs: Scheme
    state: Scheme
    bias: Scheme | None
    forget_bias: Scheme | None
    """Of a forget gate with a bias of its own."""


def recurrent_tensors(layer: Layer, schemes: CellSchemes) -> dict[str, Scheme]:
    """Return all tensors of a recurrent layer, by the names of its framework."""
    stored = stored_tensor(layer)
    assert layer.cell is not None
    if stored is None:
        named = {"weight": schemes.state, "input": schemes.inputs, "bias": schemes.bias}
        return {name: scheme for name, scheme in named.items() if scheme is not None}
    if layer.cell.is_by_gate:
        return dict(_by_gate(layer, stored, schemes))
    return dict(_stacked(layer, stored, schemes))


def tensors_of_stack(layer: Layer) -> int:
    """Return how many tensors a numbered stack of recurrent layers has, with none of them made; 0 of another layer."""
    if not layer.is_numbered:
        return 0
    description = layer.description
    of_cell = (2 if description.bias is False else 4) + (layer.projection is not None)
    return description.num_layers * (2 if description.bidirectional else 1) * of_cell


def _stacked(layer: Layer, stored: StoredTensor, schemes: CellSchemes) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of cells whose gates are stacked, layer by layer and direction by direction."""
    description, own = layer.description, dict(_cell(layer, stored, schemes))
    if not layer.is_numbered:
        yield from own.items()
        return
    directions = ("", "_reverse") if description.bidirectional else ("",)
    above = own
    if description.num_layers > 1:
        inputs = Recipe.of(schemes.inputs.initializer).on(layer, _shape_above(layer, len(directions)))
        above = dict(_cell(layer, stored, replace(schemes, inputs=inputs)))
    for level in range(description.num_layers):
        for direction in directions:
            for tensor, scheme in (above if level else own).items():
                yield f"{tensor}_l{level}{direction}", scheme


def _cell(layer: Layer, stored: StoredTensor, schemes: CellSchemes) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of one cell, without the number of its layer."""
    weights: tuple[tuple[TensorRole, Scheme], ...] = (("weight", schemes.inputs), ("recurrent_weight", schemes.state))
    if layer.weight.is_of_inputs_and_state:
        weights = (("weight", schemes.state),)
    for role, scheme in weights:
        tensor = stored.with_role(role)
        if tensor is not None:
            yield tensor.tensor, scheme
    bias, second = stored.with_role("bias") or stored.bias, stored.with_role("recurrent_bias")
    if schemes.bias is not None:
        yield "bias" if bias is None else bias.tensor, schemes.bias
        if second is not None and second != bias:
            yield second.tensor, Recipe("zeros", {}).on(layer, _second_bias_shape(layer, second))
    if layer.projection is not None:
        yield "weight_hr", Recipe("orthogonal", {}).on(layer, (layer.projection, layer.units))


def _second_bias_shape(layer: Layer, second: StoredTensor) -> Shape:
    return (layer.stacked_units,) if second.record.gates or second.tensor == "bias_hh" else (layer.units,)


def _shape_above(layer: Layer, directions: int) -> Shape:
    """Return the shape of the input's matrix of a layer above another, which reads in `directions`."""
    inputs = directions * (layer.projection or layer.units)
    return (inputs, layer.stacked_units) if layer.layout == "in_out" else (layer.stacked_units, inputs)


def _by_gate(layer: Layer, stored: StoredTensor, schemes: CellSchemes) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of a cell each of whose gates has its own."""
    record = stored.layers.layers[stored.layer]
    if stored.with_role("gate_weight") is None:
        yield from _by_module(layer, stored, schemes)
        return
    roles: tuple[tuple[TensorRole, Scheme], ...] = (
        ("gate_weight", schemes.inputs), ("recurrent_gate_weight", schemes.state),
    )  # fmt: skip
    weights = [(name, scheme) for role, scheme in roles for name in stored.layers.roles.get(role, ()) if name in record]
    for name, scheme in weights:
        yield name, scheme
    gates = {name.rpartition(".")[0] for name, _ in weights}
    for name in record:
        gate, _, tensor = name.rpartition(".")
        if gate in gates and tensor == "bias" and schemes.bias is not None:
            yield name, _bias_of_gate(gate, schemes.bias, schemes)


def _by_module(layer: Layer, stored: StoredTensor, schemes: CellSchemes) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of burn's cells, whose record is that of one gate."""
    for gate in _BURN_GATES[layer.kind]:
        for tensor in stored.layers.layers[stored.layer]:
            part, _, kind = tensor.rpartition(".")
            name, is_of_inputs = f"{gate}.{tensor}", part == "input_transform"
            if kind == "weight":
                yield name, (schemes.inputs if is_of_inputs else schemes.state)
            elif schemes.bias is not None:
                zeros = schemes.bias
                yield name, (_bias_of_gate(gate, zeros, schemes) if is_of_inputs else zeros)


def _bias_of_gate(gate: str, bias: Scheme, schemes: CellSchemes) -> Scheme:
    is_of_forget_gate = gate in _FORGET_GATES and schemes.forget_bias is not None
    return schemes.forget_bias if is_of_forget_gate and schemes.forget_bias is not None else bias
