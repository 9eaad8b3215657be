"""Queries, keys and values in one matrix: how many blocks it has, and of which sizes."""

from __future__ import annotations

from service.advice.layer.description import LayerDescription
from service.advice.layer.storage import Weight
from service.tensors.blocks import Gates
from service.tensors.errors import InvalidParameter
from service.tensors.layout import Axes


def fused_blocks(description: LayerDescription, weight: Weight, axes: Axes | None) -> Gates:
    """Return the blocks of a weight: three of one size, those of grouped queries, or 1. Raises InvalidParameter."""
    if weight.role != "qkv" or axes is None or len(axes.shape) != 2:
        return 1
    if weight.own is not None and weight.own.record.gates == "qkv" and axes.out != 3 * axes.in_:
        raise _not_of_the_framework(weight, axes)
    heads, key_heads = description.heads, description.kv_heads
    if axes.out == 3 * axes.in_ and key_heads in {None, heads}:
        return 3
    if key_heads is not None:
        return _grouped(axes, heads, key_heads)
    if heads is not None and axes.out > axes.in_:
        return _grouped(axes, heads, heads)
    if axes.out > axes.in_ and axes.out % 3 == 0:
        raise InvalidParameter(
            "kv_heads",
            f"{axes.out} outputs of {axes.in_} inputs are not queries, keys and values of {axes.in_} each: give heads "
            "and kv_heads, of which the sizes of the three follow, or role=query, key or value for one of them",
        )
    return 1


def _grouped(axes: Axes, heads: int | None, key_heads: int) -> Gates:
    """Return the sizes of queries, keys and values with numbers of heads of their own, and one size of a head."""
    if heads is None:
        raise InvalidParameter("heads", "give heads, those of the queries, beside kv_heads")
    size, rest = divmod(axes.out, heads + 2 * key_heads)
    if rest:
        raise InvalidParameter(
            "heads",
            f"heads + 2 · kv_heads = {heads + 2 * key_heads} does not divide the {axes.out} outputs of queries, keys "
            "and values together",
        )
    return 3 if heads == key_heads else (heads * size, key_heads * size, key_heads * size)


def _not_of_the_framework(weight: Weight, axes: Axes) -> InvalidParameter:
    assert weight.own is not None
    own = weight.own
    weights = ", ".join(name for name, record in own.layers.layers[own.layer].items() if record.axes)
    return InvalidParameter(
        "shape",
        f"{own.layers.title}'s {own.tensor} is 3·d × d, and this shape has {axes.out} outputs and {axes.in_} inputs: "
        f"give tensor, which of {weights} it is, or leave out framework and give heads and kv_heads",
    )
