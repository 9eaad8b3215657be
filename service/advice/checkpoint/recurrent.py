"""All tensors of a recurrent layer: of each layer of a stack, of each direction, of each gate that has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
        return {name: _named(layer, scheme, name) for name, scheme in named.items() if scheme is not None}
    if layer.cell.is_by_gate:
        return dict(_by_gate(layer, stored, schemes))
    return dict(_stacked(layer, stored, schemes))


def _named(layer: Layer, scheme: Scheme, name: str, shape: Shape | None = None) -> Scheme:
    """Return a scheme under another name, and for a tensor of another shape."""
    return Recipe.of(scheme.initializer).on(layer, scheme.shape if shape is None else shape, name)


def _stacked(layer: Layer, stored: StoredTensor, schemes: CellSchemes) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of cells whose gates are stacked, layer by layer and direction by direction."""
    description = layer.description
    directions = ("", "_reverse") if description.bidirectional else ("",)
    for level in range(description.num_layers if layer.is_numbered else 1):
        for direction in directions if layer.is_numbered else ("",):
            suffix = f"_l{level}{direction}" if layer.is_numbered else ""
            inputs = _input_shape(layer, schemes.inputs.shape, level * len(directions))
            yield from _cell(layer, stored, schemes, suffix, inputs)


def _cell(
    layer: Layer, stored: StoredTensor, schemes: CellSchemes, suffix: str, inputs: Shape
) -> Iterator[tuple[str, Scheme]]:
    for role, scheme, shape in (
        ("weight", schemes.inputs, inputs),
        ("recurrent_weight", schemes.state, schemes.state.shape),
    ):
        tensor = stored.with_role(role)  # type: ignore[arg-type]
        if tensor is not None:
            name = f"{tensor.tensor}{suffix}"
            yield name, _named(layer, scheme, name, shape)
    bias = stored.bias
    if schemes.bias is not None:
        name = f"{'bias' if bias is None else bias.tensor}{suffix}"
        yield name, _named(layer, schemes.bias, name)
        second = stored.with_role("recurrent_bias")
        if second is not None and second != bias:
            name = f"{second.tensor}{suffix}"
            yield name, Recipe("zeros", {}).on(layer, _second_bias_shape(layer, second), name)
    if layer.projection is not None:
        name = f"weight_hr{suffix}"
        yield name, Recipe("orthogonal", {}).on(layer, (layer.projection, layer.units), name)


def _second_bias_shape(layer: Layer, second: StoredTensor) -> Shape:
    return (layer.stacked_units,) if second.record.gates or second.tensor == "bias_hh" else (layer.units,)


def _input_shape(layer: Layer, first: Shape, directions: int) -> Shape:
    """Return the shape of an input's matrix: the first layer's, or that of one above `directions` others."""
    if not directions:
        return first
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
        yield name, _named(layer, scheme, name)
    gates = {name.rpartition(".")[0] for name, _ in weights}
    for name in record:
        gate, _, tensor = name.rpartition(".")
        if gate in gates and tensor == "bias" and schemes.bias is not None:
            yield name, _named(layer, _bias_of_gate(gate, schemes.bias, schemes), name)


def _by_module(layer: Layer, stored: StoredTensor, schemes: CellSchemes) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of burn's cells, whose record is that of one gate."""
    for gate in _BURN_GATES[layer.kind]:
        for tensor in stored.layers.layers[stored.layer]:
            part, _, kind = tensor.rpartition(".")
            name, is_of_inputs = f"{gate}.{tensor}", part == "input_transform"
            if kind == "weight":
                yield name, _named(layer, schemes.inputs if is_of_inputs else schemes.state, name)
            elif schemes.bias is not None:
                zeros = schemes.bias
                yield name, _named(layer, _bias_of_gate(gate, zeros, schemes) if is_of_inputs else zeros, name)


def _bias_of_gate(gate: str, bias: Scheme, schemes: CellSchemes) -> Scheme:
    is_of_forget_gate = gate in _FORGET_GATES and schemes.forget_bias is not None
    return schemes.forget_bias if is_of_forget_gate and schemes.forget_bias is not None else bias
