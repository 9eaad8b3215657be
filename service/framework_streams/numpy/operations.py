"""What code does to an array after it is drawn, in its order: `* 0.01`, `/ np.sqrt(784)`, `.astype(np.float32)`.

Each operation is rounded on its own, in the dtype that the array then has, so that the order decides the last bits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.tensors.spec import encode_value

MOST = 16
"""Operations on one array."""

CONVERSIONS = ("float16", "float32", "float64")

_WITH_NUMBER: Mapping[str, tuple[Callable[..., Any], str]] = {
    "times": (np.multiply, " * {}"),
    "over": (np.divide, " / {}"),
    "plus": (np.add, " + {}"),
    "minus": (np.subtract, " - {}"),
}
"""The function, and how code has it."""

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_OPERATION = re.compile(rf"(?:(times|over|plus|minus|from):({_NUMBER})|(negative|{'|'.join(CONVERSIONS)}))")


@dataclass(frozen=True)
class Operation:
    """One operation on every element: by a number, or without one."""

    name: str
    number: float | None = None

    def __str__(self) -> str:
        return self.name if self.number is None else f"{self.name}:{encode_value(self.number)}"

    @property
    def is_conversion(self) -> bool:
        """Whether it gives the array another dtype."""
        return self.name in CONVERSIONS

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the array after it; of a float32 array a number becomes a float32 first, as NumPy 2 has it."""
        if self.number is None:
            return np.negative(array, out=array) if self.name == "negative" else array.astype(self.name)
        if self.name == "from":
            np.subtract(self.number, array, out=array)
        else:
            _WITH_NUMBER[self.name][0](array, self.number, out=array)
        return array

    def of_code(self, code: str) -> str:
        """Return an expression with it, in Python."""
        if self.is_conversion:
            return f"({code}).astype(np.{self.name})"
        if self.name == "negative":
            return f"-({code})"
        number = repr(self.number)
        if self.name == "from":
            return f"{number} - ({code})"
        needs_brackets = self.name in {"times", "over"} and (" + " in code or " - " in code or code.startswith("-"))
        return (f"({code})" if needs_brackets else code) + _WITH_NUMBER[self.name][1].format(number)


@dataclass(frozen=True)
class Affine:
    """What operations amount to, but for rounding: the array times `factor`, plus `offset`."""

    factor: float = 1.0
    offset: float = 0.0

    def of(self, number: float) -> float:
        """Return what becomes of a number."""
        return self.factor * number + self.offset

    def after(self, operation: Operation) -> Affine:
        """Return what it is after one more."""
        number = 0.0 if operation.number is None else operation.number
        match operation.name:
            case "times":
                return Affine(self.factor * number, self.offset * number)
            case "over":
                return Affine(self.factor / number, self.offset / number)
            case "plus":
                return Affine(self.factor, self.offset + number)
            case "minus":
                return Affine(self.factor, self.offset - number)
            case "from" | "negative":
                return Affine(-self.factor, number - self.offset)
            case _:
                return self


def parse(text: str) -> tuple[Operation, ...]:
    """Return the operations that a text lists: over:28,minus:0.5. Raises ValueError."""
    parts = text.split(",") if text else []
    if len(parts) > MOST:
        raise ValueError(f"lists more than {MOST} operations")
    return tuple(_operation(part.strip()) for part in parts)


def write(operations: Sequence[Operation]) -> str:
    """Return the text that lists operations."""
    return ",".join(map(str, operations))


def expression(drawn: str, operations: Sequence[Operation]) -> str:
    """Return the expression of an array with what is done to it, in Python."""
    for operation in operations:
        drawn = operation.of_code(drawn)
    return drawn


def dtype_after(drawn_in: str, operations: Sequence[Operation]) -> str:
    """Return the name of the dtype that an array has after operations."""
    return next((operation.name for operation in reversed(operations) if operation.is_conversion), drawn_in)


def _operation(text: str) -> Operation:
    found = _OPERATION.fullmatch(text)
    if found is None:
        raise ValueError(
            f"has {text[:32]!r}, which is none of times:x, over:x, plus:x, minus:x, from:x (x minus the array), "
            f"negative, {', '.join(CONVERSIONS)}, with x a number"
        )
    if found[3] is not None:
        return Operation(found[3])
    number = float(found[2])
    if not math.isfinite(number) or (found[1] == "over" and number == 0.0):
        raise ValueError(f"has {text[:32]!r}, which leaves no finite number")
    return Operation(found[1], number)
