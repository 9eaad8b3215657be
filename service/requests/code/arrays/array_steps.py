"""What code does to an array after it is drawn, in its order: what decides the last bits of each element."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from service.requests.code.arrays.array_laws import ArrayLaw

_NARROWER_THAN_DOUBLE = frozenset(("float16", "float32"))
_NAMES_OF_DTYPES = {
    "float": "float64",
    "float_": "float64",
    "double": "float64",
    "single": "float32",
    "half": "float16",
}
"""What NumPy's words mean."""


@dataclass(frozen=True)
class Steps:
    """Operations on an array, as the parameter `operations` of a stream lists them."""

    drawn: ArrayLaw | None = None
    """What is drawn before the first of them."""
    operations: tuple[str, ...] = ()
    drawn_in: str | None = None
    """The dtype that the draw names."""

    def after(self, law: ArrayLaw, operation: str, number: ast.expr | None, value: float) -> Steps:
        """Return the steps with one more on an array of a `law`; a number has an expression and a value."""
        made: tuple[str, ...] = (operation,) if number is None else (f"{operation}:{value!r}",)
        if number is not None and _is_numpy_scalar(number) and self._held in _NARROWER_THAN_DOUBLE:
            # Its dtype is float64, and decides that of the result; a number of Python's own does not.
            made = ("float64", *made)
        return replace(self, drawn=self.drawn or law, operations=(*self.operations, *made))

    def converted(self, law: ArrayLaw, dtype: str) -> Steps:
        """Return the steps with a conversion."""
        kind = _NAMES_OF_DTYPES.get(dtype, dtype)
        return replace(self, drawn=self.drawn or law, operations=(*self.operations, kind))

    @property
    def _held(self) -> str | None:
        """The dtype that the array has after them; None where the code does not say."""
        return next((each for each in reversed(self.operations) if _is_conversion(each)), self.drawn_in)

    @property
    def dtype(self) -> str | None:
        """The tensor's."""
        return self._held

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        """What a call says of the stream: the operations, but for a conversion at their end, and what is drawn in."""
        operations = self.operations
        if operations and _is_conversion(operations[-1]):
            operations = operations[:-1]
        own = (("drawn_in", self.drawn_in or ""), ("operations", f"'{','.join(operations)}'" if operations else ""))
        return tuple((name, text) for name, text in own if text)


NO_STEPS = Steps()


def _is_conversion(operation: str) -> bool:
    return ":" not in operation and operation != "negative"


def _is_numpy_scalar(node: ast.expr) -> bool:
    """Return whether an expression calls a function of NumPy's, whose result is one of its own numbers."""
    return any(
        isinstance(part, ast.Call) and ast.unparse(part.func).split(".")[0] in {"np", "numpy"}
        for part in ast.walk(node)
    )
