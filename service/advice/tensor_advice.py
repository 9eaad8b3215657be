"""A scheme for a tensor in the members of the answer."""

from __future__ import annotations

from typing import Literal, overload

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
    std, bound = scheme.std, scheme.bound
    return TensorAdvice(
        scheme.initializer_name,
        {name: plain(value) if name.startswith("fan_") else value for name, value in scheme.parameters.items()},
        None if std is None else significant(std),
        None if bound is None else significant(bound),
        _fan(scheme, "fan_in"),
        _fan(scheme, "fan_out"),
        scheme.href,
    )


def _fan(scheme: Scheme, side: Literal["fan_in", "fan_out"]) -> float | None:
    fan = scheme.fan(side)
    return None if fan is None else fan_number(fan)
