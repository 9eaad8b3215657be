"""What an activation is: a row of the table, and the activation that a row makes with a value of its parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.activations.curves import Curves
from service.activations.moments import MomentFunction, moments_of
from service.activations.pointwise import PointwiseFunction, piecewise_linear
from service.lazy import lazy
from service.tensors.errors import InvalidParameter


@dataclass(frozen=True)
class ActivationParameter:
    """The parameter of an activation, by its name in a request."""

    name: str
    default: float
    lowest: float
    highest: float
    excludes_lowest: bool = False
    is_whole: bool = False

    def accepts(self, value: float) -> bool:
        """Return whether `value` is in the range."""
        if value == self.lowest and self.excludes_lowest:
            return False
        return self.lowest <= value <= self.highest and (not self.is_whole or value == int(value))

    @property
    def range_(self) -> str:
        """What a value must be, in words."""
        number = "a whole number" if self.is_whole else "a number"
        start = "above" if self.excludes_lowest else "from"
        return f"{number} {start} {self.lowest:g} to {self.highest:g}"


@dataclass(frozen=True)
class Gains:
    """Factors on the standard deviation that keep a scale, for a standard normal z."""

    forward: float
    """1/sqrt(E[f(z)^2])."""
    backward: float | None
    """1/sqrt(E[f'(z)^2]); None for a product of two inputs, which has no one slope."""
    centered: float
    """1/sqrt(Var f(z))."""


@dataclass(frozen=True, eq=False)
class ActivationFamily:
    """A row of the table: an activation by name, for all values of its parameter, if it has one.

    Where it has, `function`, `gains` and `moments` may be functions of it. Without `moments` they are integrated from
    the function.
    """

    name: str
    function: PointwiseFunction | Callable[[float], PointwiseFunction] | None
    """None for what is not a function of one pre-activation."""
    gains: Gains | Callable[[float], Gains | None] | None
    """For the parameter's default, where they are numbers: `scripts/compute_gains.py` computed them."""
    other_names: tuple[str, ...] = ()
    """As people and frameworks write them, where it is more than other case or other punctuation."""
    parameter: ActivationParameter | None = None
    moments: Callable[[float], MomentFunction] | MomentFunction | None = None
    is_rectifier: bool = False
    """Whether it passes inputs above 0, up to a limit if there is one, and is a straight line of less slope below."""
    may_end_in_number: bool = False
    """Whether the parameter may stand at the end of the name, as in maxout_4."""

    def activation(self, value: float | None = None) -> Activation:
        """Return the activation with this value of the parameter, or with the default."""
        if value is None and self.parameter is not None:
            value = self.parameter.default
        return _activation(self, value)


@dataclass(frozen=True)
class Activation:
    """An activation, with the value of its parameter if it has one."""

    family: ActivationFamily
    value: float | None = None

    @lazy
    def name(self) -> str:
        return self.family.name

    @property
    def parameter(self) -> str | None:
        """The name of its parameter."""
        return None if self.family.parameter is None else self.family.parameter.name

    def with_parameters(self, parameters: Mapping[str, float]) -> Activation:
        """Return the same with the values that are given of the parameters that activations have.

        Raises InvalidParameter for one that it does not have, or that is outside its range.
        """
        own = self.family.parameter
        for name, value in parameters.items():
            if own is None or name != own.name:
                takes = f"it takes {own.name}" if own else "it has no parameter"
                raise InvalidParameter(name, f"{self.name} has no {name}; {takes}")
            if not own.accepts(value):
                raise InvalidParameter(name, f"must be {own.range_}")
        return self.family.activation(*parameters.values()) if parameters else self

    @property
    def full_name(self) -> str:
        """The name, with the parameter in it where names have it."""
        return f"{self.name}_{self.value:g}" if self.family.may_end_in_number else self.name

    @property
    def is_usual(self) -> bool:
        """Whether its parameter, if it has one, is the default."""
        return self.family.parameter is None or self.value == self.family.parameter.default

    @property
    def function(self) -> PointwiseFunction | None:
        form = self.family.function
        return form(self._value) if callable(form) else form

    @lazy
    def gains(self) -> Gains | None:
        """None where they are not known."""
        form = self.family.gains
        if callable(form):
            return form(self._value)
        return form if self.is_usual else None

    @property
    def moments(self) -> MomentFunction:
        form = self.family.moments
        if form is None:
            assert self.function is not None
            return moments_of(self.function)
        return form(self._value) if callable(form) else form

    @lazy
    def curves(self) -> Curves:
        return Curves(self.moments, self.function)

    @property
    def _value(self) -> float:
        assert self.value is not None
        return self.value


@lru_cache(maxsize=256)
def _activation(family: ActivationFamily, value: float | None) -> Activation:
    """Return the same object for the same value, for the sake of its curves."""
    return Activation(family, value)


@lru_cache(maxsize=16)
def sampled(x: tuple[float, ...], y: tuple[float, ...]) -> Activation:
    """Return the activation through the points (x, y), straight between them and beyond the first and the last."""
    return Activation(ActivationFamily("table", piecewise_linear(x, y), None))
