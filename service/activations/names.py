"""What stands between two layers, by its name and parameters, with its moments ready to look up."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.activations import moments
from service.activations.moments import Curves, Gated, Nonlinearity, Pointwise, Powers
from service.activations.table import PARAMETRISED, PLAIN, from_table
from service.tensors.errors import InvalidParameter

_GATES = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "swiglu": "silu", "bilinear": "linear"}
"""The activation of the gate, in the product of a gate and a value."""

_PIECES = range(2, 65)
_RRELU = (1.0 / 8.0, 1.0 / 3.0)

_SAME = {
    "swish": "silu", "identity": "linear", "none": "linear", "hardsilu": "hard_swish", "hardswish": "hard_swish",
    "relusquared": "squared_relu", "relu2": "squared_relu", "geluapproximate": "gelu_tanh", "gelunew": "gelu_tanh",
    "gelupytorchtanh": "gelu_tanh", "softmax": "linear", "sine": "sin", "atan": "arctan", "rectifier": "relu",
    "hardclip": "hardtanh", "logistic": "sigmoid",
}  # fmt: skip
"""Other names, folded. A softmax's logits are linear."""


def _fold(name: str) -> str:
    """Return a name without its module, case, underscores, hyphens and blanks."""
    return name.rsplit(".", 1)[-1].replace("_", "").replace("-", "").replace(" ", "").lower()


@dataclass(frozen=True)
class Chosen:
    """A nonlinearity that a description names: its canonical name and its parameter, if it has one."""

    name: str
    parameter: str | None = None
    value: float | None = None

    @property
    def curves(self) -> Curves:
        return _curves(self.name, self.value)


NAMES: tuple[str, ...] = (*PLAIN, *PARAMETRISED, *_GATES, "rrelu", "maxout", "table")
_FOLDED: Mapping[str, str] = {**{_fold(name): name for name in NAMES}, **_SAME}


def choose(name: str, parameters: Mapping[str, float]) -> Chosen:
    """Return the nonlinearity called `name`, in any case, with or without underscores.

    `parameters` may hold the one that it has. Raises InvalidParameter for an unknown name, naming the nearest, and
    for a parameter that it does not have.
    """
    folded = _fold(name)
    pieces = None
    if folded.startswith("maxout") and folded[6:].isdigit():
        folded, pieces = "maxout", float(folded[6:])
    found = _FOLDED.get(folded)
    if found is None or found == "table":
        nearest = [_FOLDED[key] for key in difflib.get_close_matches(folded[:64], _FOLDED, n=3, cutoff=0.5)]
        meant = f"did you mean {' or '.join(dict.fromkeys(nearest))}? " if nearest else ""
        raise InvalidParameter(
            "activation",
            f"{name[:64]!r} is not known; {meant}There are {', '.join(NAMES[:-1])}; any other can be given as "
            "activation_table, in a POST",
        )
    own, default = _parameter(found)
    for given in parameters:
        if given != own:
            takes = f"it takes {own}" if own else "it has no parameter"
            raise InvalidParameter(given, f"{found} has no {given}; {takes}")
    if own is None:
        return Chosen(found)
    value = parameters.get(own, default if pieces is None else pieces)
    if found == "maxout" and value not in _PIECES:
        raise InvalidParameter("pieces", f"must be a whole number from {_PIECES[0]} to {_PIECES[-1]}")
    return Chosen(found, own, value)


def prepare() -> None:
    """Compute the moments of each nonlinearity with its usual parameter: together they take a second."""
    for name in NAMES[:-1]:
        choose(name, {}).curves.prepare()


def _parameter(name: str) -> tuple[str | None, float]:
    if name == "maxout":
        return "pieces", 2.0
    if name in PARAMETRISED:
        parameter, default, _ = PARAMETRISED[name]
        return parameter, default
    return None, 0.0


@lru_cache(maxsize=256)
def _curves(name: str, value: float | None) -> Curves:
    return Curves(_nonlinearity(name, value))


@lru_cache(maxsize=16)
def curves_of_table(x: tuple[float, ...], y: tuple[float, ...]) -> Curves:
    """Return the moments of the function through the points (x, y)."""
    return Curves(Pointwise(from_table(x, y)))


def _nonlinearity(name: str, value: float | None) -> Nonlinearity:
    if name == "maxout":
        return moments.maxout(int(value or 0))
    if name == "rrelu":
        return moments.random_slope(*_RRELU)
    if name in _GATES:
        return Gated(_nonlinearity(_GATES[name], None))
    closed = {"cos": moments.cosine, "exp": moments.exponential}
    if name in closed:
        return closed[name]()
    oscillating = {"sin": moments.sine, "siren": moments.sine, "snake": moments.snake}
    if name in oscillating and value is not None:
        return oscillating[name](value)
    activation = PARAMETRISED[name][2](value) if value is not None else PLAIN[name]
    return _powers(activation.degree, activation) if activation.degree is not None else Pointwise(activation)


def _powers(degree: int, activation: object) -> Powers:
    return moments.powers(activation, degree)  # type: ignore[arg-type]
