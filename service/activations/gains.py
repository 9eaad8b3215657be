"""The gain of an activation: the factor on the standard deviation that keeps a signal's scale."""

from __future__ import annotations

import math
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from service.activations.activation import Activation
from service.activations.names import UnknownActivation, find_activation
from service.activations.table import ACTIVATIONS, takers
from service.tensors.errors import InvalidParameter

_SLOPED = takers("negative_slope")

_PYTORCH = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3.0, "relu": math.sqrt(2.0), "selu": 0.75}
"""`torch.nn.init.calculate_gain`, whose gains of tanh and selu are empirical."""


def _spellings() -> list[str]:
    """Return the names that have a gain, and other names of theirs."""
    found = [name for family in ACTIVATIONS for name in (family.name, *family.other_names)]
    for family in ACTIVATIONS:
        if family.may_end_in_number and family.parameter:
            values = range(int(family.parameter.lowest), int(family.parameter.highest) + 1)
            members = [family.activation(float(value)) for value in values]
            found += [member.full_name for member in members if member.gains is not None]
    return sorted(found)


def _canonical(name: str) -> str:
    """Return the canonical name of an activation that has a gain."""
    try:
        named = find_activation(name)
    except UnknownActivation as error:
        raise ValueError(f"{error}; for another, give its gain") from error
    if named.gains is None:
        raise ValueError(f"{named.full_name} has no gain in the table; give it as gain: /advise computes it")
    return named.full_name


ActivationName = Annotated[str, AfterValidator(_canonical), Field(json_schema_extra={"enum": _spellings()})]
"""The canonical name of an activation that has a gain, from any name of it."""

GainRule = Literal["forward", "backward", "centered", "pytorch"]
GAIN_RULES: tuple[str, ...] = get_args(GainRule)


def default_slope(name: str) -> float | None:
    """Return the negative slope that an activation has when none is given; None where there is none."""
    named = find_activation(name)
    return named.value if named.parameter == "negative_slope" else None


def gain(name: str, negative_slope: float | None = None, rule: GainRule = "forward") -> float:
    """Return the gain of the activation f called `name`, for a standard normal z.

    forward: 1/sqrt(E[f(z)^2]), which keeps the second moment (He et al., arXiv:1502.01852, for ReLU);
    backward: 1/sqrt(E[f'(z)^2]); centered: 1/sqrt(Var f(z)), right under normalisation (Brock et al.,
    arXiv:2101.08692); pytorch: the table of `torch.nn.init.calculate_gain`.
    Raises InvalidParameter when there is none.
    """
    named = find_activation(name)
    if negative_slope is not None:
        if named.name not in _SLOPED:
            raise InvalidParameter("negative_slope", f"{name} has no negative slope; {' and '.join(_SLOPED)} have")
        named = named.family.activation(negative_slope)
    if rule == "pytorch":
        return _pytorch(named)
    if named.gains is None:
        raise InvalidParameter("nonlinearity", f"{named.full_name} has no gain in the table")
    value: float | None = getattr(named.gains, rule)
    if value is None:
        raise InvalidParameter("gain_rule", f"{name} has no {rule} gain; take gain_rule=forward")
    return value


def _pytorch(named: Activation) -> float:
    if named.name == "leaky_relu" and named.value is not None:
        return math.sqrt(2.0 / (1.0 + named.value * named.value))
    if named.name not in _PYTORCH:
        known = ", ".join([*_PYTORCH, "leaky_relu"])
        raise InvalidParameter("gain_rule", f"PyTorch has no gain for {named.full_name}, only for {known}")
    return _PYTORCH[named.name]
