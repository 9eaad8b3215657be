"""The gain of an activation: the factor on the standard deviation that keeps a signal's scale."""

from __future__ import annotations

import difflib
import json
import math
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from service.tensors.errors import InvalidParameter

_TABLE: dict[str, dict[str, float | None]] = json.loads(Path(__file__).with_name("gains.json").read_text())["gains"]

_SLOPED = {"leaky_relu": 0.01, "prelu": 0.25}
"""Activations with a negative slope, and the slope that they have in `torch.nn` by default."""

_ALIASES = {
    "swish": "silu", "hardswish": "hard_swish", "hardsigmoid": "hard_sigmoid", "logsigmoid": "log_sigmoid",
    "hard_tanh": "hardtanh", "hard_silu": "hard_swish", "relu_squared": "squared_relu",
}  # fmt: skip

NONLINEARITIES: tuple[str, ...] = tuple(sorted([*_TABLE, *_SLOPED, *_ALIASES]))


def _canonical(nonlinearity: str) -> str:
    name = _ALIASES.get(nonlinearity, nonlinearity)
    if name not in _TABLE and name not in _SLOPED:
        nearest = difflib.get_close_matches(nonlinearity[:64], NONLINEARITIES, n=1)
        meant = f"did you mean {nearest[0]}? There are" if nearest else "there are"
        raise ValueError(f"is not known; {meant} {', '.join(NONLINEARITIES)}; for another, give its gain")
    return name


Nonlinearity = Annotated[str, AfterValidator(_canonical), Field(json_schema_extra={"enum": list(NONLINEARITIES)})]
"""The canonical name of an activation, from any name of it."""

GainRule = Literal["forward", "backward", "centered", "pytorch"]


def default_slope(nonlinearity: str) -> float | None:
    """Return the negative slope that `nonlinearity` has when none is given; None where there is none."""
    return _SLOPED.get(nonlinearity)


def gain(nonlinearity: Nonlinearity, negative_slope: float | None = None, rule: GainRule = "forward") -> float:
    """Return the gain of `nonlinearity` f, for a standard normal z.

    forward: 1/sqrt(E[f(z)^2]), which keeps the second moment (He et al., arXiv:1502.01852, for ReLU);
    backward: 1/sqrt(E[f'(z)^2]); centered: 1/sqrt(Var f(z)), right under normalisation (Brock et al.,
    arXiv:2101.08692); pytorch: the table of `torch.nn.init.calculate_gain`.
    Raises InvalidParameter when there is none.
    """
    if negative_slope is not None and nonlinearity not in _SLOPED:
        raise InvalidParameter("negative_slope", f"{nonlinearity} has no negative slope; {' and '.join(_SLOPED)} have")
    slope = _SLOPED.get(nonlinearity) if negative_slope is None else negative_slope
    if rule == "pytorch":
        return _pytorch(nonlinearity, slope)
    if slope is not None:
        return _sloped(slope, rule)
    value = _TABLE[nonlinearity][rule]
    if value is None:
        raise InvalidParameter("gain_rule", f"{nonlinearity} has no {rule} gain; take gain_rule=forward")
    return value


def _sloped(slope: float, rule: GainRule) -> float:
    """The gain of max(z, 0) + slope * min(z, 0): E[f^2] = E[f'^2] = (1 + slope^2)/2."""
    square = 0.5 * (1.0 + slope * slope)
    mean = (1.0 - slope) * 0.3989422804014327 if rule == "centered" else 0.0
    return 1.0 / math.sqrt(square - mean * mean)


def _pytorch(name: str, slope: float | None) -> float:
    """`torch.nn.init.calculate_gain`; tanh and selu are empirical there."""
    if name == "leaky_relu" and slope is not None:
        return math.sqrt(2.0 / (1.0 + slope * slope))
    table = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3.0, "relu": math.sqrt(2.0), "selu": 0.75}
    if name not in table:
        raise InvalidParameter(
            "gain_rule", f"PyTorch has no gain for {name}, only for {', '.join([*table, 'leaky_relu'])}"
        )
    return table[name]


GAIN_RULES: tuple[str, ...] = get_args(GainRule)
