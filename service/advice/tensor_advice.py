"""A scheme for a tensor in the members of the answer."""

from __future__ import annotations

from typing import overload

from service.advice.answer import TensorAdvice
from service.advice.numbers import significant
from service.advice.scheme import Scheme


@overload
def tensor_advice(scheme: Scheme) -> TensorAdvice: ...
@overload
def tensor_advice(scheme: Scheme | None) -> TensorAdvice | None: ...
def tensor_advice(scheme: Scheme | None) -> TensorAdvice | None:
    """Return what the answer tells of a scheme; None for a tensor that the layer does not have."""
    if scheme is None:
        return None
    std, bound = scheme.std, scheme.bound
    return TensorAdvice(
        scheme.initializer_name,
        scheme.parameters,
        None if std is None else significant(std),
        None if bound is None else significant(bound),
        scheme.fan("fan_in"),
        scheme.fan("fan_out"),
        scheme.href,
    )
