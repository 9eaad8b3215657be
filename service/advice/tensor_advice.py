"""A scheme for a tensor in the members of the answer."""

from __future__ import annotations

from typing import overload

from service.advice.answer import TensorAdvice
from service.advice.numbers import fan_number, significant
from service.advice.scheme import Scheme
from service.tensors.spec import plain


@overload
def tensor_advice(scheme: Scheme) -> TensorAdvice: ...
@overload
def tensor_advice(scheme: Scheme | None) -> TensorAdvice | None: ...
def tensor_advice(scheme: Scheme | None) -> TensorAdvice | None:
    """Return what the answer tells of a scheme; None for a tensor that the layer does not have."""
    if scheme is None:
        return None
    std, stds, bound = scheme.std, scheme.stds, scheme.bound
    fan_in, fan_out = scheme.fan("fan_in"), scheme.fan("fan_out")
    return TensorAdvice(
        scheme.initializer_name,
        {name: plain(value) if name.startswith("fan_") else value for name, value in scheme.initializer.canonical},
        None if std is None else significant(std),
        None if stds is None else tuple(map(significant, stds)),
        None if bound is None else significant(bound),
        None if fan_in is None else fan_number(fan_in),
        None if fan_out is None else fan_number(fan_out),
        scheme.href,
    )
