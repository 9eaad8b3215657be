"""What an initializer is: its name, its parameters, and how it makes the source of a tensor."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, Self, overload

from pydantic import BaseModel, ConfigDict, Field

from service.initializers.axis_parameters import gates_text
from service.initializers.page import Page, page
from service.lazy import lazy
from service.streams.stream import Stream
from service.tensors.dtypes import Dtype, refuse_complex
from service.tensors.errors import InvalidParameter
from service.tensors.laws import Constant, ElementMoments, Law
from service.tensors.layout import WEIGHTS, LayoutNames, Shape
from service.tensors.source import ConstantSource, Source, WholeSource
from service.tensors.spec import LARGEST_EXACT_INTEGER, Scalar, encode_query
from service.tensors.zero_row import row_of_padding

Finite = Annotated[float, Field(allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False)]

LARGEST_FAN = float(LARGEST_EXACT_INTEGER)
"""No shape has a larger one."""

SMALLEST_FAN = 1e-6
"""Of those that are given."""

Fan = Annotated[float, Field(ge=SMALLEST_FAN, le=LARGEST_FAN, allow_inf_nan=False)]
"""An explicit fan: a positive number, not always whole (the expected number of inputs that are not zero)."""

FanOrZero = Annotated[float, Field(ge=0, le=LARGEST_FAN, allow_inf_nan=False)]
"""One that may be that of a layer without inputs, where a fan of 0 is defined."""

PositiveInteger = Annotated[int, Field(ge=1, le=2**31)]

LayerCount = Annotated[int, Field(ge=1, le=10**6)]
"""A network's layers, or its residual branches."""

LayerIndex = Annotated[int, Field(ge=0, le=10**6)]
"""Which of a network's layers, counted from 0."""


class Target(NamedTuple):
    """What an initializer is asked to fill."""

    shape: Shape
    dtype: Dtype
    stream: Stream
    threads: int = 1
    """How many threads a scheme that makes whole matrices may use."""

    @property
    def rank(self) -> int:
        return len(self.shape)


class Initialization(NamedTuple):
    """How a tensor is made, and what is known of it before it is."""

    source: Source | WholeSource
    facts: Mapping[str, Scalar]
    """What a reply says of it."""
    largest: float
    """The largest absolute value that the source can make, before it is rounded to a narrower dtype."""
    law: ElementMoments | None = None
    """That of each element; None where it is not one and the same for all, or not known."""
    own_notes: tuple[str, ...] = ()
    """A sentence on each thing that the scheme understands otherwise than the request's words may suggest."""

    drawn_by: Initializer | None = None
    """The scheme that a framework's default is, for the layer that it is the default of."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Its own notes, and that of the law."""
        note = None if self.law is None else self.law.note
        return self.own_notes if note is None else (*self.own_notes, note)

    @overload
    def number(self, fact: str, default: float) -> float: ...
    @overload
    def number(self, fact: str, default: None = None) -> float | None: ...
    def number(self, fact: str, default: float | None = None) -> float | None:
        """Return a fact that is one number; the default where it is not told, or told for each gate."""
        value = self.facts.get(fact)
        return default if value is None or isinstance(value, str) else float(value)

    @classmethod
    def of(cls, law: Law, target: Target, facts: Mapping[str, Scalar]) -> Initialization:
        """Return independent draws from a law. Raises InvalidParameter where the dtype has no numbers for them."""
        return cls(law.source(target.stream, target.dtype), facts, law.largest(target.stream, target.dtype), law)

    @classmethod
    def constant(cls, value: float, facts: Mapping[str, Scalar]) -> Initialization:
        """Return one number everywhere."""
        return cls(ConstantSource(value), facts, abs(value), Constant.of(value))


class Initializer(BaseModel, ABC):
    """A scheme with its parameters; a subclass with a name is one entry of the catalogue.

    The fields are the scheme's own parameters, as they stand in a query or a body. What is said of it to people stands
    on its page, `pages/<name>.md`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, ignored_types=(lazy,))

    name: ClassVar[str]
    """The canonical name, as it stands in URLs."""
    ranks: ClassVar[tuple[int, int | None]] = (0, None)
    """The lowest and the highest rank accepted; None for no limit but that of all shapes."""
    random: ClassVar[bool] = True
    """Whether the seed matters."""
    exact: ClassVar[bool] = True
    """Whether the bits are the same on every machine."""
    makes_integers: ClassVar[bool] = False
    """Whether it takes dtypes of whole numbers."""
    layout_names: ClassVar[LayoutNames] = WEIGHTS
    """What the names of layouts mean where it takes a layout."""

    @classmethod
    def page(cls) -> Page:
        """Return what the catalogue says of it."""
        return page(cls.name)

    @classmethod
    def expected(cls, parameter: str, given: Mapping[str, Any]) -> str:
        """Return what a parameter that is missing must be, in words; empty where its name says it.

        `given` are the parameters of the request.
        """
        del parameter, given
        return ""

    def tensor_name(self, told: str) -> str:
        """Return the name of the tensor that it makes, where it is a certain tensor's; empty of a scheme for any.

        `told` is what the request calls the tensor.
        """
        return ""

    @abstractmethod
    def initialize(self, target: Target) -> Initialization:
        """Return the source for `target`. Raises InvalidParameter when there is none."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other parameters, of which nothing is worked out yet."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @lazy
    def canonical(self) -> tuple[tuple[str, Scalar], ...]:
        """The parameters that differ from the defaults, in the order of the fields."""
        defaults = self.defaults()
        given = {name: _scalar(getattr(self, name)) for name in defaults}
        # By their texts, for -0.0 equals 0.0 and is another number.
        return tuple(
            (name, value) for name, value in given.items() if value is not None and str(value) != str(defaults[name])
        )

    @lazy
    def query(self) -> str:
        """The same as they stand in a URL."""
        return encode_query(self.canonical)

    def canonical_for(self, shape: Shape) -> tuple[tuple[str, Scalar], ...]:
        """Return `canonical` as it is told of a shape.

        The letters of a layout stand by their name, where they have one at its rank; the row of a padding token is
        counted from the first. Raises InvalidParameter.
        """
        given = dict(self.canonical)
        told: dict[str, Scalar] = {}
        if "layout" in given:
            told["layout"] = self.layout_names.canonical(str(given["layout"]), len(shape))
        if "padding_idx" in given:
            told["padding_idx"] = row_of_padding(int(given["padding_idx"]), shape)
        if not told:
            return self.canonical
        is_usual = told.get("layout") == self.defaults().get("layout", "")
        return tuple((key, told.get(key, value)) for key, value in self.canonical if key != "layout" or not is_usual)

    def defaults(self) -> dict[str, Any]:
        """Return what each parameter is when it is not given, the others being what they are."""
        return dict(defaults_of(type(self)))


@functools.cache
def defaults_of(kind: type[Initializer]) -> Mapping[str, Any]:
    """Return the parameters of an initializer, in the order of its fields, with what each is when it is not given."""
    return {name: field.default for name, field in kind.model_fields.items()}


def _scalar(value: Any) -> Any:
    """Return a parameter as a query has it."""
    return gates_text(value) if isinstance(value, tuple) else value


def order_of_square(target: Target, scheme: str) -> int:
    """Return the order of a square real matrix. Raises InvalidParameter when `target` is none."""
    if target.rank != 2 or len(set(target.shape)) > 1:
        raise InvalidParameter("shape", f"{scheme} needs a shape of rank 2, a square: give its order twice")
    refuse_complex(target.dtype, scheme)
    return target.shape[0]


def refuse_fraction(dtype: Dtype, parameter: str, number: float) -> None:
    """Raise InvalidParameter when a `number` by a parameter is none of those of a `dtype` of whole numbers.

    Beyond 2^53 what a request says may be another number as a double.
    """
    least, largest = max(dtype.least, -LARGEST_EXACT_INTEGER), min(dtype.largest, LARGEST_EXACT_INTEGER)
    if dtype.is_integer and not (float(number).is_integer() and least <= number <= largest):
        detail = f"must be a whole number from {least} to {largest} for dtype={dtype.name}, and is {number:.17g}"
        raise InvalidParameter(parameter, detail)
