"""From what a rule recommends for a layer to all tensors that the layer has in a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.advice.checkpoint.names import (
    adapter_names,
    attention_prefix,
    bias_name,
    first_suffix,
    is_transformer_layer,
    stored_tensor,
    weight_name,
)
from service.advice.checkpoint.recurrent import CellSchemes, recurrent_tensors
from service.advice.layer.layer import Layer
from service.advice.layer.shape import USUAL_FEED_FORWARD
from service.advice.layer.storage import StoredTensor
from service.advice.layer.vocabulary import fold_layer_word
from service.advice.recipe import Recipe
from service.advice.scheme import Scheme
from service.frameworks.layers import LayerTensor, TensorRole
from service.frameworks.rules import TensorContext
from service.frameworks.storage import letters
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Shape, axes

_COUNTER = "num_batches_tracked"
"""A number that PyTorch's BatchNorm has besides its statistics."""


def name_of(layer: Layer, key: str) -> str:
    """Return what a checkpoint calls the tensor that a rule calls `key`."""
    stored = stored_tensor(layer)
    roles: Mapping[str, TensorRole] = {
        "output": "output_weight", "input": "weight", "recurrent": "recurrent_weight", "bias_hh": "recurrent_bias",
    }  # fmt: skip
    if layer.kind == "lora" and key == "up":
        return adapter_names(layer)[1]
    found = stored.with_role(roles[key]) if stored is not None and key in roles else None
    return key if found is None else f"{attention_prefix(layer)}{found.tensor}{first_suffix(layer)}"


def checkpoint_tensors(
    layer: Layer, weights: Scheme | None, bias: Scheme | None, others: Mapping[str, Scheme]
) -> dict[str, Scheme]:
    """Return all tensors of a layer by their names in a checkpoint. `others` are those that its rule names besides."""
    if layer.is_recurrent and weights is not None:
        is_of_input = layer.description.tensor == "input"
        inputs = weights if is_of_input or layer.weight.is_of_inputs_and_state else others.get("input")
        state = others.get("recurrent") if is_of_input else weights
        if inputs is not None and state is not None:
            return recurrent_tensors(layer, CellSchemes(inputs, state, bias, others.get("forget_bias")))
    named = {weight_name(layer): weights, bias_name(layer): bias}
    named |= {name_of(layer, key): scheme for key, scheme in others.items()}
    found = {name: scheme for name, scheme in named.items() if scheme is not None}
    if layer.kind == "normalization":
        found |= dict(_statistics(layer))
    if layer.kind == "attention" and weights is not None and layer.role not in {"query", "key", "value"}:
        found |= dict(_projections(layer, weights, bias))
    return found


def parts_of_transformer_layer(layer: Layer) -> Mapping[str, Mapping[str, object]]:
    """Return the layers in an encoder's or a decoder's layer of PyTorch besides its first attention, by their names."""
    if not is_transformer_layer(layer) or layer.axes is None:
        return {}
    width, hidden = layer.axes.in_, layer.description.dim_feedforward or USUAL_FEED_FORWARD
    is_decoder = "decoder" in fold_layer_word(layer.description.layer)
    norms = ("norm1", "norm2", "norm3") if is_decoder else ("norm1", "norm2")
    across = {"multihead_attn": {"layer": "MultiheadAttention", "shape": [3 * width, width]}} if is_decoder else {}
    return {
        **across,
        "linear1": {"layer": "Linear", "role": "mlp_up", "shape": [hidden, width]},
        "linear2": {"layer": "Linear", "role": "mlp_down", "shape": [width, hidden]},
        **{name: {"layer": "LayerNorm", "shape": [width]} for name in norms},
    }


def output_shape(layer: Layer) -> Shape | None:
    """Return the shape of the matrix that ends an attention; None of one that is no whole attention."""
    stored = stored_tensor(layer)
    if layer.kind != "attention" or layer.role != "qkv" or stored is None or layer.axes is None:
        return None
    output = stored.with_role("output_weight")
    if output is None:
        return None
    if letters(output.record.axes, len(layer.shape)) == "iio":
        return (*layer.axes.out_axes.sizes, layer.axes.in_)
    return (layer.axes.in_, layer.axes.in_)


def _statistics(layer: Layer) -> Iterator[tuple[str, Scheme]]:
    """Yield what a batch normalisation keeps of the batches that it has seen."""
    stored = stored_tensor(layer)
    if stored is None or stored.layer != stored.layers.types.get("batch_norm"):
        return
    own = {stored.tensor, None if stored.bias is None else stored.bias.tensor, "log10stdev"}
    for name, record in stored.layers.layers[stored.layer].items():
        if name not in own:
            yield name, _statistic(name, record, layer.shape).on(layer, layer.shape, name)
    if stored.layers.title == "PyTorch":
        yield _COUNTER, Recipe("zeros", {}).on(layer, (), _COUNTER)


def _statistic(name: str, record: LayerTensor, shape: Shape) -> Recipe:
    try:
        return Recipe.of(record.initializer(TensorContext(shape)))
    except InvalidParameter:
        # ONNX stores it and starts none.
        return Recipe("ones" if "var" in name else "zeros", {})


def _projections(layer: Layer, weights: Scheme, bias: Scheme | None) -> Iterator[tuple[str, Scheme]]:
    """Yield the tensors of attention besides the weight that the answer is for, its bias, and the output's weight."""
    stored = stored_tensor(layer)
    if stored is None or layer.axes is None or layer.role == "attention_output":
        return
    own = {stored.tensor, None if stored.bias is None else stored.bias.tensor}
    parts: tuple[TensorRole, ...] = ("key_weight", "value_weight") if not stored.record.gates else ()
    for part in parts:
        tensor = stored.with_role(part)
        if tensor is None or tensor.tensor in own:
            continue
        shape = _shape_of_keys(layer)
        yield tensor.tensor, Recipe.of(weights.initializer).on(layer, shape, tensor.tensor)
        if bias is not None and tensor.bias is not None and tensor.bias.tensor not in own:
            yield tensor.bias.tensor, _zeros(layer, tensor.bias, _outputs(layer, shape))
    output = stored.with_role("output_weight")
    if output is not None and output.bias is not None and bias is not None:
        yield f"{attention_prefix(layer)}{output.bias.tensor}", _zeros(layer, output.bias, (layer.axes.in_,))


def _zeros(layer: Layer, tensor: StoredTensor, shape: Shape) -> Scheme:
    return Recipe("zeros", {}).on(layer, shape, tensor.tensor)


def _shape_of_keys(layer: Layer) -> Shape:
    """Return the shape of the kernels of keys and values, which may have fewer heads than the queries."""
    heads = layer.description.kv_heads
    if heads is None or layer.axes is None or layer.axes.letters != "ioo":
        return layer.shape
    return (layer.shape[0], heads, layer.shape[2])


def _outputs(layer: Layer, shape: Shape) -> Shape:
    """Return a size for each axis of outputs that a weight of a shape has."""
    letters = axes(shape, layer.layout).letters
    return tuple(size for size, axis in zip(shape, letters, strict=True) if axis in "so")
